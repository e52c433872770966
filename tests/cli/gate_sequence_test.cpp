// run --gate --stop-when-decided: a clear answer takes few runs, a close one all of them.
#include "gate_bench.hpp"

namespace assay {
namespace {
namespace fs = std::filesystem;
using testing::Bench;
using testing::gate_spec;
using testing::holds;
using testing::Words;

// 24 seeds of which `model` is the training; the limit of R decides how close the call is.
std::string spec(const std::string& model, const std::string& limit = "< 1.25") {
    return gate_spec("  replay: identical\n  collapsed: = 0\n  R: " + limit + "\n", model, "24");
}

struct Baseline24 : Bench {
    Baseline24() {
        write("gate.yaml", spec("effect: 0, level: 0"));
        EXPECT_EQ(assay({"run", "gate.yaml", "--store", "store", "-o", "r.json"}).exit, 0);
        EXPECT_EQ(assay({"accept", "gate.yaml", "--store", "store", "--yes"}, {{"CI", ""}}).exit, 0);
    }
    testing::CommandResult stop_when_decided(const Words& more = {}) const {
        Words words = {"run", "gate.yaml", "--store", "store", "--gate", "--stop-when-decided", "-j1"};
        words.insert(words.end(), more.begin(), more.end());
        return assay(words, {{"GITHUB_ACTIONS", ""}});
    }
    Json gate_json(const Words& more = {}) const {
        Words words = {"gate", "gate.yaml", "--store", "store", "--json"};
        words.insert(words.end(), more.begin(), more.end());
        return parse_json(assay(words).out, "assay gate --json");
    }
};

TEST(GateSequence, ABigChangeFailsEarly) {
    const Baseline24 bench;
    bench.write("gate.yaml", spec("effect: 2.5, level: 1"));
    const auto run = bench.stop_when_decided();
    EXPECT_EQ(run.exit, 1) << run.out << run.err;
    EXPECT_TRUE(holds(run.err, "Every rule is decided: 18 of 25 runs were not made.")) << run.err;
    EXPECT_TRUE(holds(run.out, "stopped early: every rule is decided with 6 of 24 planned seeds")) << run.out;
    const Json json = bench.gate_json({"--stop-when-decided"});
    EXPECT_EQ(json.at("exit"), Json(1));
    EXPECT_EQ(json.at("sequence").at("seeds"), Json(6));
    EXPECT_EQ(json.at("sequence").at("spared_runs"), Json(18));
    EXPECT_EQ(json.at("cases").as_array()[2].at("decided_at"), Json(6));
    EXPECT_EQ(bench.gate_json().at("exit"), Json(1)) << "R fails of what there is";
    EXPECT_EQ(bench.gate_json().at("sequence"), Json());
}

TEST(GateSequence, AnIdenticalCandidatePassesEarlyAndResumingSaysTheSame) {
    const Baseline24 bench;
    bench.write("gate.yaml", spec("effect: 0, level: 1"));  // another request, the same answers
    const auto stopped = bench.stop_when_decided({"--limit", "3"});
    EXPECT_EQ(stopped.exit, 75) << stopped.err;
    const auto run = bench.stop_when_decided();
    EXPECT_EQ(run.exit, 0) << run.out << run.err;
    EXPECT_TRUE(run.out.ends_with("passes: 3 of 3\n")) << run.out;
    const Json json = bench.gate_json({"--stop-when-decided"});
    EXPECT_EQ(json.at("sequence").at("seeds"), Json(6));
    EXPECT_EQ(json.at("runs").as_array().size(), 7U) << "six seeds and a replay";
    const auto again = bench.stop_when_decided();
    EXPECT_EQ(again.exit, 0) << again.err;
    EXPECT_FALSE(holds(again.err, " of training)")) << "nothing is run again: " << again.err;
    EXPECT_EQ(bench.assay({"accept", "gate.yaml", "--store", "store", "--yes"}, {{"CI", ""}}).exit, 4)
        << "a part is no baseline";
    // All runs: the verdict of the first looks stands, whatever came after.
    ASSERT_EQ(bench.assay({"run", "gate.yaml", "--store", "store", "-o", "r.json"}).exit, 0);
    const Json later = bench.gate_json({"--stop-when-decided"});
    EXPECT_EQ(later.at("cases"), json.at("cases"));
    EXPECT_EQ(later.at("sequence"), json.at("sequence"));
    EXPECT_EQ(later.at("runs"), json.at("runs")) << "runs that were not judged are no evidence";
}

TEST(GateSequence, ACloseCallTakesAllRuns) {
    const Baseline24 bench;
    bench.write("gate.yaml", spec("effect: 0, level: 1, sd_interaction: 0.05", "< 1.01"));
    const auto run = bench.stop_when_decided();
    EXPECT_EQ(run.exit, 3) << run.out << run.err;
    EXPECT_TRUE(holds(run.out, "not every rule is decided with 24 of 24 planned seeds")) << run.out;
    EXPECT_FALSE(holds(run.err, "were not made")) << run.err;
}

TEST(GateSequence, WrongRequests) {
    const Bench bench;
    bench.write("gate.yaml", gate_spec("  collapsed: = 0\n", "effect: 0, level: 0", "3"));
    const auto few = bench.assay({"run", "gate.yaml", "--store", "s", "--gate", "--stop-when-decided"});
    EXPECT_EQ(few.exit, 2) << few.out;
    EXPECT_TRUE(holds(few.err, "error[G0105]")) << few.err;
    const auto bare = bench.assay({"run", "gate.yaml", "--store", "s", "--stop-when-decided"});
    EXPECT_EQ(bare.exit, 2);
    EXPECT_TRUE(holds(bare.err, "needs --gate")) << bare.err;
}

}  // namespace
}  // namespace assay
