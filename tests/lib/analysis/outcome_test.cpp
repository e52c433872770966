#include "analysis/outcome.hpp"

#include <gtest/gtest.h>

#include "lib/analysis/audit_builder.hpp"
#include "stats/proportion.hpp"

namespace assay {
namespace {

using testing::Audit;

RunData with(Predictions predictions) { return testing::completed({}, std::move(predictions)); }

std::vector<std::size_t> labels(std::size_t ones, std::size_t zeros) {
    std::vector<std::size_t> out(ones, 1);
    out.resize(ones + zeros, 0);
    return out;
}

TEST(OutcomeOf, TellsWhichRunsMayBeCompared) {
    struct Row {
        const char* what;
        RunData run;
        Outcome expected;
    };
    std::vector<Row> rows = {
        {"half and half", with(testing::answers(labels(50, 50))), Outcome::completed},
        {"97 of 100", with(testing::answers(labels(97, 3))), Outcome::completed},
        {"98 of 100", with(testing::answers(labels(98, 2))), Outcome::collapsed},
        {"49 of 50", with(testing::answers(labels(49, 1))), Outcome::collapsed},
        {"all of 10", with(testing::answers(labels(10, 0))), Outcome::collapsed},
        {"all of 9: too few to say so", with(testing::answers(labels(9, 0))), Outcome::completed},
        {"not run yet", {}, Outcome::missing},
    };
    const std::pair<RunState, Outcome> states[] = {{RunState::diverged, Outcome::diverged},
                                                   {RunState::failed, Outcome::failed},
                                                   {RunState::timed_out, Outcome::timed_out},
                                                   {RunState::skipped, Outcome::skipped},
                                                   {RunState::completed, Outcome::failed}};
    for (const auto& [state, outcome] : states) {
        Row row{"no predictions", with(testing::answers(labels(5, 5))), outcome};
        testing::end_as(row.run, state, "");
        rows.push_back(row);
    }
    RunData numbers = rows.back().run;  // completed, its trainer never promised answers
    numbers.record->metrics = Json::Object{{"loss", 0.5}};
    RunData lost = numbers;
    lost.record->members["predictions.npy"] = {};
    RunData words = numbers;
    words.record->metrics = Json::Object{{"loss", "low"}};
    rows.push_back({"numbers alone", numbers, Outcome::completed});
    rows.push_back({"answers that cannot be read", lost, Outcome::failed});
    rows.push_back({"neither answers nor numbers", words, Outcome::failed});
    for (const Row& row : rows) EXPECT_EQ(outcome_of(row.run), row.expected) << row.what;
}

TEST(WithAnswers, RunsOfNumbersAloneAreMissing) {
    RunData numbers = with(testing::answers(labels(5, 5)));
    numbers.predictions.reset();
    const std::vector<RunData> runs = {with(testing::answers(labels(5, 5))), numbers, numbers};
    EXPECT_EQ(with_answers(runs, {Outcome::completed, Outcome::completed, Outcome::failed}),
              (std::vector<Outcome>{Outcome::completed, Outcome::missing, Outcome::failed}));
}

TEST(AccuracyOf, IsTheShareOfRightLabels) {
    const RunData run = with(testing::answers({0, 1, 2, 3}));
    EXPECT_EQ(accuracy_of(run, std::vector<std::int64_t>{0, 1, 2, 0}), 0.75);
    EXPECT_EQ(accuracy_of(run, std::nullopt), std::nullopt);
    EXPECT_EQ(accuracy_of(run, std::vector<std::int64_t>{0, 1}), std::nullopt) << "labels of other inputs";
    EXPECT_EQ(accuracy_of({}, std::vector<std::int64_t>{0, 1, 2, 3}), std::nullopt);
}

// Two rates, six seeds, hardware in two levels: one label of 20 for each seed, none for the hardware.
Audit regular() {
    Audit audit = testing::crossed(
        {testing::factor(FactorKind::hyperparameter, "lr", {0.1, 0.2}),
         testing::factor(FactorKind::hardware, "isa", {"a", "b"}), testing::seeds("init", 6)},
        [](const std::vector<int>& levels, int) {
            const auto seed = static_cast<std::size_t>(levels[2]);
            return testing::flipping(testing::inputs(seed, seed + 1 + static_cast<std::size_t>(levels[0])));
        });
    audit.labels.emplace();
    for (std::size_t i = 0; i < testing::k_inputs; ++i) audit.labels->push_back(static_cast<std::int64_t>(i % 4));
    return audit;
}

struct Loss {
    Outcome outcome;
    std::function<void(RunData&)> lose;
};

const std::vector<Loss>& losses() {
    static const std::vector<Loss> all = {
        {Outcome::collapsed, [](RunData& run) { run = testing::completed(run.record->request, testing::collapsed()); }},
        {Outcome::diverged, [](RunData& run) { testing::end_as(run, RunState::diverged, "NaN"); }},
        {Outcome::failed, [](RunData& run) { testing::end_as(run, RunState::failed, "exit code 3"); }},
        {Outcome::timed_out, [](RunData& run) { testing::end_as(run, RunState::timed_out, "60 s"); }},
        {Outcome::skipped, [](RunData& run) { testing::end_as(run, RunState::skipped, ""); }},
        {Outcome::missing, [](RunData& run) { run = {}; }},
    };
    return all;
}

TEST(Attribute, UnusableRunsAreNeverAveragedIn) {
    Audit without = regular();
    without.runs[2] = {};
    const Attribution expected = without.attribution();
    for (const Loss& loss : losses()) {
        Audit audit = regular();
        loss.lose(audit.runs[2]);
        const Attribution a = audit.attribution();
        EXPECT_EQ(a.outcomes[2], loss.outcome);
        EXPECT_EQ(a.rows, expected.rows) << outcome_name(loss.outcome);
        EXPECT_EQ(a.setting_rows, expected.setting_rows) << outcome_name(loss.outcome);
        EXPECT_EQ(a.settings[0].accuracy_mean, expected.settings[0].accuracy_mean) << outcome_name(loss.outcome);
        EXPECT_EQ(a.settings[0].accuracy_min, expected.settings[0].accuracy_min) << outcome_name(loss.outcome);
        EXPECT_NE(a.rows, regular().attribution().rows) << "the lost run did count before";
    }
}

TEST(Attribute, CountsUnusableRunsWithExactIntervals) {
    for (const Loss& loss : losses()) {
        Audit audit = regular();
        for (const std::size_t i : {0U, 1U, 7U}) loss.lose(audit.runs[i]);  // all with lr 0.1
        const Setting setting = audit.attribution().settings[0];
        const auto index = static_cast<std::size_t>(loss.outcome);
        EXPECT_EQ(setting.runs, 12U);
        EXPECT_EQ(setting.outcomes[index], 3U) << outcome_name(loss.outcome);
        EXPECT_EQ(setting.outcomes[static_cast<std::size_t>(Outcome::completed)], 9U);
        const bool ended = loss.outcome != Outcome::missing && loss.outcome != Outcome::skipped;
        const bool failed = loss.outcome == Outcome::failed || loss.outcome == Outcome::timed_out;
        const std::pair<const Rate&, bool> rates[] = {{setting.collapsed, loss.outcome == Outcome::collapsed},
                                                      {setting.diverged, loss.outcome == Outcome::diverged},
                                                      {setting.failed, failed}};
        for (const auto& [rate, counts] : rates) {
            EXPECT_EQ(rate.of, ended ? 12U : 9U) << "of the runs that ended: " << outcome_name(loss.outcome);
            EXPECT_EQ(rate.count, counts ? 3U : 0U) << outcome_name(loss.outcome);
            const ProportionInterval interval = clopper_pearson(rate.count, rate.of);
            EXPECT_EQ(rate.interval, (Interval{interval.low, interval.high}));
        }
    }
}

TEST(Attribute, SaysWhyACellIsEmpty) {
    for (const Loss& loss : losses()) {
        Audit audit = regular();
        for (std::size_t i = 0; i < 12; ++i) loss.lose(audit.runs[i]);
        const Attribution a = audit.attribution();
        for (const EffectRow& row : a.rows) {
            EXPECT_EQ(row.cells[0].pairs, 0U);
            EXPECT_FALSE(row.cells[0].flips || row.cells[0].distance);
            EXPECT_EQ(row.cells[0].empty_reason, outcome_name(loss.outcome));
            EXPECT_GT(row.cells[1].pairs, 0U) << "the other setting has its answers still";
        }
        EXPECT_EQ(a.settings[0].accuracy_mean, std::nullopt);
    }
}

TEST(Attribute, NothingUsableIsAnAnswerWithoutFigures) {
    Audit audit = regular();
    for (RunData& run : audit.runs) run = {};
    const Attribution a = audit.attribution();
    for (const EffectRow& row : a.rows) {
        for (const EffectCell& cell : row.cells) EXPECT_EQ(cell.empty_reason, "missing");
    }
    EXPECT_EQ(a.settings[0].failed.of, 0U);
    EXPECT_EQ(a.settings[0].failed.interval, (Interval{0, 1})) << "of no runs nothing is known";
    EXPECT_TRUE(a.findings.empty());
}

}  // namespace
}  // namespace assay
