// What the report says of runs that dominate, other distances, components below 0, repeats, lists and accuracy.
#include <gtest/gtest.h>

#include "harness/report/scenarios.hpp"
#include "report/evidence_words.hpp"
#include "report/json.hpp"
#include "report/terminal.hpp"

namespace assay {
namespace {

using testing::scenario;

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }
std::string wide(const Report& report, bool brief = false) {
    return terminal_report(report, {400, false, true, brief});
}

TEST(UnitWords, NameAsManyRunsAsCanBeRead) {
    EXPECT_EQ(unit_words({"seed.all 3", {"003"}}), "run 003 (seed.all 3)");
    EXPECT_EQ(unit_words({"block 2", {"005", "006"}}), "block 2 (runs 005, 006)");
    EXPECT_EQ(unit_words({"seed.init 1", {"001", "002", "003", "004", "005"}}), "seed.init 1 (5 runs)");
}

TEST(ColumnsText, AFlagNamesTheRunsBehindIt) {
    Report report = scenario("regular");
    SeedShares& shares = report.attribution.evidence.seeds[0];
    shares.variance.flags = {"UNBOUNDED"};
    shares.variance.dominating = Dominating{"seed.init 2", {"002", "006"}};
    EXPECT_TRUE(holds(wide(report), "[low, ?]: seed.init 2 (runs 002, 006) carries all of it\n"));
    shares.variance.flags = {"ONE_RUN_DOMINATES", "CI_TOO_FEW_UNITS"};
    EXPECT_TRUE(holds(wide(report), "seed.init 2 (runs 002, 006) carries more than half of the uncertainty\n"));
    EXPECT_TRUE(holds(wide(report), "no interval: too few independent seeds\n")) << "other flags keep their words";
}

TEST(ColumnsText, CellsNameTheRunsBehindThem) {
    Report report = scenario("regular");
    const std::string before = wide(report);
    EXPECT_FALSE(holds(before, "more than half of the uncertainty: "));
    std::vector<EffectCell>& cells = report.attribution.rows[1].cells;
    for (EffectCell& cell : cells) {
        cell.flips->flag = "ONE_RUN_DOMINATES";
        cell.flips->dominating = Dominating{"seed.init 2", {"002"}};
    }
    const std::string one = "run 002 (seed.init 2) of seed.init in ";
    EXPECT_TRUE(holds(wide(report), "more than half of the uncertainty: " + one + "dense, lr 0.001; " + one +
                                        "dense, lr 0.1; " + one + "cnn, lr 0.001; and in 1 more cell\n"));
}

TEST(ColumnsText, TheFarthestCellIsSaidInOtherDistances) {
    Report report = scenario("regular");
    EffectCell& cell = report.attribution.rows[0].cells[2];
    cell.distance->value = 0.9;
    cell.jensen_shannon->value = 0.8;
    cell.total_variation->value = 0.7;
    cell.brier->value = 1.6;
    const std::string line =
        "  farthest, isa in cnn, lr 0.001: Jensen-Shannon 0.8 bits, total variation 0.7, Brier 1.6 (all: assay report "
        "--json)\n";
    EXPECT_TRUE(holds(wide(report), line)) << wide(report);
    EXPECT_FALSE(holds(wide(report, true), "farthest"));
    for (const EffectRow* row : {&report.attribution.rows[0], &report.attribution.rows[1]})
        EXPECT_TRUE(row->cells[0].jensen_shannon);
    report.attribution.rows.resize(1);
    report.attribution.setting_rows.clear();
    report.attribution.rows[0].cells = {cell};
    report.attribution.settings.resize(1);
    report.attribution.rows[0].cells[0].distance->value = 0;
    EXPECT_FALSE(holds(wide(report), "farthest")) << "nothing is far";
}

TEST(ColumnsText, ComponentsBelowZeroAreShownAsZeroWithTheirEstimate) {
    Report report = scenario("regular");
    SeedShares& shares = report.attribution.evidence.seeds[0];
    report.attribution.evidence.seeds.resize(1);
    EXPECT_TRUE(holds(wide(report), "components estimated below 0, as chance may: shuffle 0 (est -2.0e-6)\n"));
    shares.components[1].component.value = -1e-16;
    EXPECT_FALSE(holds(wide(report), "estimated below 0")) << "what rounding leaves of a zero";
    shares.components[1].component.value = 1e-6;
    EXPECT_FALSE(holds(wide(report), "(est "));
    shares.components[2].component.value = -0.001;
    shares.components[2].component.flags = {"MODEL_MISFIT"};
    EXPECT_TRUE(holds(wide(report),
                      "component init x shuffle 0 (est -0.00100), its whole interval below 0: seeds were "
                      "reused, or levels are no fair sample\n"))
        << wide(report);
}

TEST(ColumnsText, RepeatsAreBoundedOrMeasured) {
    Report report = scenario("regular");
    EXPECT_TRUE(holds(wide(report),
                      "\nrepeats     all 4 are identical to the last bit; with so many, a repeat may "
                      "still differ in up to 53% of cases\n"));
    report.attribution.evidence.repeats[1].effect.bitwise_equal = 0;
    EXPECT_FALSE(holds(wide(report), "\nrepeats ")) << "one of them differs";
    EXPECT_TRUE(holds(wide(report), "\nRepeats: what training makes of nothing, beside another seed\n"));
    const std::string troubled = wide(scenario("troubled"));
    EXPECT_TRUE(holds(troubled, "A of repeats"));
    EXPECT_LT(troubled.find("seeds amplified: "), troubled.find("A of repeats")) << "a legend follows its table";
    report.attribution.evidence.repeats.clear();
    EXPECT_FALSE(holds(wide(report), "epeats: "));
}

TEST(ColumnsText, NoListIsNotAnEmptyList) {
    Report report = scenario("seeds_alone");
    EXPECT_TRUE(holds(wide(report), "none sure"));
    report.attribution.evidence.inputs[0].no_list = "one run cannot tell risks apart";
    EXPECT_FALSE(holds(wide(report), "none sure"));
    EXPECT_TRUE(holds(wide(report), "  no list: one run cannot tell risks apart;"));
    const Json json = json_report(report).at("attribution").at("evidence").at("inputs").as_array()[0];
    EXPECT_TRUE(json.at("unstable").is_null());
    EXPECT_EQ(json.at("no_list"), Json("one run cannot tell risks apart"));
}

TEST(ColumnsText, AnAccuracyWithoutAnIntervalSaysWhy) {
    Report report = scenario("seeds_alone");
    EXPECT_FALSE(holds(wide(report), "runs share some of their seeds"));
    report.attribution.evidence.inputs[0].accuracy = {0.5, {}, 0, {"CROSSED_SEEDS"}};
    EXPECT_TRUE(holds(wide(report), "accuracy: no interval: runs share some of their seeds"));
}

// Shift intervals stand where there is room.
TEST(ColumnsText, KappaHasItsIntervalOnAWideTerminal) {
    EXPECT_TRUE(holds(wide(scenario("regular")), "shift 0.45 [0.225, 0.900]"));
    EXPECT_FALSE(holds(terminal_report(scenario("regular"), {80, false, true}), "shift 0.45 ["));
}

TEST(ColumnsText, TrainingThatNobodyTimedIsNotSaidToTakeNoTime) {
    Report report = scenario("regular");
    EXPECT_TRUE(holds(wide(report), "; 4m 24s of training\n"));
    report.context.training_s = 0;
    EXPECT_FALSE(holds(wide(report), "of training\n"));
    EXPECT_TRUE(holds(wide(report), "by assay 0.1.0 from .assay\n"));
}

TEST(ColumnsJson, WhyThereIsNoTestIsACodeWithItsNumbers) {
    const Json troubled = json_report(scenario("troubled")).at("attribution").at("evidence");
    EXPECT_EQ(
        troubled.at("tests").as_array()[0].at("untested"),
        Json(Json::Object{{"code", "UNTESTABLE"},
                          {"sentence", "too few seeds to tell a direction from chance; 7 seeds are enough for 2 tests"},
                          {"seeds_needed", Json(std::uint64_t{7})},
                          {"family", Json(std::uint64_t{2})}}));
    const Json regular = json_report(scenario("regular")).at("attribution").at("evidence");
    EXPECT_TRUE(regular.at("tests").as_array()[0].at("untested").is_null());
    EXPECT_EQ(troubled.at("self_audit").at("p"), Json(Json::Object{{"value", 0.5},
                                                                   {"count", Json(std::uint64_t{1})},
                                                                   {"total", Json(std::uint64_t{2})},
                                                                   {"smallest", 0.5},
                                                                   {"exhaustive", true}}));
    EXPECT_TRUE(regular.at("self_audit").at("p").is_null());
}

}  // namespace
}  // namespace assay
