#include "trainer/conformance.hpp"

#include <gtest/gtest.h>

#include "core/npy.hpp"
#include "core/reload.hpp"

namespace assay {
namespace {

ObservedRun observed(const std::vector<float>& values, const std::string& reason = "") {
    ObservedRun run;
    run.record.state = reason.empty() ? RunState::completed : RunState::failed;
    run.record.reason = reason;
    run.names = {"predictions.npy"};
    if (reason.empty())
        run.files["predictions.npy"] =
            write_npy(array_of<float>(NumericType::float32, {values.size() / 2, 2}, std::span(values)));
    return run;
}

const Rule& rule(const std::vector<Rule>& rules, const std::string& name) {
    for (const Rule& one : rules) {
        if (one.name == name) return one;
    }
    ADD_FAILURE() << "no rule " << name;
    return rules.front();
}

const std::vector<float> k_first = {0.25F, 0.75F, 0.5F, 0.5F}, k_second = {0.5F, 0.5F, 0.5F, 0.5F};

TEST(Conformance, AnHonestTrainerPassesOrIsNotAsked) {
    const auto rules = judge_trainer(observed(k_first), observed(k_first), observed(k_second));
    EXPECT_TRUE(conforms(rules));
    for (const Rule& one : rules) {
        const bool optional = one.name == "run_id" || one.name == "hardware" || one.name == "ids" ||
                              one.name == "labels" || one.name == "reload";
        EXPECT_EQ(one.result, optional ? ConformanceResult::skip : ConformanceResult::pass)
            << one.name << ": " << one.detail;
    }
}

// Each reason that a run can fail for breaks one rule; what comes after it was not looked at.
TEST(Conformance, EachReasonBreaksItsRule) {
    const std::pair<const char*, const char*> rows[] = {
        {"R0204", "ends"},        {"R0205", "ends"},          {"R0206", "ends"},  {"R0207", "run_id"},
        {"R0208", "predictions"}, {"R0209", "probabilities"}, {"R0210", "shape"}, {"R0211", "labels"},
        {"R0212", "files"},       {"R0213", "files"},         {"R0214", "files"}, {"R0215", "probabilities"},
        {"R0216", "hardware"},    {"R0217", "hardware"},      {"R0218", "files"}, {"R0219", "files"},
        {"R0220", "ends"},        {"R0221", "files"},         {"R0230", "ends"},  {"R0235", "readable"},
        {"R0231", "readable"},    {"R0232", "readable"},      {"R0233", "ids"},   {"R0234", "labels"},
        {"R0236", "ends"},
    };
    for (const auto& [code, name] : rows) {
        const std::string reason = std::string(code) + ": because";
        const auto rules = judge_trainer(observed(k_first), observed(k_first), observed({}, reason));
        EXPECT_FALSE(conforms(rules)) << code;
        EXPECT_EQ(rule(rules, name).result, ConformanceResult::fail) << code;
        EXPECT_EQ(rule(rules, name).detail, reason);
        EXPECT_EQ(rule(rules, "seed").result, ConformanceResult::skip) << code;
    }
}

TEST(Conformance, AReasonThatNobodyKnowsIsNoPass) {
    const auto rules = judge_trainer(observed(k_first), observed(k_first), observed({}, "R0299: new"));
    EXPECT_FALSE(conforms(rules));
}

TEST(Conformance, ASeedThatDoesNotReachTheModelIsFound) {
    const auto rules = judge_trainer(observed(k_first), observed(k_first), observed(k_first));
    EXPECT_EQ(rule(rules, "seed").result, ConformanceResult::fail);
    const std::vector<float> hard = {0, 1, 1, 0};
    EXPECT_EQ(rule(judge_trainer(observed(hard), observed(hard), observed(hard)), "seed").result,
              ConformanceResult::skip);
}

TEST(Conformance, ATrainerThatDoesNotRepeatProvesNothingAboutItsSeed) {
    const auto rules = judge_trainer(observed(k_first), observed(k_second), observed(k_second));
    EXPECT_EQ(rule(rules, "replay").result, ConformanceResult::fail);
    EXPECT_EQ(rule(rules, "replay").detail, "predictions.npy differs");
    EXPECT_EQ(rule(rules, "seed").result, ConformanceResult::skip);
}

TEST(Conformance, AModelThatPredictsOtherwiseOnceItIsReloadedIsFound) {
    const std::pair<Reload, const char*> rows[] = {
        {{ReloadState::same, 0, 2, 0, ""}, ""},
        {{ReloadState::differs, 1, 2, 0.25, ""}, "1 of 2 labels differ, max |dp| 0.25"},
        {{ReloadState::failed, 0, 0, 0, "R0208: nothing"}, "R0208: nothing"},
    };
    for (const auto& [reload, detail] : rows) {
        ObservedRun run = observed(k_first);
        run.files[k_reload_member] = canonical_json(to_json(reload));
        const auto rules = judge_trainer(run, observed(k_first), observed(k_second));
        EXPECT_EQ(conforms(rules), *detail == '\0');
        EXPECT_EQ(rule(rules, "reload").detail, detail);
    }
}

TEST(Conformance, AHalfFileIsFound) {
    ObservedRun run = observed(k_first);
    run.names.emplace_back("labels.npy.tmp");
    const auto rules = judge_trainer(observed(k_first), run, observed(k_second));
    EXPECT_EQ(rule(rules, "renamed").result, ConformanceResult::fail);
}

}  // namespace
}  // namespace assay
