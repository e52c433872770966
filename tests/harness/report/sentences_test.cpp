// The phrases depend on the figures, row by row.
#include "report/sentences.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "base/text.hpp"

namespace assay {
namespace {

EffectCell cell(double flips, std::size_t pairs = 36, std::size_t bitwise_equal = 0, double max_abs_dp = 6e-7) {
    EffectCell out;
    out.pairs = pairs;
    out.bitwise_equal = bitwise_equal;
    out.flips = Estimate{flips, std::nullopt, ""};
    out.distance = out.flips;
    out.max_abs_dp = max_abs_dp;
    return out;
}

EffectCell empty() {
    EffectCell out;
    out.empty_reason = "collapsed";
    return out;
}

EffectRow row(std::string factor, FactorKind kind, std::vector<EffectCell> cells) {
    return {std::move(factor), kind, "", std::move(cells), {}};
}

Report report(const std::vector<std::string>& settings, std::vector<EffectRow> rows) {
    Report out;
    for (const std::string& name : settings) {
        Setting setting;
        setting.name = name;
        setting.runs = 8;
        setting.outcomes = {8, 0, 0, 0, 0, 0, 0};
        out.attribution.settings.push_back(setting);
    }
    out.attribution.rows = std::move(rows);
    return out;
}

const std::vector<std::string> k_one = {"all runs"}, k_two = {"lr 1", "lr 2"};
const std::vector<std::string> k_four = {"dense, lr 1", "dense, lr 2", "cnn, lr 1", "cnn, lr 2"};
constexpr FactorKind k_hardware = FactorKind::hardware, k_seed = FactorKind::seed;

EffectRow isa(std::vector<EffectCell> cells) { return row("hardware.isa", k_hardware, std::move(cells)); }
EffectRow init(std::vector<EffectCell> cells) { return row("seed.init", k_seed, std::move(cells)); }

struct Row {
    Report report;
    std::string expected;
};

void expect_sentences(const std::vector<Row>& rows) {
    for (const Row& one : rows) {
        const std::string lead = "\n" + join(lead_sentences(one.report), "\n") + "\n";
        EXPECT_NE(lead.find("\n" + one.expected + "\n"), std::string::npos) << "expected: " << one.expected << lead;
    }
}

TEST(LeadSentences, OfOneFactorSayHowManyLabelsAndBesideWhat) {
    expect_sentences({
        {report(k_one, {isa({cell(0.084)})}), "Changing only isa changes 8.4% of the predicted labels."},
        {report(k_one, {isa({cell(0.084)}), init({cell(0.117)})}),
         "Changing only isa changes 8.4% of the predicted labels, where another seed of init changes 11.7%."},
        {report(k_one, {isa({cell(0.084)}), row("seed.all", k_seed, {cell(0.117)})}),
         "Changing only isa changes 8.4% of the predicted labels, where another seed changes 11.7%."},
        {report(k_one, {isa({cell(0.084)}), row("seed", k_seed, {cell(0.117)})}),
         "Changing only isa changes 8.4% of the predicted labels, where another seed changes 11.7%."},
        {report(k_one, {isa({cell(0.084)}), init({cell(0)})}),
         "Changing only isa changes 8.4% of the predicted labels."},
        {report(k_one, {isa({cell(0.084)}), init({cell(0.02)}), row("seed.shuffle", k_seed, {cell(0.03)})}),
         "Changing only isa changes 8.4% of the predicted labels, where another seed of shuffle changes 3.0%."},
        {report(k_one, {isa({cell(0.00001)})}), "Changing only isa changes less than 0.1% of the predicted labels."},
        {report(k_one, {isa({cell(0.99999)})}), "Changing only isa changes more than 99.9% of the predicted labels."},
        {report(k_one, {row("hyperparameter.lr", FactorKind::hyperparameter, {cell(0.5)})}),
         "Changing only lr changes 50.0% of the predicted labels."},
    });
}

TEST(LeadSentences, NeverSayThatThereIsNoEffect) {
    expect_sentences({
        {report(k_one, {isa({cell(0)})}), "Changing only isa changes no label in 36 pairs (max |dp| 6.0e-7)."},
        {report(k_one, {isa({cell(0, 36, 36, 0)})}), "Changing only isa changes no bit in 36 pairs."},
        {report(k_two, {isa({cell(0, 36, 36, 0), cell(0, 12, 0, 0.02)})}),
         "Changing only isa changes no label in 48 pairs (max |dp| 0.02)."},
        {report(k_two, {isa({cell(0, 1, 1, 0), empty()})}), "Changing only isa changes no bit in 1 pair."},
        {report(k_two, {init({cell(0, 6, 6, 0), cell(0, 6, 6, 0)})}),
         "Another seed of init changes no bit in 12 pairs."},
    });
}

TEST(LeadSentences, CompareTheSettingsWhereAFactorDoesMostAndLeast) {
    expect_sentences({
        {report(k_two, {isa({cell(0), cell(0.084)}), init({cell(0.007), cell(0.117)})}),
         "Changing only isa changes 8.4% of the predicted labels in lr 2, where another seed of init changes 11.7%; in "
         "lr 1 it changes no label in 36 pairs (max |dp| 6.0e-7)."},
        {report(k_two, {isa({cell(0.01), cell(0.084)})}),
         "Changing only isa changes 8.4% of the predicted labels in lr 2; in lr 1 it changes 1.0%."},
        {report(k_two, {isa({empty(), cell(0.084)})}),
         "Changing only isa changes 8.4% of the predicted labels in lr 2."},
        {report(k_two, {init({cell(0.007), cell(0.117)})}),
         "Another seed of init changes 11.7% of the predicted labels in lr 2; in lr 1 it changes 0.7%."},
        {report(k_two, {init({cell(0.05), cell(0.05)})}),
         "Another seed of init changes 5.0% of the predicted labels in every setting."},
        {report(k_two, {row("seed.all", k_seed, {cell(0.05), empty()})}),
         "Another seed changes 5.0% of the predicted labels in lr 1."},
    });
}

// Of settings with the same small share the one nearest to the stirred one tells most: one thing differs.
TEST(LeadSentences, CompareWithTheNearestOfEquallyCalmSettings) {
    expect_sentences({
        {report(k_four, {isa({cell(0), cell(0.08), cell(0), cell(0)})}),
         "Changing only isa changes 8.0% of the predicted labels in dense, lr 2; in dense, lr 1 it changes no label in "
         "36 pairs (max |dp| 6.0e-7)."},
        {report(k_four, {isa({cell(0), cell(0.02), cell(0), cell(0.08)})}),
         "Changing only isa changes 8.0% of the predicted labels in cnn, lr 2; in cnn, lr 1 it changes no label in 36 "
         "pairs (max |dp| 6.0e-7)."},
    });
}

TEST(LeadSentences, SayWhatChangingASettingDoes) {
    const auto with_setting_rows = [](const std::vector<std::pair<std::string, EffectCell>>& rows) {
        Report out = report(k_two, {});
        for (const auto& [where, one] : rows) {
            out.attribution.setting_rows.push_back(row("hyperparameter.lr", FactorKind::hyperparameter, {one}));
            out.attribution.setting_rows.back().where = where;
        }
        return out;
    };
    expect_sentences({
        {with_setting_rows({{"", cell(0.21)}}), "Changing lr itself changes 21.0% of the labels."},
        {with_setting_rows({{"model dense", cell(0.1)}, {"model cnn", cell(0.3)}}),
         "Changing lr itself changes 30.0% of the labels at model cnn."},
        {with_setting_rows({{"", cell(0)}}), "Changing lr itself changes no label in 36 pairs (max |dp| 6.0e-7)."},
    });
}

TEST(LeadSentences, CountRunsThatCannotBeUsed) {
    const auto lost = [](const std::vector<std::string>& settings, Rate Setting::*rate, std::size_t n, std::size_t of) {
        Report out = report(settings, {});
        out.attribution.settings[0].*rate = {n, of, {0, 1}};
        return out;
    };
    const std::string collapsed = " collapsed: one class for 98% of the inputs or more. ";
    expect_sentences({
        {lost(k_two, &Setting::collapsed, 3, 8), "3 of 8 runs of lr 1" + collapsed + "They are counted, not averaged."},
        {lost(k_one, &Setting::collapsed, 1, 8), "1 of 8 runs" + collapsed + "It is counted, not averaged."},
        {lost(k_one, &Setting::collapsed, 8, 8), "All 8 runs" + collapsed + "They are counted, not averaged."},
        {lost(k_two, &Setting::collapsed, 1, 1), "The only run of lr 1" + collapsed + "It is counted, not averaged."},
        {lost(k_two, &Setting::diverged, 2, 8),
         "2 of 8 runs of lr 1 diverged: probabilities that are no numbers. They are counted, not averaged."},
        {report(k_two, {isa({empty(), empty()})}), "There is no answer: no two usable runs differ in one thing only."},
    });
}

TEST(LeadSentences, TrainingThatDoesNotRepeatComesFirst) {
    Report careful = report(k_one, {isa({cell(0.1)})});
    careful.attribution.findings = {{"D0108", "seed.dropout changes no bit where dropout is 0"},
                                    {"D0101", "1 of 2 replays gave other bits"}};
    const auto lead = lead_sentences(careful);
    EXPECT_EQ(lead.front(), "Careful: 1 of 2 replays gave other bits.");
    EXPECT_EQ(lead.back(), "seed.dropout changes no bit where dropout is 0.");
}

TEST(NextSteps, FollowFromWhatIsThere) {
    Report done = report(k_one, {isa({cell(0.1)})});
    done.planned = done.stored = 8;
    done.runs = {{"001", "", Outcome::failed, "", {}, "", "", false},
                 {"002", "", Outcome::completed, "", {}, "", "", false}};
    const auto next = [](const Report& one) { return "\n" + join(next_steps(one), "\n") + "\n"; };
    const std::string always = "\nassay report -o report.json: ";
    EXPECT_EQ(next(done).find("\nassay replay 002: "), 0U) << next(done);
    EXPECT_NE(next(done).find(always), std::string::npos);
    struct Step {
        std::string expected;
        std::function<void(Report&)> change;
    };
    const Step steps[] = {
        {"3 runs to go: ", [](Report& r) { r.planned += 3; }},
        {"assay run SPEC --failed: ", [](Report& r) { r.failed.emplace_back(); }},
        {"4 seeds or more of each stream",
         [](Report& r) { r.attribution.rows[0].cells[0].flips->flag = "CI_TOO_FEW_UNITS"; }},
        {"more seeds or blocks: unusable runs",
         [](Report& r) {
             r.attribution.rows[0].cells[0].flips->flag = "CI_TOO_FEW_UNITS";
             r.attribution.settings[0].outcomes = {7, 1, 0, 0, 0, 0, 0};
         }},
        {"write effective.json in the trainer: ",
         [](Report& r) {
             r.attribution.hardware = {{"isa", true, 7, 8}};
         }},
    };
    for (const Step& step : steps) {
        EXPECT_EQ(next(done).find(step.expected), std::string::npos) << next(done);
        Report changed = done;
        step.change(changed);
        EXPECT_NE(next(changed).find("\n" + step.expected), std::string::npos) << next(changed);
    }
    done.runs.clear();
    EXPECT_EQ(next(done).find("assay replay"), std::string::npos) << "there is no run to replay";
}

TEST(AssumptionSentences, MentionExcludedRunsWhereThereAreAny) {
    Report one = report(k_one, {isa({cell(0.1)})});
    one.attribution.outcomes = {Outcome::completed, Outcome::missing};
    const auto text = [&one] { return join(assumption_sentences(one), "\n"); };
    EXPECT_EQ(text().find("conditional on their absence"), std::string::npos);
    EXPECT_NE(text().find("not runs, not inputs"), std::string::npos);
    for (const Outcome outcome : {Outcome::collapsed, Outcome::diverged, Outcome::failed, Outcome::timed_out}) {
        one.attribution.outcomes[1] = outcome;
        EXPECT_NE(text().find("conditional on their absence"), std::string::npos) << outcome_name(outcome);
    }
}

}  // namespace
}  // namespace assay
