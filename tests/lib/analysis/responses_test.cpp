// Numbers that assay computes from answers, and numbers that trainers report.
#include "analysis/responses.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "audit_builder.hpp"
#include "base/random.hpp"

namespace assay {
namespace {
using testing::Audit;

std::vector<Response> responses(const Audit& audit) {
    return responses_of(audit.plan, audit.runs, audit.attribution(), audit.labels);
}

void label(Audit& audit) {
    audit.labels.emplace();
    for (std::size_t i = 0; i < testing::k_inputs; ++i)
        audit.labels->push_back(static_cast<std::int64_t>(i % testing::k_classes));
}

const Response& named(const std::vector<Response>& all, const std::string& name) {
    for (const Response& one : all) {
        if (one.name == name) return one;
    }
    throw std::runtime_error("no response " + name);
}

std::vector<std::string> names(const std::vector<Response>& all) {
    std::vector<std::string> out;
    for (const Response& one : all) out.push_back(one.name);
    return out;
}

void report(RunData& run, const std::string& name, double value) { run.record->metrics[name] = value; }

// The number and nothing else: no answers.
void report_alone(RunData& run, const std::string& name, double value) {
    run.predictions.reset();
    run.record->members.clear();
    run.record->metrics = Json::Object{{name, value}};
}

const Factor k_rates = testing::factor(FactorKind::hyperparameter, "lr", {0.1, 0.2});

// Two rates; `flips` of 20 labels wrong at the second one, one more for each seed.
Audit with_answers_of(int seeds) {
    Audit audit = testing::crossed({k_rates, testing::seeds("all", seeds)}, [](const auto& levels, int) {
        const auto wrong = static_cast<std::size_t>(levels[0] * 4 + levels[1]);
        return testing::flipping(testing::inputs(0, wrong));
    });
    label(audit);
    return audit;
}

// Numbers alone at two rates.
Audit with_numbers(const std::vector<std::vector<double>>& values) {
    Audit audit = testing::crossed({k_rates, testing::seeds("all", static_cast<int>(values[0].size()))},
                                   [](const auto&, int) { return testing::flipping({}); });
    for (std::size_t i = 0; i < audit.runs.size(); ++i) {
        const auto& levels = audit.plan.runs[i].levels;
        const auto at = [&](std::size_t f) { return static_cast<std::size_t>(levels[f]); };
        report_alone(audit.runs[i], "loss", values[at(0)][at(1)]);
    }
    return audit;
}

// python3 -c 'from math import log
// p=.9; q=.1/3
// for k in (0,4): r=20-k; print(r/20, -(r*log(p)+k*log(q))/20,
//   (r*((1-p)**2+3*q*q)+k*((1-q)**2+p*p+2*q*q))/20, abs(r/20-p))'
// -> 1.0 0.1053605156578263 0.01333333333333333 0.09999999999999998
//    0.8 0.764527888858692 0.36 0.09999999999999998
TEST(Responses, AreComputedFromAnswersAndLabels) {
    const auto all = responses(with_answers_of(2));
    EXPECT_EQ(names(all), (std::vector<std::string>{"accuracy", "log_loss", "brier", "ece"}));
    const double expected[2][4] = {{1.0, 0.1053605156578263, 0.01333333333333333, 0.09999999999999998},
                                   {0.8, 0.764527888858692, 0.36, 0.09999999999999998}};
    for (std::size_t r = 0; r < 4; ++r) {
        EXPECT_NEAR(all[r].values.at(0).value(), expected[0][r], 1e-6) << all[r].name;
        EXPECT_NEAR(all[r].values.at(2).value(), expected[1][r], 1e-6) << all[r].name;
        EXPECT_EQ(all[r].source, ResponseSource::computed);
        EXPECT_EQ(all[r].better, r == 0 ? Better::higher : Better::lower);
        EXPECT_FALSE(all[r].primary) << "the audit is about its answers";
        EXPECT_EQ(all[r].runs, 4U);
        EXPECT_EQ(all[r].without, 0U);
    }
}

TEST(Responses, NeedLabelsToBeComputed) {
    Audit audit = with_answers_of(2);
    audit.labels.reset();
    EXPECT_TRUE(responses(audit).empty());
    report(audit.runs[1], "f1", 0.5);
    report(audit.runs[3], "f1", 0.75);
    const auto all = responses(audit);
    ASSERT_EQ(names(all), std::vector<std::string>{"f1"});
    EXPECT_EQ(all[0].source, ResponseSource::reported);
    EXPECT_EQ(all[0].better, Better::unknown);
    EXPECT_EQ(all[0].runs, 2U);
    EXPECT_EQ(all[0].without, 2U);
    EXPECT_FALSE(all[0].primary);
}

// Ten right answers with a confidence of .6, ten wrong ones with .5. All confidences of the baseline are .9, so that
// all of these are in the lowest bin: |10 (1 - .6) - 10 .5| / 20 = .05. Bins of their own would say (4 + 5) / 20 = .45.
TEST(Responses, CalibrationIsMeasuredWithTheEdgesOfTheBaseline) {
    std::vector<float> values;
    for (std::size_t i = 0; i < testing::k_inputs; ++i) {
        for (std::size_t c = 0; c < testing::k_classes; ++c) {
            const bool right = i < 10;
            const std::size_t top = right ? i % 4 : (i + 1) % 4;
            const float p = right ? 0.6F : 0.5F;
            values.push_back(c == top ? p : (1 - p) / 3);
        }
    }
    const Predictions odd =
        predictions_from_array(array_of<float>(NumericType::float32, {20, 4}, std::span(values))).predictions.value();
    Audit audit = testing::crossed({k_rates, testing::seeds("all", 2)}, [&](const auto& levels, int) {
        return levels[0] == 0 ? testing::flipping({}) : odd;
    });
    label(audit);
    const Response ece = named(responses(audit), "ece");
    EXPECT_NEAR(ece.values.at(0).value(), 0.1, 1e-6);
    EXPECT_NEAR(ece.values.at(2).value(), 0.05, 1e-6);
    ASSERT_EQ(ece.notes.size(), 1U);
    EXPECT_EQ(ece.notes[0],
              "15 bins of equal mass, their edges from 2 runs of lr 0.1 and the same for every run; with 20 inputs it "
              "is above 0 for a calibrated model, too");
}

// -log 1e-12 = 27.63
TEST(Responses, AProbabilityOfZeroIsSaid) {
    Audit audit = with_answers_of(2);
    audit.runs[3].predictions = testing::flipping(testing::inputs(0, 3), 1.0F);
    const Response loss = named(responses(audit), "log_loss");
    EXPECT_NEAR(loss.values.at(3).value(), 3 * 27.631021115928547 / 20, 1e-6);
    ASSERT_EQ(loss.notes.size(), 1U);
    EXPECT_EQ(loss.notes[0],
              "in 1 run 3 answers gave the true class a probability below 1.0e-12, where the log loss has no bound: "
              "each counts as 27.6 nats, which decides the mean");
}

TEST(Responses, OwnFiguresWinOverReportedOnesOfTheSameName) {
    Audit audit = with_answers_of(2);
    for (std::size_t i = 0; i < 4; ++i) {
        report(audit.runs[i], "accuracy", *responses(audit)[0].values[i] + 1e-7);
        report(audit.runs[i], "brier", i == 2 ? 0.86 : *responses(audit)[2].values[i]);
    }
    const auto all = responses(audit);
    EXPECT_EQ(names(all), (std::vector<std::string>{"accuracy", "log_loss", "brier", "ece"}));
    EXPECT_TRUE(named(all, "accuracy").notes.empty()) << "rounding";
    ASSERT_EQ(named(all, "brier").notes.size(), 1U);
    EXPECT_EQ(named(all, "brier").notes[0],
              "the trainer reports another number in 1 of 4 runs, up to 0.5 off; what is shown is computed from the "
              "stored answers");
    EXPECT_NEAR(named(all, "brier").values.at(2).value(), 0.36, 1e-6);
}

// Outcomes are counted elsewhere; here they would be data points.
TEST(Responses, OnlyUsableRunsCount) {
    Audit audit = with_answers_of(3);
    for (RunData& run : audit.runs) report(run, "f1", 0.5);
    audit.runs[0].predictions = testing::collapsed();
    testing::end_as(audit.runs[1], RunState::diverged, "x");
    testing::end_as(audit.runs[2], RunState::failed, "x");
    audit.runs[3].record->metrics["f1"] = std::string("n/a");
    audit.runs[4].record.reset();
    audit.runs[4].predictions.reset();
    const auto all = responses(audit);
    EXPECT_EQ(named(all, "accuracy").values, (Numbers{{}, {}, {}, 0.8, {}, 0.7}));
    EXPECT_EQ(named(all, "f1").values, (Numbers{{}, {}, {}, {}, {}, 0.5}));
    EXPECT_EQ(named(all, "f1").without, 1U);
    EXPECT_EQ(named(all, "f1").evidence.left_out, "fewer than two usable runs have f1");
    EXPECT_EQ(named(all, "accuracy").places.size(), 1U) << "no usable run at lr 0.1";
}

// The settings of two rates and five seeds, a number each.
// python3 -c 'from statistics import mean,stdev
// a=[.31,.25,.4,.36,.28]; b=[.45,.33,.52,.5,.29]; d=[y-x for x,y in zip(a,b)]
// t=2.7764451051977987; h=t*stdev(d)/5**.5; print(mean(d), mean(d)-h, mean(d)+h, max(d), mean(a), stdev(a))'
// -> 0.098 0.029764942712746267 0.16623505728725374 0.14 0.32 0.06041522986797286
TEST(Responses, ChangesAreMatchedPairsWithIntervalsOverSeeds) {
    const auto all = responses(with_numbers({{0.31, 0.25, 0.4, 0.36, 0.28}, {0.45, 0.33, 0.52, 0.5, 0.29}}));
    ASSERT_EQ(all.size(), 1U);
    EXPECT_TRUE(all[0].primary);
    ASSERT_EQ(all[0].rows.size(), 2U);
    const NumberRow& lr = all[0].rows[0];
    EXPECT_EQ(lr.factor, "hyperparameter.lr");
    ASSERT_EQ(lr.cells.size(), 1U) << "the settings' own factor";
    EXPECT_EQ(lr.cells[0].pairs, 5U);
    EXPECT_NEAR(lr.cells[0].difference.value.value(), 0.098, 1e-10);
    EXPECT_NEAR(lr.cells[0].difference.interval.value().low, 0.029764942712746267, 1e-9);
    EXPECT_NEAR(lr.cells[0].difference.interval.value().high.value(), 0.16623505728725374, 1e-9);
    EXPECT_NEAR(lr.cells[0].largest, 0.14, 1e-10);
    ASSERT_EQ(lr.level_pairs.size(), 1U);
    EXPECT_EQ(lr.level_pairs[0].cell, lr.cells[0]);
    const NumberRow& seed = all[0].rows[1];
    ASSERT_EQ(seed.cells.size(), 2U);
    EXPECT_EQ(seed.cells[0].pairs, 10U);
    EXPECT_FALSE(seed.cells[0].difference.value) << "seeds have no direction";
    EXPECT_TRUE(seed.cells[0].size.interval);
    ASSERT_EQ(all[0].places.size(), 2U);
    EXPECT_EQ(all[0].places[0].where, "lr 0.1");
    EXPECT_NEAR(all[0].places[0].mean, 0.32, 1e-10);
    EXPECT_EQ(all[0].places[0].least, 0.25);
    EXPECT_EQ(all[0].places[0].largest, 0.4);
    EXPECT_NEAR(all[0].places[0].deviation.value.value(), 0.06041522986797286, 1e-9);
    EXPECT_TRUE(all[0].places[0].deviation.interval);
    ASSERT_EQ(all[0].evidence.tests.size(), 1U);
    EXPECT_TRUE(all[0].evidence.tests[0].p_holm);
    EXPECT_FALSE(all[0].evidence.tests[0].p_bh);
}

// Six seeds: 1/32 is the least p there is. Three exploratory responses: b and a are up for every seed, c is up for
// three seeds and down for three. Benjamini-Hochberg of 1/32, 1/32, 1: 3/2 x 1/32 = 0.046875 twice, and 1; 1 of them
// alone would have been 3/32.
TEST(Responses, BesideThePrimaryOneAreOneExploratoryFamily) {
    Audit audit = with_numbers({{1, 2, 3, 4, 5, 6}, {2, 3, 4, 5, 6, 7}});
    audit.plan.spec = Json::Object{{"columns", Json::Array{"lr", "response.loss", "seed", "response.b", "response.a"}}};
    const auto report_all = [&](bool a_moves) {
        for (std::size_t i = 0; i < audit.runs.size(); ++i) {
            const auto& levels = audit.plan.runs[i].levels;
            report(audit.runs[i], "a", (a_moves ? levels[0] : levels[0] * (levels[1] % 2 * 2 - 1)) + levels[1] / 8.0);
            report(audit.runs[i], "b", levels[0] + levels[1] / 4.0);
            report(audit.runs[i], "c", levels[0] * (levels[1] % 2 * 2 - 1));
        }
        return responses(audit);
    };
    const auto all = report_all(true);
    EXPECT_EQ(names(all), (std::vector<std::string>{"loss", "b", "a", "c"}))
        << "in the order of the table, then by name";
    EXPECT_EQ(all[0].evidence.tests.at(0).p_holm, 1 / 32.0);
    const double p[] = {1 / 32.0, 1 / 32.0, 1}, adjusted[] = {3 / 64.0, 3 / 64.0, 1};
    for (std::size_t r = 1; r < 4; ++r) {
        const FactorTest& test = all[r].evidence.tests.at(0);
        EXPECT_EQ(test.p, p[r - 1]) << all[r].name;
        EXPECT_EQ(test.p_bh, adjusted[r - 1]) << all[r].name;
        EXPECT_TRUE(test.untested.empty()) << all[r].name;
        EXPECT_FALSE(test.p_holm);
        EXPECT_FALSE(all[r].primary);
    }
    const FactorTest alone = report_all(false)[1].evidence.tests.at(0);
    EXPECT_EQ(alone.p_bh, 3 / 32.0);
    EXPECT_EQ(alone.untested.code, "UNTESTABLE");
    EXPECT_EQ(alone.untested.seeds_needed, 7U);
    EXPECT_EQ(alone.untested.family, 3U);
    EXPECT_EQ(alone.smallest_p, 0.03125);
}

// A trainer may write what it likes.
TEST(Responses, NamesAreMadePrintableAndManyAreCutOff) {
    Audit audit = with_answers_of(2);
    audit.labels.reset();
    for (std::size_t i = 0; i < k_reported_max + 7; ++i) report(audit.runs[0], "m" + std::to_string(100 + i), 1);
    report(audit.runs[0], "a\x1b[2Jb", 1);
    report(audit.runs[0], "", 1);
    const auto all = responses(audit);
    ASSERT_EQ(all.size(), k_reported_max);
    EXPECT_EQ(all[0].name, "a [2Jb");
    EXPECT_EQ(all[0].values[0], 1);
    EXPECT_EQ(all.back().notes, std::vector<std::string>{"8 more reported numbers not analysed: at most 50 are"});
}

TEST(Responses, TooManyRunsHaveMeansAlone) {
    const Response loss =
        responses(with_numbers({std::vector<double>(1501, 1.0), std::vector<double>(1501, 2.0)})).at(0);
    EXPECT_EQ(loss.evidence.left_out, "more than 3000 runs have loss");
    EXPECT_EQ(loss.rows.at(0).cells.at(0).pairs, 0U);
    EXPECT_EQ(loss.places.at(1).mean, 2);
    EXPECT_EQ(loss.places.at(1).runs, 1501U);
}

TEST(Responses, EqualNumbersAreAllIdentical) {
    const Response loss = responses(with_numbers({{0.5, 0.5, 0.5, 0.5}, {0.5, 0.5, 0.5, 0.5}})).at(0);
    EXPECT_EQ(loss.places.at(0).deviation.value, 0);
    EXPECT_FALSE(loss.places.at(0).deviation.interval);
    EXPECT_EQ(loss.evidence.seeds.at(0).flags, std::vector<std::string>{"ALL_IDENTICAL"});
    EXPECT_EQ(loss.rows.at(0).cells.at(0).equal, 4U);
    EXPECT_EQ(loss.rows.at(0).cells.at(0).difference.flags, std::vector<std::string>{"NONE_OBSERVED"});
    EXPECT_FALSE(loss.rows.at(0).cells.at(0).difference.interval);
    EXPECT_FALSE(loss.evidence.tests.at(0).p);
}

// Four seeds at the first rate, four others at the second one.
// python3 -c 'from statistics import mean,variance as v
// a=[.31,.25,.4,.36]; b=[.45,.33,.52,.5]; t=3.182446305284263; d=mean(b)-mean(a); h=t*(v(a)/4+v(b)/4)**.5
// print(d, d-h, d+h)'
// -> 0.12 -0.05039218935517567 0.29039218935517563
TEST(Responses, LevelsWithSeedsOfTheirOwnHaveADifferenceOfMeans) {
    Audit audit = testing::empty_audit("factorial", {k_rates, testing::seeds("all", 8)});
    const double values[] = {0.31, 0.25, 0.4, 0.36, 0.45, 0.33, 0.52, 0.5};
    for (int i = 0; i < 8; ++i) {
        testing::add_run(audit, {i / 4, i}, 0, 0, testing::flipping({}));
        report_alone(audit.runs.back(), "loss", values[i]);
    }
    const Response loss = responses(audit).at(0);
    EXPECT_EQ(loss.rows.at(0).cells.at(0).pairs, 0U);
    const NumberLevels& levels = loss.rows.at(0).level_pairs.at(0);
    EXPECT_TRUE(levels.unpaired);
    EXPECT_NEAR(levels.cell.difference.value.value(), 0.12, 1e-10);
    EXPECT_NEAR(levels.cell.difference.interval.value().low, -0.05039218935517567, 1e-9);
    EXPECT_NEAR(levels.cell.difference.interval.value().high.value(), 0.29039218935517563, 1e-9);
    EXPECT_EQ(levels.cell.difference.units, 4U);
    EXPECT_TRUE(loss.evidence.tests.at(0).nested);
}

TEST(Responses, OneSeedHasDifferencesAndNoIntervals) {
    const Response loss = responses(with_numbers({{0.5}, {0.75}})).at(0);
    EXPECT_EQ(loss.rows.at(0).cells.at(0).difference.value, 0.25);
    EXPECT_FALSE(loss.rows.at(0).cells.at(0).difference.interval);
    EXPECT_EQ(loss.rows.at(0).cells.at(0).difference.flags, std::vector<std::string>{"CI_TOO_FEW_UNITS"});
    EXPECT_EQ(loss.rows.at(1).cells.at(0).empty_reason, "no pair");
    EXPECT_FALSE(loss.places.at(0).deviation.value);
    EXPECT_FALSE(loss.evidence.tests.at(0).p_holm.has_value() && loss.evidence.tests.at(0).untested.empty());
}

// ---- What must hold for any numbers. Multiples of 1/64, so that sums and products are exact.
std::vector<std::vector<double>> drawn(std::uint64_t seed, std::size_t seeds) {
    Random random(seed, "responses", 0);
    std::vector<std::vector<double>> out(2, std::vector<double>(seeds));
    for (auto& level : out) {
        for (double& value : level) value = static_cast<double>(random.below(640)) / 64;
    }
    return out;
}

Audit changed(std::vector<std::vector<double>> values, double factor, double constant) {
    for (auto& level : values) {
        for (double& value : level) value = value * factor + constant;
    }
    return with_numbers(values);
}

TEST(ResponsesProperty, AConstantMovesTheMeansAlone) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        const auto values = drawn(seed, 6);
        Response before = responses(changed(values, 1, 0)).at(0);
        const Response after = responses(changed(values, 1, 1024)).at(0);
        EXPECT_EQ(after.evidence, before.evidence) << seed;
        EXPECT_EQ(after.rows, before.rows) << seed;
        EXPECT_NEAR(after.places.at(1).mean, before.places.at(1).mean + 1024, 1e-6) << seed;
        EXPECT_EQ(after.places.at(1).deviation, before.places.at(1).deviation) << seed;
    }
}

