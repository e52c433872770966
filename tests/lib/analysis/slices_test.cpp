// What a table of inputs adds: slices, ids, and folds that know no order.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "lib/analysis/evidence_builder.hpp"

namespace assay {
namespace {

using testing::Audit;
using Levels = std::vector<int>;

// Ids by number, and one slice: the first `n` inputs are "a", the next one "lone", the last has none, the rest "b".
InputTable table_of(std::size_t inputs, std::size_t n) {
    InputTable table;
    Slice slice{"part", {"a", "b", "lone"}, {}};
    for (std::size_t i = 0; i < inputs; ++i) {
        table.ids.push_back("img_" + std::to_string(i));
        slice.of.push_back(i < n ? 1 : i == n ? 3 : i + 1 == inputs ? 0 : 2);
    }
    table.slices = {slice};
    return table;
}

const EffectCell& cell(const SliceEffects& slice, std::size_t row, std::size_t setting = 0) {
    return slice.rows.at(row).cells.at(setting);
}

// 20 inputs. Seed s of 4 flips the inputs below s; the second machine flips inputs 5 and 12 as well.
Audit flips_audit() {
    return testing::crossed({testing::factor(FactorKind::hardware, "isa", {"x", "y"}), testing::seeds("init", 4)},
                            [](const Levels& l, int) {
                                std::set<std::size_t> flipped = testing::inputs(0, static_cast<std::size_t>(l[1]));
                                if (l[0] == 1) flipped.insert({5, 12});
                                return testing::flipping(flipped);
                            });
}

TEST(SliceEffects, AreTheRowsOfTheseInputsAlone) {
    const Audit audit = flips_audit();
    const InputTable table = table_of(testing::k_inputs, 6);
    const Attribution a = attribute(audit.plan, audit.runs, audit.labels, &table);
    ASSERT_EQ(a.slices.size(), 3U);
    const SliceEffects &first = a.slices[0], &rest = a.slices[1], &lone = a.slices[2];
    EXPECT_EQ(std::tie(first.slice, first.value), std::make_tuple(std::string("part"), std::string("a")));
    EXPECT_EQ((std::vector<std::size_t>{first.inputs, rest.inputs, lone.inputs}), (std::vector<std::size_t>{6, 12, 1}));
    EXPECT_TRUE(first.small);
    // isa: input 5 of 6 in every pair; 12 of the 12 inputs 7 to 18; not input 6.
    EXPECT_DOUBLE_EQ(cell(first, 0).flips->value, 1.0 / 6);
    EXPECT_DOUBLE_EQ(cell(rest, 0).flips->value, 1.0 / 12);
    EXPECT_EQ(cell(lone, 0).flips->value, 0);
    EXPECT_EQ(cell(lone, 0).bitwise_equal, 4U) << "equal bits of these inputs, though not of all";
    EXPECT_EQ(cell(first, 0).bitwise_equal, 0U);
    // init: seeds r < s differ in s - r of the first 3 inputs; the mean of s - r over 6 pairs is 10/6.
    EXPECT_DOUBLE_EQ(cell(first, 1).flips->value, 10.0 / 6 / 6);
    EXPECT_EQ(cell(rest, 1).flips->value, 0);
    EXPECT_EQ(cell(first, 1).pairs, 12U) << "as many pairs as with all inputs";
    EXPECT_EQ(cell(first, 1).units, 4U);
}

TEST(SliceEffects, OfAllInputsAreTheRowsThemselves) {
    const Audit audit = flips_audit();
    InputTable table = table_of(testing::k_inputs, 6);
    table.slices = {{"all", {"everything"}, std::vector<std::size_t>(testing::k_inputs, 1)}};
    const Attribution a = attribute(audit.plan, audit.runs, audit.labels, &table);
    EXPECT_EQ(a.slices.at(0).rows, a.rows);
    EXPECT_EQ(a.slices.at(0).setting_rows, a.setting_rows);
    Attribution without = a;
    without.slices.clear();
    EXPECT_EQ(without, audit.attribution()) << "a table changes nothing else";
}

TEST(SliceEffects, SmallIsBelowThirtyInputs) {
    const Audit audit = testing::crossed({testing::seeds("all", 4)}, [](const Levels& l, int) {
        return testing::drawn(static_cast<std::uint64_t>(l[0]));
    });
    for (const std::size_t n : {29U, 30U}) {
        const InputTable table = table_of(120, n);
        EXPECT_EQ(attribute(audit.plan, audit.runs, audit.labels, &table).slices[0].small, n < 30);
        EXPECT_EQ(evidence_of(audit.plan, audit.runs, outcomes_of(audit.runs), {}, &table).inputs[0].slices[0].small,
                  n < 30);
    }
}

Evidence evidence_with(const Audit& audit, const InputTable& table) {
    return evidence_of(audit.plan, audit.runs, outcomes_of(audit.runs), audit.labels, &table);
}

// Two seeds side by side are one pair: q_i is 1 where they differ, which is inputs 0 to 2, and 0 elsewhere.
TEST(SliceStability, IsTheMeanDisagreementOfItsInputs) {
    const Audit audit = testing::repeated({testing::seeds("all", 2)}, [](const Levels& l, int) {
        return testing::flipping(testing::inputs(0, static_cast<std::size_t>(3 * l[0])));
    });
    const InputStability row = evidence_with(audit, table_of(testing::k_inputs, 6)).inputs.at(0);
    ASSERT_EQ(row.slices.size(), 3U);
    EXPECT_DOUBLE_EQ(*row.disagreement, 3.0 / 20);
    EXPECT_DOUBLE_EQ(*row.slices[0].disagreement, 0.5);
    EXPECT_EQ(row.slices[1].disagreement, 0.0);
    EXPECT_EQ(row.slices[2].disagreement, 0.0);
}

// Two rates, 8 seeds, 120 inputs.
Audit drawn_audit() {
    Audit audit = testing::crossed(
        {testing::factor(FactorKind::hyperparameter, "lr", {0.1, 0.2}), testing::seeds("all", 8)},
        [](const Levels& l, int) { return testing::drawn(static_cast<std::uint64_t>(100 * l[0] + l[1])); });
    audit.labels.emplace();
    for (std::size_t i = 0; i < 120; ++i) audit.labels->push_back(static_cast<std::int64_t>(i * 7 % 4));
    return audit;
}

TEST(UnstableIds, NameTheUnstableInputsMostDisputedFirst) {
    const InputTable table = table_of(120, 40);
    const Audit audit = drawn_audit();
    const InputStability row = evidence_with(audit, table).inputs.at(0);
    ASSERT_GT(row.unstable.size(), 3U);
    ASSERT_EQ(row.unstable_ids.size(), row.unstable.size());
    std::set<std::string> listed, ids(row.unstable_ids.begin(), row.unstable_ids.end());
    std::size_t of_slices = 0;
    for (const std::size_t input : row.unstable) listed.insert(table.ids[input]);
    for (const SliceStability& slice : row.slices) of_slices += slice.unstable;
    EXPECT_EQ(ids, listed);
    EXPECT_EQ(of_slices, row.unstable.size() - (listed.contains("img_119") ? 1U : 0U)) << "119 is in no slice";
    // Against the first run, as the list counts.
    std::vector<std::vector<std::int32_t>> labels;
    for (std::size_t run = 0; run < 8; ++run) labels.push_back(predicted_labels(*audit.runs[run].predictions));
    std::vector<std::pair<std::size_t, std::string>> keys;
    for (const std::string& id : row.unstable_ids) {
        const auto input = static_cast<std::size_t>(std::stoul(id.substr(4)));
        std::size_t disputes = 0;
        for (const auto& run : labels) disputes += run[input] != labels[0][input] ? 1U : 0U;
        keys.emplace_back(100 - disputes, id);
    }
    EXPECT_TRUE(std::is_sorted(keys.begin(), keys.end()));
    EXPECT_TRUE(testing::evidence(audit).inputs.at(0).unstable_ids.empty()) << "without a table there are no names";
}

// Entry i of the result is the old input rows[i].
Audit reordered(Audit audit, const std::vector<std::int64_t>& rows) {
    for (RunData& run : audit.runs) {
        std::vector<float> values;
        for (const std::int64_t row : rows) {
            const float* p = run.predictions->row(static_cast<std::size_t>(row));
            values.insert(values.end(), p, p + testing::k_classes);
        }
        run.predictions = testing::table_of(values, testing::k_classes);
    }
    const std::vector<std::int64_t> labels = *audit.labels;
    for (std::size_t i = 0; i < rows.size(); ++i) (*audit.labels)[i] = labels[static_cast<std::size_t>(rows[i])];
    return audit;
}

InputTable reordered(InputTable table, const std::vector<std::int64_t>& rows) {
    const InputTable before = table;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        table.ids[i] = before.ids[static_cast<std::size_t>(rows[i])];
        table.slices[0].of[i] = before.slices[0].of[static_cast<std::size_t>(rows[i])];
    }
    return table;
}

// With ids not even the population column, whose folds deal out the inputs, knows their order.
TEST(Ids, MakeTheOrderOfInputsMeaningless) {
    const Audit audit = drawn_audit();
    const InputTable table = table_of(120, 40);
    const Evidence a = evidence_with(audit, table);
    ASSERT_TRUE(a.seeds.at(0).population.interval);
    for (const std::uint64_t seed : {1U, 2U, 3U}) {
        const auto rows = Random(seed, "slices.order").permutation(120);
        const Audit moved = reordered(audit, rows);
        const InputTable moved_table = reordered(table, rows);
        const Evidence b = evidence_with(moved, moved_table);
        testing::expect_same(testing::flat(a), testing::flat(b));
        const auto x = attribute(audit.plan, audit.runs, audit.labels, &table).slices;
        const auto y = attribute(moved.plan, moved.runs, moved.labels, &moved_table).slices;
        for (std::size_t c = 0; c < a.inputs.size(); ++c) {
            EXPECT_EQ(a.inputs[c].unstable_ids, b.inputs[c].unstable_ids);
            for (std::size_t s = 0; s < a.inputs[c].slices.size(); ++s) {
                EXPECT_NEAR(*a.inputs[c].slices[s].disagreement, *b.inputs[c].slices[s].disagreement, 1e-9);
                EXPECT_EQ(a.inputs[c].slices[s].unstable, b.inputs[c].slices[s].unstable);
            }
        }
        for (std::size_t s = 0; s < x.size(); ++s)
            EXPECT_DOUBLE_EQ(cell(x[s], 0).flips->value, cell(y[s], 0).flips->value);
        const Evidence unnamed = testing::evidence(moved);
        EXPECT_NE(unnamed.seeds[0].population.interval, testing::evidence(audit).seeds[0].population.interval)
            << "without ids their order decides the folds, so this test can fail";
    }
}

TEST(Folds, DependOnNothingButTheId) {
    const InputTable table = table_of(500, 40);
    const auto folds = input_folds(500, &table);
    InputTable few;
    few.ids = {table.ids[77], table.ids[3]};
    EXPECT_EQ(input_folds(2, &few), (std::vector<std::size_t>{folds[77], folds[3]}));
    // 500 in 20 folds: a count is binomial with mean 25 and sd 4.9; 20 counts lie within 4.5 sd with p > 0.9998.
    std::vector<std::size_t> counts(20, 0);
    for (const std::size_t fold : folds) ++counts.at(fold);
    for (const std::size_t count : counts) EXPECT_NEAR(static_cast<double>(count), 25, 22);
}

}  // namespace
}  // namespace assay
