// What must not matter: the order of runs, inputs, classes and levels.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "analysis/attribute.hpp"
#include "base/random.hpp"
#include "lib/analysis/audit_builder.hpp"

namespace assay {
namespace {

using testing::Audit;

// Answers without structure: every run draws its own, stream "invariance" of seed 1. The first cells are lost in
// several ways, and one run is replayed.
Audit irregular() {
    Random random(1, "invariance");
    const auto draw = [&random](const std::vector<int>&, int) {
        std::vector<float> values;
        for (std::size_t i = 0; i < testing::k_inputs; ++i) {
            double sum = 0;
            std::vector<double> row;
            for (std::size_t c = 0; c < testing::k_classes; ++c) {
                row.push_back(random.uniform() * random.uniform());
                sum += row.back();
            }
            for (const double x : row) values.push_back(static_cast<float>(x / sum));
        }
        const std::vector<std::size_t> shape = {testing::k_inputs, testing::k_classes};
        return predictions_from_array(array_of<float>(NumericType::float32, shape, std::span(values)))
            .predictions.value();
    };
    Audit audit =
        testing::crossed({testing::factor(FactorKind::hyperparameter, "lr", {0.1, 0.2}), testing::seeds("init", 5),
                          testing::factor(FactorKind::hardware, "isa", {"a", "b", "c"}), testing::seeds("shuffle", 4)},
                         draw);
    testing::replay(audit, 9, draw({}, 0));
    testing::end_as(audit.runs[0], RunState::failed, "exit code 1");
    testing::end_as(audit.runs[17], RunState::diverged, "NaN");
    audit.runs[31] = testing::completed(audit.plan.runs[31].request, testing::collapsed());
    audit.runs[70] = {};
    audit.labels.emplace();
    for (std::size_t i = 0; i < testing::k_inputs; ++i) audit.labels->push_back(static_cast<std::int64_t>(i % 4));
    return audit;
}

void expect_near(const std::optional<double>& a, const std::optional<double>& b) {
    ASSERT_EQ(a.has_value(), b.has_value());
    if (a.has_value()) {
        EXPECT_NEAR(*a, *b, 1e-12 * std::abs(*b));
    }
}

void expect_same(const std::optional<Estimate>& a, const std::optional<Estimate>& b) {
    ASSERT_EQ(a.has_value(), b.has_value());
    if (!a) return;
    expect_near(a->value, b->value);
    EXPECT_EQ(a->flag, b->flag);
    ASSERT_EQ(a->interval.has_value(), b->interval.has_value());
    if (!a->interval) return;
    expect_near(a->interval->low, b->interval->low);
    expect_near(a->interval->high, b->interval->high);
}

void expect_same(const EffectCell& a, const EffectCell& b) {
    EXPECT_EQ(a.pairs, b.pairs);
    EXPECT_EQ(a.bitwise_equal, b.bitwise_equal);
    EXPECT_EQ(a.units, b.units);
    EXPECT_EQ(a.max_abs_dp, b.max_abs_dp);
    EXPECT_EQ(a.empty_reason, b.empty_reason);
    expect_same(a.flips, b.flips);
    expect_same(a.distance, b.distance);
}

void expect_same(const std::vector<EffectRow>& a, const std::vector<EffectRow>& b) {
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
        SCOPED_TRACE(a[i].factor + " " + a[i].where);
        EXPECT_EQ(a[i].factor, b[i].factor);
        EXPECT_EQ(a[i].where, b[i].where);
        ASSERT_EQ(a[i].cells.size(), b[i].cells.size());
        for (std::size_t s = 0; s < a[i].cells.size(); ++s) expect_same(a[i].cells[s], b[i].cells[s]);
        ASSERT_EQ(a[i].level_pairs.size(), b[i].level_pairs.size());
        for (const LevelPair& pair : a[i].level_pairs) {
            const auto match = std::find_if(b[i].level_pairs.begin(), b[i].level_pairs.end(), [&](const LevelPair& x) {
                return std::minmax(x.first, x.second) == std::minmax(pair.first, pair.second);
            });
            ASSERT_NE(match, b[i].level_pairs.end()) << pair.first << " " << pair.second;
            expect_same(pair.cell, match->cell);
        }
    }
}

void expect_same(const Attribution& a, const Attribution& b) {
    EXPECT_EQ(a.setting_factors, b.setting_factors);
    EXPECT_EQ(a.findings, b.findings);
    EXPECT_EQ(a.hardware, b.hardware);
    ASSERT_EQ(a.settings.size(), b.settings.size());
    for (std::size_t s = 0; s < a.settings.size(); ++s) {
        const Setting &x = a.settings[s], &y = b.settings[s];
        EXPECT_EQ(x.name, y.name);
        EXPECT_EQ(x.outcomes, y.outcomes);
        EXPECT_EQ(x.collapsed, y.collapsed);
        EXPECT_EQ(x.diverged, y.diverged);
        EXPECT_EQ(x.failed, y.failed);
        EXPECT_EQ(x.replays, y.replays);
        EXPECT_EQ(x.replays_identical, y.replays_identical);
        EXPECT_EQ(x.replay_flips, y.replay_flips);
        EXPECT_EQ(x.replay_max_abs_dp, y.replay_max_abs_dp);
        expect_near(x.accuracy_mean, y.accuracy_mean);
        EXPECT_EQ(x.accuracy_min, y.accuracy_min);
        EXPECT_EQ(x.accuracy_max, y.accuracy_max);
    }
    expect_same(a.rows, b.rows);
    expect_same(a.setting_rows, b.setting_rows);
}

TEST(Invariance, TheOrderOfExecutionChangesNoBit) {
    Audit audit = irregular();
    const Attribution before = audit.attribution();
    std::reverse(audit.plan.order.begin(), audit.plan.order.end());
    for (std::size_t i = 0; i < audit.runs.size(); ++i) {
        if (!audit.runs[i].record) continue;
        audit.runs[i].record->started = "2031-01-01T00:00:" + std::to_string(10 + i % 50) + "Z";
        audit.runs[i].record->wall_s = 7;
        audit.runs[i].record->host = "another";
        audit.runs[i].record->attempt = 3;
    }
    EXPECT_EQ(audit.attribution(), before);
}

TEST(Invariance, TheOrderOfRunsInThePlanDoesNotMatter) {
    const Audit audit = irregular();
    Random random(1, "invariance.order");
    for (int trial = 0; trial < 5; ++trial) {
        Audit shuffled = audit;
        const auto order = random.permutation(audit.runs.size());
        for (std::size_t i = 0; i < order.size(); ++i) {
            const auto from = static_cast<std::size_t>(order[i]);
            shuffled.plan.runs[i] = audit.plan.runs[from];
            shuffled.runs[i] = audit.runs[from];
        }
        const Attribution a = shuffled.attribution(), b = audit.attribution();
        expect_same(a, b);
        for (std::size_t i = 0; i < order.size(); ++i) {
            EXPECT_EQ(a.outcomes[i], b.outcomes[static_cast<std::size_t>(order[i])]);
            EXPECT_EQ(a.accuracies[i], b.accuracies[static_cast<std::size_t>(order[i])]);
        }
    }
}

// Row i of the result is row rows[i], class c of it is class classes[c].
Predictions rearranged(const Predictions& p, const std::vector<std::int64_t>& rows,
                       const std::vector<std::int64_t>& classes) {
    std::vector<float> values;
    for (const std::int64_t row : rows) {
        for (const std::int64_t c : classes) values.push_back(p.row(static_cast<std::size_t>(row))[c]);
    }
    return predictions_from_array(array_of<float>(NumericType::float32, {p.n_inputs, p.n_classes}, std::span(values)))
        .predictions.value();
}

Audit rearranged(Audit audit, const std::vector<std::int64_t>& rows, const std::vector<std::int64_t>& classes) {
    for (RunData& run : audit.runs) {
        if (!run.predictions) continue;
        run.predictions = rearranged(*run.predictions, rows, classes);
        run.record->members["predictions.npy"].sha256 = run.predictions->sha256;
    }
    const std::vector<std::int64_t> labels = *audit.labels;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const std::int64_t old = labels[static_cast<std::size_t>(rows[i])];
        (*audit.labels)[i] = std::find(classes.begin(), classes.end(), old) - classes.begin();
    }
    return audit;
}