TEST(ResponsesProperty, AFactorScalesVariancesByItsSquareAndNoTest) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        const auto values = drawn(seed, 6);
        const Response one = responses(changed(values, 1, 0)).at(0), eight = responses(changed(values, -8, 0)).at(0);
        const FactorTest &p = one.evidence.tests.at(0), &q = eight.evidence.tests.at(0);
        EXPECT_EQ(p.p, q.p) << seed;
        EXPECT_NEAR(p.f.value(), q.f.value(), 1e-9 * p.f.value()) << seed;
        EXPECT_NEAR(q.shifts.at(0).shift2.value.value(), 64 * p.shifts.at(0).shift2.value.value(),
                    1e-7 * std::abs(64 * p.shifts.at(0).shift2.value.value()))
            << seed;
        const double v = one.evidence.seeds.at(0).variance.value.value();
        EXPECT_NEAR(eight.evidence.seeds.at(0).variance.value.value(), 64 * v, 1e-7 * 64 * v) << seed;
        const Figure &sd = one.places.at(0).deviation, &sd8 = eight.places.at(0).deviation;
        EXPECT_NEAR(sd8.value.value(), 8 * sd.value.value(), 1e-8 * sd8.value.value()) << seed;
        EXPECT_NEAR(sd8.interval->low, 8 * sd.interval->low, 1e-7 * sd8.interval->low) << seed;
        EXPECT_NEAR(*eight.rows.at(0).cells.at(0).difference.value, -8 * *one.rows.at(0).cells.at(0).difference.value,
                    1e-8)
            << seed;
    }
}

}  // namespace
}  // namespace assay
