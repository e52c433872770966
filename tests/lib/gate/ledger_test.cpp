#include "lib/gate/gate_builder.hpp"

namespace assay::testing {
namespace {

TEST(Ledger, FixedBrokenAndChangedButStillWrong) {
    // Seed by seed: the baseline errs on inputs 0 to 2, the candidate on 2 to 6; input 19 goes from one wrong class to
    // another.
    const auto answers_of = [](std::size_t first, std::size_t last, std::size_t wrong_by) {
        return repeated({seeds("all", 6)}, [=](const std::vector<int>&, int) {
            std::vector<std::size_t> labels;
            for (std::size_t i = 0; i < k_inputs; ++i)
                labels.push_back((i + (i >= first && i <= last ? 1 : 0)) % k_classes);
            labels[19] = (19 + wrong_by) % k_classes;
            return answers(labels);
        });
    };
    Audit baseline = answers_of(0, 2, 1), candidate = answers_of(2, 6, 2);
    baseline.labels = candidate.labels = true_labels();
    InputTable table;
    for (std::size_t i = 0; i < k_inputs; ++i) table.ids.push_back("i" + std::to_string(i));
    table.slices = {{"half", {"first", "second"}, {}}};
    for (std::size_t i = 0; i < k_inputs; ++i) table.slices[0].of.push_back(i < 10 ? 1 : 2);
    const GateInput input{{}, side(candidate), side(baseline), std::nullopt, &table};
    const Verdict verdict_with_table = decide(input);
    ASSERT_EQ(verdict_with_table.ledgers.size(), 1U);
    const Ledger& ledger = verdict_with_table.ledgers[0];
    EXPECT_EQ(ledger.seeds, 6U);
    const LedgerRow& all = ledger.rows[0];
    EXPECT_EQ(all.fixed, 2.0);          // 0, 1
    EXPECT_EQ(all.broken, 4.0);         // 3, 4, 5, 6
    EXPECT_EQ(all.changed_wrong, 1.0);  // 19
    EXPECT_EQ(all.changed, 7.0);
    EXPECT_DOUBLE_EQ(all.flips_per_10000, 3500);
    EXPECT_EQ(all.seeds_worse, 6U);
    EXPECT_EQ(all.worse_share, 1.0);
    EXPECT_NEAR(all.worse_interval->low, std::pow(0.025, 1.0 / 6), 1e-12) << "Clopper and Pearson at 6 of 6";
    EXPECT_NEAR(*all.p, 2.0 / 64, 1e-12);
    ASSERT_EQ(ledger.rows.size(), 1U + 4 + 2);
    EXPECT_EQ(ledger.rows[1].slice, "class");
    double changed = 0;
    for (std::size_t i = 1; i <= 4; ++i) changed += *ledger.rows[i].changed;
    EXPECT_EQ(changed, 7.0) << "classes divide the inputs";
    EXPECT_EQ(ledger.rows[6].value, "second");
    EXPECT_EQ(ledger.rows[6].changed, 1.0);
    EXPECT_TRUE(ledger.rows[6].small);
}

// A change that one class feels, and the whole hides.
TEST(Ledger, RWithinAClass) {
    Audit baseline = noisy(8, 100), candidate = noisy(8, 300);
    const std::size_t n = baseline.runs[0].predictions->n_inputs, classes = baseline.runs[0].predictions->n_classes;
    std::vector<std::int64_t> labels;
    for (std::size_t i = 0; i < n; ++i) labels.push_back(i < n / 4 ? 0 : i < n - 10 ? 1 : 2);
    baseline.labels = candidate.labels = labels;
    for (std::size_t s = 0; s < 8; ++s) {  // class 0 is answered as at no seed of the baseline
        Predictions p = *candidate.runs[s].predictions;
        for (std::size_t i = 0; i < n / 4; ++i) {
            for (std::size_t c = 0; c < classes; ++c) p.probabilities[i * classes + c] = c == classes - 1 ? 1.0F : 0.0F;
        }
        candidate.runs[s] = completed(candidate.plan.runs[s].request, p);
    }
    const std::vector<LedgerRow> rows = verdict(candidate, {}, &baseline).ledgers.at(0).rows;
    ASSERT_EQ(rows.size(), 4U);
    EXPECT_GT(rows[1].excess.value(), 1.5 * rows[2].excess.value());
    EXPECT_GT(rows[1].excess_interval->low, 1.5);
    EXPECT_NEAR(rows[2].excess.value(), 1, 0.3) << "the others are as they were";
    EXPECT_NEAR(*rows[0].excess, *judged(candidate, "R", "< 9", &baseline).place()->measured, 1e-9);
    EXPECT_FALSE(rows[3].excess);
    EXPECT_EQ(rows[3].no_excess, "10 inputs");
    const Audit few_candidate = noisy(3, 300), few = noisy(3, 100);
    EXPECT_EQ(verdict(few_candidate, {}, &few).ledgers.at(0).rows[0].no_excess, "3 seeds");
}

TEST(Ledger, WithoutLabelsOnlyChangesAreCounted) {
    Audit baseline = with_errors({1, 1, 1, 1}), candidate = with_errors({2, 2, 2, 3});
    baseline.labels.reset();
    candidate.labels.reset();
    const LedgerRow row = verdict(candidate, {}, &baseline).ledgers.at(0).rows.at(0);
    EXPECT_EQ(row.changed, 1.25);
    EXPECT_FALSE(row.fixed || row.broken || row.changed_wrong || row.p);
}

TEST(Ledger, NothingWithoutSharedSeeds) {
    Audit baseline = with_errors({1, 1, 1, 1});
    for (PlannedRun& run : baseline.plan.runs) run.request.seeds["all"] += 100;
    EXPECT_TRUE(verdict(with_errors({1, 1, 1, 1}), {}, &baseline).ledgers.empty());
}

}  // namespace
}  // namespace assay::testing