std::vector<std::int64_t> counting(std::size_t n) {
    std::vector<std::int64_t> out(n);
    std::iota(out.begin(), out.end(), 0);
    return out;
}

TEST(Invariance, TheOrderOfInputsAndTheNamesOfClassesDoNotMatter) {
    Random random(1, "invariance.inputs");
    const auto rows = random.permutation(testing::k_inputs), classes = random.permutation(testing::k_classes);
    ASSERT_NE(classes, counting(testing::k_classes));
    const Attribution before = irregular().attribution();
    expect_same(rearranged(irregular(), rows, counting(testing::k_classes)).attribution(), before);
    expect_same(rearranged(irregular(), counting(testing::k_inputs), classes).attribution(), before);
    expect_same(rearranged(irregular(), rows, classes).attribution(), before);
    Audit labels_left = rearranged(irregular(), counting(testing::k_inputs), classes);
    labels_left.labels = irregular().labels;
    EXPECT_NE(labels_left.attribution().accuracies, before.accuracies) << "the labels must be renamed, too";
}

TEST(Invariance, TheOrderOfLevelsDoesNotMatter) {
    const Attribution before = irregular().attribution();
    for (const std::size_t f : {1U, 2U, 3U}) {  // init, isa, shuffle
        Audit audit = irregular();
        auto& levels = audit.plan.factors[f].levels;
        std::reverse(levels.begin(), levels.end());
        for (PlannedRun& run : audit.plan.runs) run.levels[f] = static_cast<int>(levels.size()) - 1 - run.levels[f];
        expect_same(audit.attribution(), before);
    }
}

TEST(Invariance, ReorderedSettingsAreTheSameColumnsInAnotherOrder) {
    const Attribution before = irregular().attribution();
    Audit audit = irregular();
    std::swap(audit.plan.factors[0].levels[0], audit.plan.factors[0].levels[1]);
    for (PlannedRun& run : audit.plan.runs) run.levels[0] = 1 - run.levels[0];
    Attribution a = audit.attribution();
    EXPECT_EQ(a.settings[0].name, "lr 0.2");
    std::swap(a.settings[0], a.settings[1]);
    for (EffectRow& row : a.rows) std::swap(row.cells[0], row.cells[1]);
    expect_same(a, before);
}

}  // namespace
}  // namespace assay
