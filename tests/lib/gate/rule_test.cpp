#include "gate/rule.hpp"

#include <gtest/gtest.h>

namespace assay {
namespace {

struct Good {
    const char *key, *limit;
    Relation relation;
    double value;
    Summary summary = Summary::mean;
};

TEST(Rule, LimitsAsAPersonWritesThem) {
    const Good cases[] = {
        {"flips.hardware", "< 0.1%", Relation::less, 0.001},
        {"flips.hardware.isa", "<= 0.002", Relation::at_most, 0.002},
        {"flips.seed", "<2%", Relation::less, 0.02},
        {"flips.seed", "= 0", Relation::equal, 0},
        {"accuracy", ">= 0.97", Relation::at_least, 0.97},
        {"accuracy", "  > 97 %  ", Relation::greater, 0.97},
        {"accuracy.baseline", "< 0.5%", Relation::less, 0.005},
        {"accuracy.baseline", "< -1%", Relation::less, -0.01},  // asks for an improvement
        {"accuracy.spread", "< 1%", Relation::less, 0.01},
        {"nll.baseline", "< 0.02", Relation::less, 0.02},
        {"distance.hardware", "p99 < 0.02", Relation::less, 0.02, Summary::p99},
        {"distance.hardware", "max < 0.1", Relation::less, 0.1, Summary::max},
        {"maxdiff.hardware", "< 1e-6", Relation::less, 1e-6, Summary::max},
        {"collapsed", "= 0", Relation::equal, 0},
        {"churn.baseline", "< 2%", Relation::less, 0.02},
        {"R", "< 1.25", Relation::less, 1.25},
        {"share.seed.init", "> 20%", Relation::greater, 0.2},
        {"A.hardware", "< 0.5", Relation::less, 0.5},
    };
    for (const Good& c : cases) {
        const ParsedRule parsed = parse_rule(c.key, c.limit);
        ASSERT_TRUE(parsed.rule) << c.key << ": " << c.limit << ": " << parsed.problem.message;
        EXPECT_EQ(rule_key(*parsed.rule), c.key);
        EXPECT_EQ(parsed.rule->relation, c.relation) << c.limit;
        EXPECT_DOUBLE_EQ(parsed.rule->limit.value(), c.value) << c.limit;
        EXPECT_EQ(parsed.rule->summary, c.summary) << c.limit;
    }
}

TEST(Rule, WordsHaveNoNumber) {
    for (const char* key : {"replay", "flips.seed", "churn.baseline"}) {
        EXPECT_EQ(parse_rule(key, "identical").rule.value().relation, Relation::identical);
        EXPECT_FALSE(parse_rule(key, "report").rule.value().limit);
    }
}

struct Bad {
    const char *key, *limit, *message, *help;
    bool in_limit;
};

TEST(Rule, MistakesSayWhatToWriteInstead) {
    const Bad cases[] = {
        {"flipps.hardware", "< 1%", "unknown metric 'flipps'", "did you mean 'flips'?", false},
        {"acuracy", "> 0.9", "unknown metric 'acuracy'", "did you mean 'accuracy'?", false},
        {"flips", "< 1%", "which pairs", "flips.hardware", false},
        {"flips.hardwear", "< 1%", "unknown kind 'hardwear'", "did you mean 'hardware'?", false},
        {"flips.hardware.", "< 1%", "dot too many", "flips.hardware", false},
        {"", "< 1%", "unknown metric ''", "known", false},
        {"spread", "< 1%", "of what", "accuracy.spread", false},
        {"churn", "< 1%", "needs its suffix", "churn.baseline", false},
        {"replay.seed", "identical", "there is no 'replay.seed'", "replay", false},
        {"accuracy.seed", "> 0.9", "there is no 'accuracy.seed'", "accuracy.baseline", false},
        {"share.hardware", "< 1", "not defined for hardware", "share.seed.init", false},
        {"share.seed", "< 1", "needs a seed stream", "init, shuffle", false},
        {"A.seed", "< 1", "not defined for seed", "A.hardware", false},
        {"accuracy", "< 0.9", "the larger it is", ">= X", true},
        {"accuracy.baseline", "> 0.9", "the smaller it is", "< X", true},
        {"flips.seed", "> 1%", "the smaller it is", "< X", true},
        {"flips.seed", "= 1%", "for 0 alone", "< X", true},
        {"accuracy", "= 1", "cannot be shown to equal", "bound", true},
        {"R", "= 1", "cannot be shown to equal", "bound", true},
        {"accuracy", "identical", "no bits", "report", true},
        {"replay", "< 1%", "identical or not", "identical", true},
        {"flips.seed", "p99 < 1%", "only a distance", "p99", true},
        {"flips.seed", "< 200%", "outside", "0.1%", true},
        {"flips.seed", "< 1,5", "'1,5' is no number", "0.1%", true},
        {"flips.seed", "< .5", "is no number", "0.1%", true},
        {"flips.seed", "< nan", "is no number", "0.1%", true},
        {"flips.seed", "< inf", "is no number", "0.1%", true},
        {"flips.seed", "<", "is no number", "0.1%", true},
        {"flips.seed", "1%", "'1%' is no limit", "0.1%", true},
        {"flips.seed", "", "'' is no limit", "0.1%", true},
    };
    for (const Bad& c : cases) {
        const ParsedRule parsed = parse_rule(c.key, c.limit);
        ASSERT_FALSE(parsed.rule) << c.key << ": " << c.limit;
        EXPECT_NE(parsed.problem.message.find(c.message), std::string::npos) << parsed.problem.message;
        EXPECT_NE(parsed.problem.help.find(c.help), std::string::npos) << parsed.problem.help;
        EXPECT_EQ(parsed.problem.in_limit, c.in_limit) << c.key << ": " << c.limit;
    }
}

TEST(Rule, OfFactorsThatTheAuditVaries) {
    const std::vector<Factor> factors = {{FactorKind::hardware, "isa", {"avx2", "baseline"}},
                                         {FactorKind::seed, "all", {"1", "2"}},
                                         {FactorKind::data, "order", {"fixed"}}};
    const auto problem = [&](const char* key) { return rule_problem(parse_rule(key, "< 1%").rule.value(), factors); };
    EXPECT_FALSE(problem("flips.hardware"));
    EXPECT_FALSE(problem("flips.hardware.isa"));
    EXPECT_FALSE(problem("flips.seed.all"));
    EXPECT_TRUE(problem("flips.seed.init")) << "'all' moves every stream, so nothing is known of one";
    EXPECT_TRUE(problem("flips.seed.inti"));
    EXPECT_FALSE(problem("R"));
    EXPECT_EQ(problem("flips.hardware.iss").value().help, "did you mean 'flips.hardware.isa'?");
    EXPECT_NE(problem("flips.software").value().help.find("add it under factors"), std::string::npos);
    EXPECT_TRUE(problem("flips.data.order")) << "one level makes no pair";
}

TEST(Rule, EveryMetricIsRead) {
    for (std::string key : gate_metrics()) {
        const std::string name = key;
        if (key == "flips" || key == "distance" || key == "maxdiff" || key == "A") key += ".hardware.isa";
        if (key == "share") key += ".seed.init";
        const ParsedRule parsed = parse_rule(key, "report");
        ASSERT_TRUE(parsed.rule) << key;
        EXPECT_EQ(rule_key(*parsed.rule), key) << name;
    }
}

}  // namespace
}  // namespace assay
