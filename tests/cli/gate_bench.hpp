// A gate of the synthetic trainer, and a folder with its accepted baseline.
#pragma once

#include "program.hpp"

namespace assay::testing {

inline std::string gate_spec(const std::string& gate, const std::string& model = "effect: 1.5, level: 0",
                             const std::string& seeds = "8") {
    return "assay: 1\nname: t\ntrainer: synthetic\nmodel: {inputs: 200, sd_init: 0.3, " + model +
           "}\nfactors: {seed: {all: " + seeds + "}}\ndesign: repeat\ngate:\n" + gate;
}

inline constexpr const char* k_rules = "  replay: identical\n  collapsed: = 0\n  R: < 1.25\n  flips.seed: < 90%\n";

// A baseline of eight runs, accepted by a person.
struct Accepted : Bench {
    Accepted() {
        write("gate.yaml", gate_spec(k_rules));
        const auto run = assay({"run", "gate.yaml", "--store", "store", "-o", "r.json"});
        EXPECT_EQ(run.exit, 0) << run.err;
        const auto accepted = assay({"accept", "gate.yaml", "--store", "store", "--yes"}, {{"CI", ""}});
        EXPECT_EQ(accepted.exit, 0) << accepted.out << accepted.err;
        EXPECT_TRUE(holds(accepted.out, "baseline none -> ")) << accepted.out;
    }
    std::string baseline() const { return read_file(folder.path() / "assay.baseline.json"); }
    CommandResult gate(Words more = {}, Variables environment = {}) const {
        Words words = {"gate", "gate.yaml", "--store", "store"};
        words.insert(words.end(), more.begin(), more.end());
        environment.try_emplace("GITHUB_ACTIONS", "");
        return assay(words, environment);
    }
    // The answers of every seed move the same way.
    void change_and_run() const {
        write("gate.yaml", gate_spec(k_rules, "effect: 1.5, level: 1"));
        const auto run = assay({"run", "gate.yaml", "--store", "store", "-o", "r.json"});
        ASSERT_EQ(run.exit, 0) << run.err;
    }
};

}  // namespace assay::testing
