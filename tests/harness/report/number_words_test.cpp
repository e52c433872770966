// Sentences and lines about numbers: each follows from the figures.
#include "report/number_words.hpp"

#include <gtest/gtest.h>

#include "harness/report/scenarios.hpp"
#include "report/number_sentences.hpp"
#include "report/terminal.hpp"

namespace assay {
namespace {

using testing::scenario;

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST(NumberWords, MeansShowTwoDigitsOfTheSpread) {
    struct Row {
        double value, spread;
        std::string text;
    };
    const Row rows[] = {
        {0.94312, 0.0061, "0.9431"}, {0.94312, 0.31, "0.94"}, {1234.5678, 20, "1235"},       {1234.5678, 4000, "1235"},
        {0.25, 0, "0.25"},           {-0.5, 1e-13, "-0.5"},   {3e12, 5e11, "3000000000000"},
    };
    for (const Row& row : rows) {
        NumberPlace place;
        place.deviation.value = row.spread;
        EXPECT_EQ(to_spread(row.value, place), row.text);
    }
}

TEST(NumberWords, DifferencesHaveSignAndIntervalOrSayWhyNot) {
    EXPECT_EQ(difference_text({0.0213, Interval{-0.01, 0.052}, 4, {}}), "+0.0213 [-0.0100, +0.0520]");
    EXPECT_EQ(difference_text({-0.0213, std::nullopt, 3, {}}), "-0.0213 (3 units)");
    EXPECT_EQ(difference_text({0.5, std::nullopt, 0, {}}), "+0.500 (no interval)");
    EXPECT_EQ(difference_text({}), "-");
    NumberCell cell;
    cell.pairs = cell.equal = 8;
    cell.difference.value = 0;
    EXPECT_EQ(change_text(cell), "no change in 8 pairs");
}

// What was seen, and never that two things are the same.
TEST(NumberLead, SaysWhatMovedTheNumber) {
    const std::pair<std::string, std::vector<std::string>> rows[] = {
        {"numbers",
         {"val_loss", "Changing only gpu from A100 to H100", "not at all in 6 pairs",
          "1 of 14 runs of lr 0.001 diverged. It is"}},
        {"equal_numbers", {"accuracy is 0.875 in all 8 runs", "no proof that nothing can"}},
        {"one_seed", {"by +0.250 (no interval); too few seeds to test whether that is chance."}},
        {"own_seeds", {"Changing model from dense to transformer (different seeds at each level) moves loss by +0.5"}},
    };
    for (const auto& [name, parts] : rows) {
        std::string text;
        for (const std::string& sentence : scenario(name).lead) text += sentence + "\n";
        for (const std::string& part : parts)
            EXPECT_TRUE(holds(text, part)) << name << " lacks: " << part << "\n" << text;
        EXPECT_TRUE(holds(text, "The runs came without predictions")) << name;
    }
}

TEST(NumbersText, SaysWhatIsComputedAndWhatIsReported) {
    const std::string text = terminal_report(scenario("scored"), {400, false, true});
    for (const std::string part :
         {"computed", "better: more accuracy, less log_loss, brier, ece", "train_loss", "reported",
          "accuracy: the trainer reports another number in 1 of 24 runs, up to 0.",
          "train_loss: 1 usable run without it", "log_loss: in 1 run 3 answers gave the true class"})
        EXPECT_TRUE(holds(text, part)) << part << "\n" << text;
    EXPECT_FALSE(holds(terminal_report(scenario("scored"), {80, false, true, true}), "log_loss")) << "the brief form";
}

TEST(NumbersText, NeverSaysSameNorShowsAPValue) {
    for (const std::string name : {"scored", "numbers", "equal_numbers", "one_seed", "own_seeds"}) {
        for (const int width : {40, 60, 80, 120}) {
            const std::string text = terminal_report(scenario(name), {width, false, true});
            for (const std::string word : {"p =", "p_", "no effect", "significant", "is the same", "are the same"})
                EXPECT_FALSE(holds(text, word)) << name << ": " << word;
        }
    }
}

TEST(NumberAssumptions, NameTheFamily) {
    const auto all = [](const std::string& name) {
        std::string text;
        for (const std::string& one : scenario(name).assumptions) text += one + "\n";
        return text;
    };
    EXPECT_TRUE(holds(all("scored"), "Tests of numbers beside the answers are one exploratory family"))
        << all("scored");
    EXPECT_TRUE(holds(all("numbers"), "This audit is about val_loss")) << all("numbers");
    EXPECT_TRUE(holds(all("numbers"), "Tests of numbers beside val_loss are one exploratory family"));
    EXPECT_FALSE(holds(all("regular"), "exploratory"));
}

}  // namespace
}  // namespace assay
