// Numbers instead of answers, through the same tests and variances.
#include "analysis/response_evidence.hpp"

#include <gtest/gtest.h>

#include "analysis/evidence.hpp"
#include "analysis/outcome.hpp"
#include "analysis/responses.hpp"
#include "audit_builder.hpp"

namespace assay {
namespace {
using testing::Audit;

// Two levels of lr, five seeds, each with a loss and no answers.
constexpr double k_loss[2][5] = {{0.31, 0.25, 0.4, 0.36, 0.28}, {0.45, 0.33, 0.52, 0.5, 0.29}};

void report_number(RunData& run, double loss) {
    run.predictions.reset();
    run.record->members.clear();
    run.record->metrics = Json::Object{{"loss", loss}};
}

Audit audit_of_losses() {
    Audit audit =
        testing::crossed({testing::factor(FactorKind::hyperparameter, "lr", {0.1, 0.2}), testing::seeds("all", 5)},
                         [](const auto&, int) { return testing::flipping({}); });
    for (std::size_t i = 0; i < audit.runs.size(); ++i) {
        const auto& levels = audit.plan.runs[i].levels;
        report_number(audit.runs[i], k_loss[levels[0]][levels[1]]);
    }
    return audit;
}

Evidence evidence_of_losses(const Audit& audit, const std::string& name = "loss") {
    return response_evidence(audit.plan, audit.runs, reported_numbers(audit.runs, outcomes_of(audit.runs), name), name);
}

// python3 -c 'from itertools import product
// from statistics import variance as v
// a=[.31,.25,.4,.36,.28]; b=[.45,.33,.52,.5,.29]; d=[y-x for x,y in zip(a,b)]
// t=lambda s: abs(sum(i*x for i,x in zip(s,d)))
// print(sum(t(s)>=t([1]*5)-1e-12 for s in product([1,-1],repeat=5))/2**5)
// m=sum(d)/5; ss=5/2*m*m; e=sum((x-m)**2 for x in d)/2; print(ss/(e/4), ss/(9*v(a+b)), v(a), v(b))'
// -> 0.0625 / 15.900662251655614 0.29682284584002966 0.00365 0.010570000000000001
TEST(ResponseEvidence, AgreesWithTheArithmeticOfNumbers) {
    const Evidence evidence = evidence_of_losses(audit_of_losses());
    EXPECT_EQ(evidence.left_out, "");
    ASSERT_EQ(evidence.tests.size(), 1U);
    const FactorTest& test = evidence.tests[0];
    EXPECT_EQ(test.factor, "hyperparameter.lr");
    EXPECT_EQ(test.seeds, 5U);
    EXPECT_EQ(test.p, 0.0625);
    EXPECT_TRUE(test.exhaustive);
    EXPECT_NEAR(test.f.value(), 15.900662251655614, 1e-7);
    EXPECT_NEAR(test.r2, 0.29682284584002966, 1e-9);
    ASSERT_EQ(evidence.seeds.size(), 2U);
    EXPECT_NEAR(evidence.seeds[0].variance.value.value(), 0.00365, 1e-11);
    EXPECT_NEAR(evidence.seeds[1].variance.value.value(), 0.01057, 1e-11);
    EXPECT_TRUE(evidence.hardware.empty() && evidence.inputs.empty());
    EXPECT_FALSE(evidence.self_audit);
}

TEST(ResponseEvidence, OnlyRunsThatReportCount) {
    Audit audit = audit_of_losses();
    testing::end_as(audit.runs[0], RunState::failed, "x");
    audit.runs[6].record->metrics = Json::Object{{"accuracy", 0.5}};
    const Evidence evidence = evidence_of_losses(audit);
    ASSERT_EQ(evidence.tests.size(), 1U);
    EXPECT_EQ(evidence.tests[0].seeds, 3U) << "seeds 1 and 2 lack a level";
    EXPECT_EQ(evidence_of_losses(audit, "accuracy").left_out, "fewer than two usable runs have accuracy");
    EXPECT_EQ(reported_names(audit.plan, audit.runs), (std::vector<std::string>{"accuracy", "loss"}));
}

// A collapsed run is a finding: its number would be a data point.
TEST(ResponseEvidence, CollapsedRunsAreLeftOut) {
    Audit audit = audit_of_losses();
    audit.runs[1].predictions = testing::collapsed();
    audit.runs[2].predictions = testing::flipping({1});
    const Evidence evidence = evidence_of_losses(audit);
    ASSERT_EQ(evidence.tests.size(), 1U);
    EXPECT_EQ(evidence.tests[0].seeds, 4U);
}

TEST(ResponseEvidence, RepeatsAreTheControl) {
    Audit audit = audit_of_losses();
    for (std::size_t i = 0; i < 5; ++i) {
        testing::replay(audit, i, testing::flipping({}));
        report_number(audit.runs.back(), k_loss[0][i]);
    }
    const Evidence evidence = evidence_of_losses(audit);
    ASSERT_TRUE(evidence.self_audit);
    EXPECT_EQ(evidence.self_audit->pairs, 5U);
    EXPECT_EQ(evidence.self_audit->bitwise_equal, 5U);
}

}  // namespace
}  // namespace assay
