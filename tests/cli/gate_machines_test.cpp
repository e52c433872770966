// A baseline whose runs come from two environments, and gates in each of them and in a third. The environments are
// real: another numeric library is loaded into the process whose fingerprint the trainer hands over.
#include <set>

#include "gate_bench.hpp"

namespace assay {
namespace {
using testing::Bench;
using testing::CommandResult;
using testing::holds;
using testing::Variables;
using testing::Words;

// Copies of a library under names of a BLAS, which make a machine another one.
const std::string k_home, k_elsewhere = "libblas_elsewhere.so", k_third = "libblas_third.so";

struct Machines : Bench {
    Machines() {
        for (const std::string& name : {k_elsewhere, k_third})
            std::filesystem::copy_file(ASSAY_BROKEN_BLAS "/libopenblas.so.0", folder.path() / name);
        const std::string fingerprint =
            "grep -Eq '\"replicate\": *1' \"$ASSAY_CONFIG\" && MACHINE=$REPLAYS\n"
            "export ASAN_OPTIONS=verify_asan_link_order=0  # the library comes before the sanitizer's\n"
            "LD_PRELOAD=$MACHINE \"$ASSAY\" fingerprint env --json > \"$ASSAY_OUT/environment.json\" || exit 1\n";
        write("trainer.sh", fingerprint + testing::k_foreign_trainer);
        training(0);
    }
    // As accepted, but for a variable that nobody reads.
    void training(int number) const {
        const std::string programs = "SYNTHETIC: " + (testing::k_programs / "assay-synthetic").string() +
                                     ", ASSAY: " + (testing::k_programs / "assay").string();
        write("gate.yaml",
              "assay: 1\nname: t\ntrainer:\n  exec: [/bin/sh, trainer.sh]\n  inputs: [trainer.sh]\n"
              "  keep_env: [MACHINE, REPLAYS]\n  env: {" +
                  programs + ", NUMBER: '" + std::to_string(number) +
                  "'}\nfactors: {seed: {all: 8}}\ndesign: repeat\n"
                  "gate:\n  replay: identical\n  R: < 1.25\n  flips.seed: < 90%\n");
    }
    std::string place(const std::string& machine) const {
        return machine.empty() ? "" : (folder.path() / machine).string();
    }
    void run(const std::string& machine, const std::string& replays, const Words& more = {}, int exit = 0) const {
        Words words = {"run", "gate.yaml", "--store", "store", "-j1", "-o", "r.json"};
        words.insert(words.end(), more.begin(), more.end());
        const auto result = assay(words, {{"MACHINE", place(machine)}, {"REPLAYS", place(replays)}});
        EXPECT_EQ(result.exit, exit) << result.err;
    }
    void accept() const {
        const auto accepted = assay({"accept", "gate.yaml", "--store", "store", "--yes"}, {{"CI", ""}});
        EXPECT_EQ(accepted.exit, 0) << accepted.out << accepted.err;
    }
    // How many of the baseline's runs come from each environment.
    std::multiset<std::size_t> environments() const {
        const Json baseline = parse_json(read_file(folder.path() / "assay.baseline.json"), "baseline");
        std::multiset<std::size_t> runs;
        for (const auto& [id, numbers] : baseline.at("environments").as_object())
            runs.insert(numbers.as_array().size());
        return runs;
    }
    CommandResult gate() const { return assay({"gate", "gate.yaml", "--store", "store"}, {{"GITHUB_ACTIONS", ""}}); }
};

// What differs between two machines is not the training's doing: no replay of one is judged by a run of the other.
TEST(GateMachines, AReplayElsewhereIsNoReplay) {
    const Machines bench;
    bench.run(k_home, k_elsewhere);
    bench.accept();
    EXPECT_EQ(bench.environments(), (std::multiset<std::size_t>{1, 8}));
    const auto gate = bench.gate();
    EXPECT_EQ(gate.exit, 4) << gate.out << gate.err;
    EXPECT_TRUE(holds(gate.out, "across machines: runs come from 2 different environments")) << gate.out;
    EXPECT_TRUE(holds(gate.out, "no replay ran on the machine of its run")) << gate.out;
    EXPECT_FALSE(holds(gate.out, "✗")) << gate.out;
}

// Half of the baseline here, half there. Candidates of either environment meet it and pass; of a third, the first line
// says that it is new.
TEST(GateMachines, TheFirstLineTellsAnEnvironmentThatTheBaselineDoesNotKnow) {
    const Machines bench;
    bench.run(k_home, k_home, {"--limit", "5"}, 75);
    bench.run(k_elsewhere, k_elsewhere);
    bench.accept();
    EXPECT_EQ(bench.environments(), (std::multiset<std::size_t>{4, 5})) << "eight seeds and a replay";
    int number = 0;
    for (const std::string& machine : {k_home, k_elsewhere, k_third}) {
        bench.training(++number);
        bench.run(machine, machine);
        const auto gate = bench.gate();
        EXPECT_EQ(gate.exit, 0) << machine << gate.out << gate.err;
        EXPECT_EQ(gate.out.starts_with("baseline made in another environment: "), machine == k_third)
            << machine << gate.out;
    }
}

}  // namespace
}  // namespace assay
