// A threshold of one's own decides every label that a report counts, and no probability changes.
#include "cli/program.hpp"

namespace assay::testing {
namespace {

// Four scores, the third from 0.31 to 0.39 by the seed; the true labels are 0 1 1 0.
constexpr const char* k_train =
    "s=$(printf %s \"$ASSAY_SEED\" | cksum | cut -c1)\n"
    "printf '0.2\\n0.9\\n0.3%s\\n0.25\\n' \"$s\" > \"$ASSAY_OUT/predictions.csv\"\n"
    "printf '0\\n1\\n1\\n0\\n' > \"$ASSAY_OUT/labels.csv\"\n";

Json setting_at(const std::string& threshold) {
    const Bench bench;
    bench.write("train.sh", k_train);
    bench.write("t.yaml", "assay: 1\nname: t\ntrainer: {exec: sh train.sh}\ndecision: {threshold: " + threshold +
                              "}\nfactors: {seed: {all: [1, 2, 3, 4]}}\n");
    const auto run = bench.assay({"run", "t.yaml", "--store", "store"});
    EXPECT_EQ(run.exit, 0) << run.err;
    return bench.report().at("attribution");
}

TEST(Threshold, DecidesTheLabelsOfScores) {
    const std::pair<const char*, double> rows[] = {{"0.5", 0.75}, {"0.3", 1}, {"0.22", 0.75}};
    for (const auto& [threshold, accuracy] : rows) {
        const Json attribution = setting_at(threshold);
        const Json& setting = attribution.at("settings").as_array().at(0);
        EXPECT_EQ(setting.at("accuracy").at("mean"), Json(accuracy)) << threshold;
    }
}

// The third score crosses it for some seeds and not for others: labels flip there and nowhere else.
TEST(Threshold, ALabelFlipsWhereAScoreCrossesIt) {
    const auto flips = [](const Json& attribution) {
        return attribution.at("rows").as_array().at(0).at("cells").as_array().at(0).at("flips").at("value").as_number();
    };
    const Json apart = setting_at("0.325"), calm = setting_at("0.5");
    EXPECT_EQ(flips(calm), 0);
    EXPECT_GT(flips(apart), 0);
    EXPECT_LE(flips(apart), 0.25);
    const auto distance = [](const Json& attribution) {
        return attribution.at("rows").as_array().at(0).at("cells").as_array().at(0).at("distance").at("value");
    };
    EXPECT_EQ(distance(apart), distance(calm)) << "the probabilities are what they are";
}

TEST(Threshold, IsSaidInTheReport) {
    const Bench bench;
    bench.write("train.sh", k_train);
    bench.write("t.yaml",
                "assay: 1\nname: t\ntrainer: {exec: sh train.sh}\ndecision: {threshold: 0.3}\n"
                "factors: {seed: {all: 2}}\n");
    bench.assay({"run", "t.yaml", "--store", "store"});
    bool said = false;
    const Json report = bench.report();
    for (const Json& sentence : report.at("assumptions").as_array())
        said = said || holds(sentence.as_string(), "class 1 where its probability is above 0.3");
    EXPECT_TRUE(said);
}

}  // namespace
}  // namespace assay::testing
