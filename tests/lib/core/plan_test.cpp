#include "core/plan.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace assay {
namespace {

Plan example_plan() {
    Plan plan;
    plan.name = "example";
    plan.design = "factorial";
    plan.root_seed = 18446744073709551615ULL;
    plan.factors = {{FactorKind::hyperparameter, "lr", {0.001, 0.1}}, {FactorKind::seed, "init", {"4294967296", "7"}}};
    for (int lr = 0; lr < 2; ++lr) {
        for (int init = 0; init < 2; ++init) {
            PlannedRun run;
            run.number = static_cast<int>(plan.runs.size()) + 1;
            run.levels = {lr, init};
            run.request.params = Json::Object{{"lr", plan.factors[0].levels[static_cast<std::size_t>(lr)]}};
            run.request.trainer = Json::Object{};
            run.request.hardware = Json::Object{};
            plan.runs.push_back(run);
        }
    }
    plan.order = {2, 0, 3, 1};
    plan.spec = Json::Object{};
    return plan;
}

TEST(Plan, ReadsBack) { EXPECT_EQ(plan_from_json(plan_json(example_plan())), example_plan()); }

// A plan without one says nothing of it, so that audits of before keep their id.
TEST(Plan, ATableOfInputsIsPartOfTheAuditNotOfARun) {
    Plan plan = example_plan();
    EXPECT_EQ(plan_json(plan).find("inputs"), nullptr);
    plan.inputs = MemberRef{std::string(64, 'a'), 12};
    EXPECT_EQ(plan_from_json(plan_json(plan)), plan);
    EXPECT_NE(audit_id(plan), audit_id(example_plan()));
    for (std::size_t i = 0; i < plan.runs.size(); ++i)
        EXPECT_EQ(request_id(plan.runs[i].request), request_id(example_plan().runs[i].request));
}

TEST(Plan, RunsThatDoNotFitTheFactorsAreRefused) {
    const std::function<void(Plan&)> damages[] = {
        [](Plan& p) { p.order.pop_back(); },
        [](Plan& p) { p.order[0] = 4; },
        [](Plan& p) { p.order[0] = -1; },
        [](Plan& p) { p.runs[0].levels[0] = 2; },
        [](Plan& p) { p.runs[0].levels.pop_back(); },
    };
    for (const auto& damage : damages) {
        Plan plan = example_plan();
        damage(plan);
        EXPECT_THROW(plan_from_json(plan_json(plan)), Error);
    }
}

TEST(Plan, RunsAreNamedForPeople) {
    const Plan plan = example_plan();
    EXPECT_EQ(run_label(plan, 4), "004");
    EXPECT_EQ(cell_text(plan, plan.runs[3]), "lr=0.1 init=2");
    PlannedRun replay = plan.runs[0];
    replay.request.replicate = 1;
    EXPECT_EQ(cell_text(plan, replay), "lr=0.001 init=1 replay=1");
}

TEST(Factor, KindsReadBackByName) {
    for (const std::string& name : kind_names()) EXPECT_EQ(kind_name(*kind_from_name(name)), name);
    EXPECT_FALSE(kind_from_name("hyperparamter"));
    EXPECT_EQ(full_name({FactorKind::hardware, "isa", {}}), "hardware.isa");
    EXPECT_EQ(level_text(Json(Json::Array{64, 32})), "[64,32]");
}

}  // namespace
}  // namespace assay
