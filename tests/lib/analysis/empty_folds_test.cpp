// Folds of inputs without an input, against V of the audit without each fold, computed from the other inputs alone.
#include <gtest/gtest.h>

#include "lib/analysis/evidence_builder.hpp"
#include "stats/population.hpp"

namespace assay {
namespace {

using testing::Audit;

Audit drawn_audit() {
    return testing::crossed({testing::seeds("all", 8)}, [](const std::vector<int>& l, int) {
        return testing::drawn(static_cast<std::uint64_t>(l[0]));
    });
}

SeedShares shares_with(const Audit& audit, const InputTable& table) {
    return evidence_of(audit.plan, audit.runs, outcomes_of(audit.runs), audit.labels, &table).seeds.at(0);
}

// Ids whose folds are 0 to n - 1 only, in turn.
InputTable ids_in_folds(std::size_t n) {
    InputTable table;
    for (std::size_t name = 0; table.ids.size() < 120 && name < 100'000; ++name) {
        InputTable one;
        one.ids = {"candidate " + std::to_string(name)};
        if (input_folds(1, &one)[0] == table.ids.size() % n) table.ids.push_back(one.ids[0]);
    }
    EXPECT_EQ(table.ids.size(), 120U) << "no id was found that falls into one of the folds";
    return table;
}

// V of the audit without the inputs of a fold, computed from the other inputs alone.
double variance_without(const Audit& audit, const std::vector<std::size_t>& folds, std::size_t fold) {
    Audit left = audit;
    for (RunData& run : left.runs) {
        std::vector<float> values;
        for (std::size_t i = 0; i < folds.size(); ++i) {
            const float* p = run.predictions->row(i);
            if (folds[i] != fold) values.insert(values.end(), p, p + testing::k_classes);
        }
        run.predictions = testing::table_of(values, testing::k_classes);
    }
    return *testing::evidence(left).seeds.at(0).variance.value;
}

// Folds without inputs are no folds: K is the number of the others, in the factor (K-1)/K and in the degrees of
// freedom.
TEST(EmptyFolds, AreNoFolds) {
    const Audit audit = drawn_audit();
    for (const std::size_t n : {20U, 19U, 7U, 2U}) {
        const InputTable table = ids_in_folds(n);
        const auto folds = input_folds(120, &table);
        const SeedShares shares = shares_with(audit, table);
        std::vector<std::optional<double>> without;
        for (std::size_t fold = 0; fold < n; ++fold) without.emplace_back(variance_without(audit, folds, fold));
        // The seeds' part of the variance, from their own interval: 8 seeds, t of 7 degrees of freedom.
        constexpr double k_t7 = 2.364624251592785;  // python3 -c 'from scipy.stats import t; print(t.ppf(.975, 7))'
        const Interval& seeds = *shares.variance.interval;
        const double se = std::log(*seeds.high / seeds.low) / 2 / k_t7;
        const auto expected = population_interval(*shares.variance.value, {se * se, 7}, without);
        ASSERT_TRUE(expected && shares.population.interval) << n;
        EXPECT_NEAR(shares.population.interval->low / expected->low, 1, 1e-7) << n;
        EXPECT_NEAR(*shares.population.interval->high / expected->high, 1, 1e-7) << n;
    }
}

TEST(EmptyFolds, AllButOneLeaveNoInterval) {
    const SeedShares shares = shares_with(drawn_audit(), ids_in_folds(1));
    EXPECT_TRUE(shares.variance.interval);
    EXPECT_FALSE(shares.population.interval) << "one fold says nothing of how inputs vary";
}

}  // namespace
}  // namespace assay
