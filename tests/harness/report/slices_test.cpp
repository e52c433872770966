#include <gtest/gtest.h>

#include "harness/report/scenarios.hpp"
#include "report/sentences.hpp"
#include "report/slices_text.hpp"
#include "report/terminal.hpp"

namespace assay {
namespace {

std::string text_of(const Report& report, int width = 80) { return terminal_report(report, {width, false, true}); }

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST(SlicesSection, IsThereWithATableOnly) {
    for (const std::string& name : testing::scenario_names()) {
        const std::string text = text_of(testing::scenario(name));
        EXPECT_EQ(holds(text, "Slices: "), name == "slices") << name;
        EXPECT_EQ(holds(text, "slices are shown, not tested"), name == "slices");
        EXPECT_EQ(holds(text, "unstable inputs, most disputed first"), name == "slices");
    }
}

TEST(SlicesSection, SmallSlicesStandLastAndAreNeverTheLargest) {
    Report report = testing::scenario("slices");
    EXPECT_TRUE(holds(text_of(report), "few: under 30 inputs"));
    for (SliceEffects& slice : report.attribution.slices) {
        if (!slice.small) continue;
        for (EffectRow& row : slice.rows) {
            for (EffectCell& cell : row.cells) cell.flips->value = 0.987;
        }
    }
    EXPECT_FALSE(holds(text_of(report), "98.7%")) << "one input in twelve is 8 points: no champion";
    for (SliceEffects& slice : report.attribution.slices) slice.small = false;
    EXPECT_TRUE(holds(text_of(report), "98.7%"));
}

TEST(SlicesSection, TheLargestIsSaidToBePicked) {
    const std::string text = text_of(testing::scenario("slices"));
    EXPECT_TRUE(holds(text, "the largest of 2")) << text;
    EXPECT_TRUE(holds(text, "expect less of it next")) << text;
    Report one = testing::scenario("slices");
    std::erase_if(one.attribution.slices, [](const SliceEffects& slice) { return slice.value != "new"; });
    EXPECT_FALSE(holds(text_of(one), "the largest of")) << "of one slice there is no largest";
}

TEST(SlicesSection, IdsAloneAreInputsByName) {
    Report report = testing::scenario("slices");
    report.attribution.slices.clear();
    for (InputStability& one : report.attribution.evidence.inputs) one.slices.clear();
    const std::string text = text_of(report);
    EXPECT_TRUE(holds(text, "Inputs by name") && holds(text, "scan/1")) << text;
    EXPECT_FALSE(holds(text, "not tested"));
    for (InputStability& one : report.attribution.evidence.inputs) one.unstable_ids.clear();
    EXPECT_FALSE(holds(text_of(report), "Inputs by name"));
}

TEST(SlicesSection, FitsTheTerminal) {
    for (const int width : {40, 60, 80, 120, 200}) {
        for (const std::string& line : split_lines(text_of(testing::scenario("slices"), width)))
            EXPECT_LE(display_width(line), static_cast<std::size_t>(width)) << line;
    }
}

TEST(AssumptionSentences, SaySlicesAreNotTested) {
    const auto says = [](const Report& report) {
        return holds(join(report.assumptions, "\n"), "Slices of the inputs are shown, not tested");
    };
    EXPECT_TRUE(says(testing::scenario("slices")));
    EXPECT_FALSE(says(testing::scenario("regular")));
}

}  // namespace
}  // namespace assay
