// A release gate as a CI job meets it: baseline, candidate, verdict, outputs; and everything that may be wrong on the
// way.
#include <sys/wait.h>

#include <algorithm>

#include "archive/store.hpp"
#include "base/text.hpp"
#include "gate_bench.hpp"

namespace assay {
namespace {
namespace fs = std::filesystem;
using testing::Accepted;
using testing::Bench;
using testing::gate_spec;
using testing::holds;
using testing::k_rules;
using testing::Words;

TEST(Gate, WhatIsTheBaselinePasses) {
    const Accepted bench;
    const auto gate = bench.gate();
    EXPECT_EQ(gate.exit, 0) << gate.out << gate.err;
    EXPECT_TRUE(holds(gate.out, "passes: 4 of 4")) << gate.out;
    const auto again = bench.assay({"accept", "gate.yaml", "--store", "store"}, {{"CI", ""}});
    EXPECT_EQ(again.exit, 0) << again.err;
    EXPECT_TRUE(holds(again.out, "Nothing changes")) << again.out;
}

TEST(Gate, WithoutABaselineItWarnsAndJudgesTheRest) {
    const Bench bench;
    bench.write("gate.yaml", gate_spec(k_rules));
    ASSERT_EQ(bench.assay({"run", "gate.yaml", "--store", "store", "-o", "r.json"}).exit, 0);
    const auto gate = bench.assay({"gate", "gate.yaml", "--store", "store"});
    EXPECT_EQ(gate.exit, 0) << gate.out << gate.err;
    EXPECT_TRUE(gate.out.starts_with("no baseline yet: assay.baseline.json is not there")) << gate.out;
    EXPECT_TRUE(holds(gate.out, "passes: 3 of 3")) << gate.out;
}

TEST(Gate, AChangedTrainingFailsUnderCiAndTheBaselineStays) {
    const Accepted bench;
    const std::string before = bench.baseline();
    bench.write("gate.yaml", gate_spec(k_rules, "effect: 1.5, level: 1"));
    const auto early = bench.gate({}, {{"CI", "1"}});
    EXPECT_EQ(early.exit, 4) << "runs of another training are not judged as this one's: " << early.out;
    EXPECT_TRUE(holds(early.err, "error[G0102]")) << early.err;
    bench.change_and_run();
    const auto gate = bench.gate(
        {"-o", "gate.xml", "-o", "gate.json", "-o", "comment.md", "-o", "badge.json", "-o", "metrics.txt", "-o",
         "codequality.json", "-o", "gate.txt", "--junit", "strict"},
        {{"CI", "1"}, {"GITHUB_ACTIONS", "true"}, {"GITHUB_STEP_SUMMARY", "summary.md"}, {"GITHUB_OUTPUT", "outputs"}});
    EXPECT_EQ(gate.exit, 1) << gate.out << gate.err;
    EXPECT_TRUE(holds(gate.out, "What to do, cheapest first")) << gate.out;
    EXPECT_TRUE(holds(gate.out, "::error file=gate.yaml,line=10,col=3,title=R fail::R fails")) << gate.out;
    EXPECT_TRUE(holds(gate.out, "fails: 1 of 4")) << gate.out;
    EXPECT_TRUE(holds(gate.out, "changed    level 0 -> 1")) << gate.out;
    EXPECT_TRUE(gate.out.starts_with("the spec is another than the accepted one: level 0 -> 1\n")) << gate.out;
    for (const char* file : {"gate.xml", "comment.md", "metrics.txt", "summary.md", "gate.txt"})
        EXPECT_FALSE(read_file(bench.folder.path() / file).empty()) << file;
    for (const char* file : {"gate.json", "badge.json", "codequality.json"})
        EXPECT_NO_THROW(parse_json(read_file(bench.folder.path() / file), file));
    EXPECT_EQ(parse_json(read_file(bench.folder.path() / "gate.json"), "gate").at("exit"), Json(1));
    EXPECT_TRUE(holds(read_file(bench.folder.path() / "outputs"), "outcome=fail\nexit=1\n"));
    const std::string schema = ASSAY_SOURCE_DIR "/fixtures/reference/junit/jenkins.xsd";
    EXPECT_EQ(bench.shell("xmllint --noout --nonet --schema " + schema + " gate.xml").exit, 0);
    const auto accept = bench.assay({"accept", "gate.yaml", "--store", "store", "--yes"}, {{"CI", "1"}});
    EXPECT_EQ(accept.exit, 2);
    EXPECT_TRUE(holds(accept.err, "error[G0103]")) << accept.err;
    EXPECT_EQ(bench.baseline(), before);
    const auto person = bench.assay({"accept", "gate.yaml", "--store", "store", "--yes"}, {{"CI", ""}});
    EXPECT_EQ(person.exit, 0) << person.err;
    EXPECT_NE(bench.baseline(), before);
    EXPECT_EQ(bench.gate().exit, 0) << "what was accepted passes";
}

TEST(Gate, NobodyToAskIsNoYes) {
    const Accepted bench;
    const std::string before = bench.baseline();
    bench.change_and_run();
    const auto accept = bench.shell("CI= \"$ASSAY\" accept gate.yaml --store store </dev/null");
    EXPECT_EQ(accept.exit, 2) << accept.out;
    EXPECT_EQ(bench.baseline(), before);
}

TEST(Gate, ABaselineThatCannotBeTrustedNeverPasses) {
    const Accepted bench;
    const std::string good = bench.baseline();
    const auto with = [&](const std::string& from, const std::string& to) {
        std::string text = good;
        const std::size_t at = text.find(from);
        EXPECT_NE(at, std::string::npos) << from;
        return text.replace(at, from.size(), to);
    };
    const std::tuple<std::string, int, const char*> rows[] = {
        {with("\"t\"", "\"u\""), 74, "error[G0304]"},
        {with("assay/baseline/1", "assay/baseline/2"), 74, "error[G0303]"},
        {"{}", 74, "error[G0302]"},
        {"<<<<<<< HEAD\n", 74, "error[G0301]: assay.baseline.json: holds a merge conflict"},
        {"", 74, "error[G0301]"},
    };
    for (const auto& [text, exit, says] : rows) {
        bench.write("assay.baseline.json", text);
        const auto gate = bench.gate();
        EXPECT_EQ(gate.exit, exit) << gate.out;
        EXPECT_TRUE(holds(gate.err, says)) << gate.err;
        EXPECT_EQ(gate.out, "");
    }
    bench.write("other.json", good);
    bench.write("gate.yaml", [] {
        std::string spec = gate_spec(k_rules);
        return spec.replace(spec.find("name: t"), 7, "name: u");
    }());
    ASSERT_EQ(bench.assay({"run", "gate.yaml", "--store", "store", "-o", "r.json"}).exit, 0);
    const auto gate = bench.gate({"--baseline", "other.json"});
    EXPECT_EQ(gate.exit, 2) << gate.out;
    EXPECT_TRUE(holds(gate.err, "other.json: is the baseline of 't', not of 'u'")) << gate.err;
}

TEST(Gate, ABaselineWithoutItsDataIsIncompleteAndSaysSoKindly) {
    const Accepted bench;
    bench.change_and_run();
    // Another machine has the file from version control, and only the candidate's runs.
    ASSERT_EQ(bench.assay({"run", "gate.yaml", "--store", "fresh", "-o", "r.json"}).exit, 0);
    const auto gate = bench.assay({"gate", "gate.yaml", "--store", "fresh"});
    EXPECT_EQ(gate.exit, 4) << gate.out << gate.err;
    EXPECT_TRUE(holds(gate.out, "the baseline's data is not here: 9 of its 9 runs")) << gate.out;
    EXPECT_TRUE(holds(gate.out, "nothing about the candidate")) << gate.out;
}

TEST(Gate, AnAuditThatIsNamedIsTheOneThatIsJudged) {
    const Accepted bench;
    const std::string accepted = bench.baseline();
    bench.change_and_run();
    const auto named = bench.assay({"gate", "last~1", "--store", "store"});
    EXPECT_EQ(named.exit, 4) << named.out << named.err;
    EXPECT_TRUE(holds(named.err, "G0102")) << named.err;
    EXPECT_EQ(bench.assay({"accept", "last~1", "--store", "store", "--yes"}, {{"CI", ""}}).exit, 4);
    EXPECT_EQ(bench.baseline(), accepted);
    EXPECT_EQ(bench.assay({"gate", "last", "--store", "store"}).exit, 1);
}

TEST(Gate, AMistypedBaselineIsNoPass) {
    const Accepted bench;
    const auto gate = bench.gate({"--baseline", "asay.baseline.json"});
    EXPECT_EQ(gate.exit, 2) << gate.out << gate.err;
    EXPECT_TRUE(holds(gate.err, "there is no baseline asay.baseline.json")) << gate.err;
}

// The candidate is what speaks for a request today; the baseline stays what a person accepted.
TEST(Gate, ALaterAttemptTakesNoPlaceInTheBaseline) {
    const Accepted bench;
    EXPECT_TRUE(holds(bench.gate().out, " R           identical"));
    Store store = Store::open(bench.folder.path() / "store");
    const std::vector<std::string> runs = store.list_runs();
    // Two runs of the baseline with other seeds; a replay would do no harm to R, and ids differ from machine to
    // machine.
    std::vector<StoredRun> two;
    for (const std::string& id : runs) {
        StoredRun run = store.get_run(id);
        if (run.record.request.replicate == 0 && two.size() < 2) two.push_back(std::move(run));
    }
    ASSERT_EQ(two.size(), 2U);
    ASSERT_NE(two[0].record.request.seeds, two[1].record.request.seeds);
    StoredRun later = std::move(two[0]);
    later.record.members["predictions.npy"] = two[1].record.members.at("predictions.npy");
    ++later.record.attempt;
    store.put_run(later.record);
    const auto gate = bench.gate();
    EXPECT_FALSE(holds(gate.out, " R           identical")) << gate.out;
    EXPECT_FALSE(holds(gate.out, "baseline's data is not here")) << gate.out;
}

TEST(Gate, AnOutputThatCannotBeWrittenKeepsNoOtherFromBeing) {
    const Accepted bench;
    const auto gate = bench.gate({"-o", "no/gate.xml", "-o", "gate.json"});
    EXPECT_EQ(gate.exit, 74) << gate.err;
    EXPECT_TRUE(holds(gate.err, "no/.gate.xml")) << gate.err;
    EXPECT_TRUE(fs::exists(bench.folder.path() / "gate.json"));
    const auto unknown = bench.gate({"-o", "gate.html"});
    EXPECT_EQ(unknown.exit, 2);
    EXPECT_TRUE(holds(unknown.err, "no such format of a gate")) << unknown.err;
}

// Too few seeds decide nothing, whatever they show; the spec says what that does.
TEST(Gate, WhatIsUndecidedEndsAsTheSpecSays) {
    const std::pair<const char*, int> rows[] = {{"", 3}, {"  undecided: fail\n", 1}, {"  undecided: warn\n", 0}};
    const Bench bench;
    for (const auto& [policy, exit] : rows) {
        bench.write("gate.yaml", gate_spec(std::string(policy) + "  collapsed: = 0\n", "effect: 1.5, level: 0", "2"));
        ASSERT_EQ(bench.assay({"run", "gate.yaml", "--store", "store", "-o", "r.json"}).exit, 0);
        const auto gate = bench.assay({"gate", "gate.yaml", "--store", "store"});
        EXPECT_EQ(gate.exit, exit) << policy << gate.out << gate.err;
        EXPECT_FALSE(holds(gate.out, "✓ collapsed")) << gate.out;
    }
}

TEST(Gate, RunsThatAreMissingAreNoPass) {
    const Bench bench;
    bench.write("gate.yaml", gate_spec("  collapsed: = 0\n"));
    ASSERT_EQ(bench.assay({"run", "gate.yaml", "--store", "store", "--limit", "5", "-j1"}).exit, 75);
    const auto gate = bench.assay({"gate", "gate.yaml", "--store", "store"});
    EXPECT_EQ(gate.exit, 4) << gate.out;
    EXPECT_EQ(bench.assay({"accept", "gate.yaml", "--store", "store", "--yes"}, {{"CI", ""}}).exit, 4);
    EXPECT_EQ(bench.assay({"gate", "gate.yaml", "--store", "nowhere"}).exit, 5);
}

TEST(Gate, AFailedRunShowsTheEndOfItsLog) {
    const Bench bench;
    bench.write("gate.yaml",
                testing::shell_spec("echo no licence; exit 3", "{seed: {all: 4}}") + "gate: {collapsed: = 0}\n");
    ASSERT_EQ(bench.assay({"run", "gate.yaml", "--store", "store", "-o", "r.json"}).exit, 4);
    const Json report = parse_json(bench.assay({"gate", "gate.yaml", "--store", "store", "--json"}).out, "gate");
    ASSERT_FALSE(report.at("failed").as_array().empty());
    EXPECT_EQ(report.at("failed").as_array()[0].at("log_tail"), Json(Json::Array{"no licence"}));
}

TEST(Gate, WrongRequests) {
    const Bench bench;
    bench.write("none.yaml", testing::synthetic_spec());
    bench.write("typo.yaml", gate_spec("  flisp.seed: < 1%\n"));
    ASSERT_EQ(bench.assay({"run", "none.yaml", "--store", "s", "-o", "r.json"}).exit, 0);
    const std::tuple<Words, int, const char*> rows[] = {
        {{"gate", "none.yaml", "--store", "s"}, 2, "has no rules"},
        {{"gate", "typo.yaml", "--store", "s"}, 2, "error[S0121]"},
        {{"gate", "none.yaml", "--junit", "ant"}, 2, "--junit takes default or strict"},
        {{"gate", "none.yaml", "--format", "html"}, 2, "--format takes text, github or gitlab"},
        {{"explain", "flisp"}, 2, "did you mean 'flips'?"},
    };
    for (const auto& [words, exit, says] : rows) {
        const auto result = bench.assay(words);
        EXPECT_EQ(result.exit, exit) << join(words, " ") << result.out;
        EXPECT_TRUE(holds(result.err, says)) << result.err;
    }
    EXPECT_TRUE(holds(bench.assay({"explain", "flips.hardware"}).out, "Share of predicted labels")) << "a page";
    EXPECT_TRUE(holds(bench.assay({"explain", "s0121"}).out, "misspelt metric")) << "a page";
}

TEST(Gate, RunJudgesAtTheEndWhenAsked) {
    const Accepted bench;
    bench.write("gate.yaml", gate_spec(k_rules, "effect: 1.5, level: 1"));
    const auto run = bench.assay({"run", "gate.yaml", "--store", "store", "--gate"}, {{"GITHUB_ACTIONS", ""}});
    EXPECT_EQ(run.exit, 1) << run.err;
    EXPECT_TRUE(run.out.ends_with("fails: 1 of 4\n")) << run.out;
    bench.write("none.yaml", testing::synthetic_spec());
    EXPECT_EQ(bench.assay({"run", "none.yaml", "--store", "other", "--gate"}).exit, 2);
    EXPECT_FALSE(fs::exists(bench.folder.path() / "other")) << "refused before anything ran";
}

TEST(Gate, TwoAtOnceSayTheSame) {
    const Accepted bench;
    bench.change_and_run();
    const auto both = bench.shell(
        "\"$ASSAY\" gate gate.yaml --store store -o one.txt -q >/dev/null & first=$!\n"
        "\"$ASSAY\" gate gate.yaml --store store -o two.txt -q >/dev/null; second=$?\n"
        "wait $first; echo $? $second; cmp one.txt two.txt && echo same");
    EXPECT_EQ(both.out, "1 1\nsame\n") << both.err;
}

}  // namespace
}  // namespace assay
