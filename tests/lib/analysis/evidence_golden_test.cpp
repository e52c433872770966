// What real runs and planted shares must give.
#include <gtest/gtest.h>

#include "base/json.hpp"
#include "lib/analysis/evidence_builder.hpp"

namespace assay {
namespace {

using testing::Audit;
using testing::Part;
using Strings = std::vector<std::string>;

Json expected(const std::string& golden) {
    const std::string path = ASSAY_SOURCE_DIR "/fixtures/reference/statistics/expected.json";
    return parse_json(read_file(path), path).at(golden);
}

// Figures have 10 digits.
void expect_figure(const std::optional<double>& value, double expected, double tolerance = 1e-9) {
    ASSERT_TRUE(value);
    EXPECT_NEAR(*value, expected, tolerance * std::abs(expected));
}
void expect_figure(const std::optional<double>& value, const Json& expected) {
    expect_figure(value, expected.as_number());
}

TEST(EvidenceOfRealRuns, TestsALearningRateWithinSeeds) {
    const Json g1 = expected("g1");
    const Audit audit = testing::real_runs("g1_config_by_seed_probs.csv",
                                           testing::factor(FactorKind::hyperparameter, "lr", {0.1, 0.13}));
    const Evidence evidence = testing::evidence(audit);
    EXPECT_EQ(evidence.left_out, "");
    EXPECT_FALSE(evidence.self_audit);
    EXPECT_TRUE(evidence.hardware.empty());
    ASSERT_EQ(evidence.tests.size(), 1U);
    const FactorTest& lr = evidence.tests[0];
    EXPECT_EQ(lr.factor, "hyperparameter.lr");
    EXPECT_EQ(lr.untested, Untested{});
    EXPECT_FALSE(lr.nested || lr.f_infinite);
    EXPECT_EQ(lr.p_count, 82U);
    EXPECT_EQ(lr.p_total, 128U);
    EXPECT_EQ(lr.p, 82.0 / 128);
    EXPECT_EQ(lr.p_holm, 82.0 / 128);
    EXPECT_TRUE(lr.exhaustive);
    EXPECT_EQ(lr.smallest_p, 1.0 / 128);
    EXPECT_EQ(lr.runs, 16U);
    EXPECT_EQ(lr.seeds, 8U);
    EXPECT_EQ(lr.seeds_left_out, 0U);
    EXPECT_EQ(lr.df_effect, 1U);
    EXPECT_EQ(lr.df_error, 7U);
    expect_figure(lr.f, g1.at("F_config"));
    expect_figure(lr.r2, g1.at("R2_config"));
    ASSERT_EQ(lr.shifts.size(), 1U);
    EXPECT_EQ(lr.shifts[0].first + " " + lr.shifts[0].second, "0.1 0.13");
    expect_figure(lr.shifts[0].shift2.value, g1.at("shift_sq"));
    expect_figure(lr.shifts[0].kappa, g1.at("kappa"));
    expect_figure(lr.shifts[0].spread_ratio, g1.at("V_B").as_number() / g1.at("V_A").as_number());
    EXPECT_EQ(lr.shifts[0].shift2.units, 8U);
    EXPECT_EQ(lr.shifts[0].shift2.flags, Strings{});
}

TEST(EvidenceOfRealRuns, KnowsTheVarianceAndTheChurnBetweenSeeds) {
    const Json g1 = expected("g1"), v = g1.at("V_A_jack");
    const Audit audit = testing::real_runs("g1_config_by_seed_probs.csv",
                                           testing::factor(FactorKind::hyperparameter, "lr", {0.1, 0.13}));
    const Evidence evidence = testing::evidence(audit);
    ASSERT_EQ(evidence.seeds.size(), 2U);
    EXPECT_EQ(evidence.seeds[0].where, "lr 0.1");
    EXPECT_TRUE(evidence.seeds[0].streams.empty()) << "one stream has no shares";
    expect_figure(evidence.seeds[0].variance.value, g1.at("V_A"));
    expect_figure(evidence.seeds[1].variance.value, g1.at("V_B"));
    expect_figure(evidence.seeds[0].variance.interval->low, v.at("lo"));
    expect_figure(evidence.seeds[0].variance.interval->high, v.at("hi"));
    EXPECT_FALSE(evidence.seeds[0].population.interval) << "40 inputs are too few for folds";
    ASSERT_EQ(evidence.inputs.size(), 2U);
    expect_figure(evidence.inputs[0].disagreement, g1.at("churn_AA"));
    expect_figure(evidence.inputs[1].disagreement, g1.at("churn_BB"));
    EXPECT_EQ(evidence.inputs[0].inputs, 40U);
    const double accuracy[2][5] = {
        {0.76875, 0.6707272795635703, 0.8667727204364298, 0.003883928571428572, 0.0012591575091575099},
        {0.746875, 0.6394756613204868, 0.8542743386795131, 0.004720982142857141, 0.0021978021978021965}};
    for (std::size_t c = 0; c < 2; ++c) {
        const InputStability& row = evidence.inputs[c];
        expect_figure(row.accuracy.value, accuracy[c][0]);
        ASSERT_TRUE(row.accuracy.interval);
        expect_figure(row.accuracy.interval->low, accuracy[c][1]);
        expect_figure(row.accuracy.interval->high, accuracy[c][2]);
        expect_figure(row.accuracy_variance, accuracy[c][3]);
        expect_figure(row.accuracy_variance_population, accuracy[c][4]);
        EXPECT_EQ(row.accuracy.units, 8U);
        EXPECT_EQ(row.accuracy.flags, Strings{});
    }
    EXPECT_EQ(evidence.inputs[0].class_disagreement.size(), 5U);
}

TEST(EvidenceOfRealRuns, MeasuresAmplifiedRounding) {
    const Json g2 = expected("g2");
    const Audit audit =
        testing::real_runs("g2_hardware_by_seed_probs.csv", testing::factor(FactorKind::hardware, "chunks", {1, 2}));
    const Evidence evidence = testing::evidence(audit);
    ASSERT_EQ(evidence.hardware.size(), 1U);
    const HardwareEffect& effect = evidence.hardware[0];
    EXPECT_EQ(effect.factor, "hardware.chunks");
    EXPECT_EQ(effect.where, "");
    EXPECT_EQ(effect.verdict, "SOMETIMES_AMPLIFIED");
    EXPECT_EQ(effect.seeds, 8U);
    EXPECT_EQ(effect.amplified, 4U);
    EXPECT_EQ(effect.pairs, 8U);
    EXPECT_EQ(effect.bitwise_equal, 0U);
    EXPECT_EQ(effect.amplified_bound, std::nullopt);
    expect_figure(effect.amplified_share->low, g2.at("cp_lo"));
    expect_figure(effect.amplified_share->high, g2.at("cp_hi"));
    expect_figure(effect.effect.value, g2.at("T_hw"));
    expect_figure(effect.seed_effect.value, g2.at("T_seed"));
    expect_figure(effect.ratio.value, g2.at("A").at("est"));
    expect_figure(effect.ratio.interval->low, g2.at("A").at("lo").as_number(), 3e-9);  // their t has 10 digits
    expect_figure(effect.ratio.interval->high, g2.at("A").at("hi").as_number(), 3e-9);
    EXPECT_EQ(effect.flags, Strings{});
    ASSERT_EQ(evidence.tests.size(), 1U) << "hardware is tested for a direction, too";
    EXPECT_TRUE(evidence.tests[0].p);
}

// Blocks of 2 x 2 x 2 seeds of which init weighs three times as much. Expected values: evidence_reference.py.
TEST(EvidenceOfSeedBlocks, HasThePlantedShares) {
    const Audit audit = testing::crossed(
        {testing::seeds("init", 8), testing::seeds("shuffle", 8), testing::seeds("dropout", 8)},
        [](const std::vector<int>& l, int) {
            return testing::planted_answers({{3, 0, l[0]}, {1, 1, l[1]}, {1, 2, l[2]}});
        },
        4);
    ASSERT_EQ(audit.runs.size(), 32U);
    const Evidence evidence = testing::evidence(audit);
    EXPECT_TRUE(evidence.tests.empty());
    ASSERT_EQ(evidence.seeds.size(), 1U);
    const SeedShares& shares = evidence.seeds[0];
    EXPECT_EQ(shares.where, "");
    EXPECT_EQ(shares.flags, Strings{});
    ASSERT_EQ(shares.streams.size(), 3U);
    struct Row {
        std::string name;
        const Figure& figure;
        double value, low, high;
    };
    const auto& [init, shuffle, dropout] = std::tie(shares.streams[0], shares.streams[1], shares.streams[2]);
    const Row rows[] = {
        {"V", shares.variance, 0.01950909490912017, 0.017820940526710075, 0.021357165947701075},
        {"seed.init", init.total, 0.8608359381125846, 0.821442823865421, 0.902118188651411},
        {"seed.init", init.first_order, 0.8078083628990794, 0.7885070269892379, 0.8271096988089209},
        {"seed.shuffle", shuffle.total, 0.09601763077746084, 0.08807413381132709, 0.10467755992771516},
        {"seed.shuffle", shuffle.first_order, 0.04683040444637265, -0.003585733404414128, 0.09724654229715943},
        {"seed.dropout", dropout.total, 0.0968679096286469, 0.08495398379961361, 0.11045264149067935},
        {"seed.dropout", dropout.first_order, 0.047512161018923305, 0.006266156221444261, 0.08875816581640235}};
    for (const Row& row : rows) {
        SCOPED_TRACE(row.name);
        expect_figure(row.figure.value, row.value);
        expect_figure(row.figure.interval->low, row.low, 1e-8);
        expect_figure(row.figure.interval->high, row.high);
        EXPECT_EQ(row.figure.units, 4U) << "blocks";
    }
    struct Component {
        Strings streams;
        double value, low, high;
    };
    const std::string i = "seed.init", s = "seed.shuffle", d = "seed.dropout";
    const Component components[] = {{{i}, 0.01575961002017913, 0.014381763190350071, 0.017137456850008188},
                                    {{s}, 0.0009136188049767673, -9.810536157413762e-05, 0.0019253429715276721},
                                    {{i, s}, 0.0009460608413709264, -8.616485436949519e-05, 0.0019782865371113477},
                                    {{d}, 0.0009269192586555744, 9.542117420381939e-05, 0.0017584173431073294},
                                    {{i, d}, 0.0009493485584991246, -7.921003985644792e-05, 0.001977907156854697},
                                    {{s, d}, 0.0008744268276679179, -0.00015533183563237719, 0.001904185490968213},
                                    {{i, s, d}, -0.0008608894022292708, -0.001887489757062522, 0.0001657109526039804}};
    ASSERT_EQ(shares.components.size(), std::size(components));
    double sum = 0;
    for (std::size_t c = 0; c < std::size(components); ++c) {
        const SeedComponent& found = shares.components[c];
        EXPECT_EQ(found.streams, components[c].streams);
        expect_figure(found.component.value, components[c].value, 1e-8);
        expect_figure(found.component.interval->low, components[c].low, 1e-7);
        expect_figure(found.component.interval->high, components[c].high, 1e-7);
        EXPECT_EQ(found.component.flags, Strings{}) << "below 0 by chance is no misfit";
        sum += *found.component.value;
    }
    EXPECT_NEAR(sum, *shares.variance.value, 1e-9 * sum);
    EXPECT_EQ(init.stream + shuffle.stream + dropout.stream, "seed.initseed.shuffleseed.dropout");
}

// The inputs as a sample, too: the same V, less sure.
TEST(EvidenceOfSeedBlocks, IsLessSureOfOtherInputs) {
    const Audit audit = testing::crossed({testing::seeds("all", 8)}, [](const std::vector<int>& l, int) {
        return testing::planted_answers({{3, 0, l[0]}});
    });
    const SeedShares shares = testing::evidence(audit).seeds.at(0);
    EXPECT_EQ(shares.population.value, shares.variance.value);
    ASSERT_TRUE(shares.population.interval && shares.population.interval->high);
    EXPECT_LT(shares.population.interval->low, shares.variance.interval->low);
    EXPECT_GT(*shares.population.interval->high, *shares.variance.interval->high);
}

}  // namespace
}  // namespace assay
