#include "stats/flip_risk.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/random.hpp"

namespace assay {
namespace {

using Counts = std::vector<std::size_t>;

Counts from_histogram(const Counts& histogram) {
    Counts counts;
    for (std::size_t x = 0; x < histogram.size(); ++x) counts.insert(counts.end(), histogram[x], x);
    return counts;
}

// Beta(a, b) from uniforms alone (Johnk, Erzeugung von betaverteilten und gammaverteilten Zufallszahlen, Metrika 1964).
double beta_variate(double a, double b, Random& random) {
    while (true) {
        const double x = std::pow(random.uniform(), 1 / a), y = std::pow(random.uniform(), 1 / b);
        if (x + y <= 1 && x + y > 0) return x / (x + y);
    }
}

std::size_t binomial_variate(std::size_t n, double p, Random& random) {
    std::size_t k = 0;
    for (std::size_t i = 0; i < n; ++i) k += random.uniform() < p ? 1U : 0U;
    return k;
}

// Expected values: flip_risk_reference.py beside this file.
TEST(FitBetaBinomial, AgreesWithAnIndependentMaximum) {
    struct Row {
        std::size_t runs;
        Counts histogram;
        double a, b, se_log_a, se_log_b, correlation, log_likelihood;
    };
    const Row rows[] = {
        {5,
         {60, 14, 9, 6, 5, 6},
         0.21818989707436132,
         0.86303202450589878,
         0.25551841471078459,
         0.27516265036746998,
         0.74927576908464335,
         -193.81591897168753},
        {8,
         {700, 90, 45, 30, 25, 22, 20, 28, 40},
         0.10471975577366343,
         0.62869936619252685,
         0.080933014380172284,
         0.089807686036129065,
         0.6670365566408042,
         -1974.2216149086725},
        {2,
         {50, 20, 30},
         0.28571428571428571,
         0.42857142857142857,
         0.35129134951617861,
         0.35375376090722918,
         0.86730554906042744,
         -116.82824501765626},
        {16,
         {0, 1, 3, 4, 9, 12, 20, 22, 30, 24, 18, 11, 8, 5, 2, 1, 0},
         9.5702418209357623,
         9.7121917112249404,
         0.24733374564816507,
         0.247364564339572,
         0.97909606422296142,
         -1868.033456688878},
        {3,
         {9990, 9, 1, 0},
         0.0034658393197496391,
         9.4544049203059984,
         1.040656886788699,
         1.0825521576495432,
         0.95269626406461149,
         -93.380444020145859},
    };
    for (const Row& row : rows) {
        const Counts counts = from_histogram(row.histogram);
        const BetaFit fit = fit_beta_binomial(counts, row.runs);
        ASSERT_TRUE(fit.law) << fit.reason;
        EXPECT_NEAR(fit.law->a, row.a, 1e-7 * row.a);
        EXPECT_NEAR(fit.law->b, row.b, 1e-7 * row.b);
        EXPECT_NEAR(fit.law->se_log_a, row.se_log_a, 1e-6 * row.se_log_a);
        EXPECT_NEAR(fit.law->se_log_b, row.se_log_b, 1e-6 * row.se_log_b);
        EXPECT_NEAR(fit.law->correlation, row.correlation, 1e-6);
        EXPECT_NEAR(beta_binomial_log_likelihood(counts, row.runs, fit.law->a, fit.law->b), row.log_likelihood,
                    1e-11 * std::abs(row.log_likelihood));
    }
}

// Stream "beta" of seed 1, one planted law after another: 4,000 inputs each. Two estimates in log units, each within 4
// of its own standard errors: a right one leaves that bound once in 16,000.
TEST(FitBetaBinomial, RecoversAPlantedLaw) {
    struct Row {
        double a, b;
        std::size_t runs;
    };
    Random random(1, "beta");
    for (const Row& row : {Row{0.2, 1.5, 5}, Row{0.2, 1.5, 16}, Row{0.5, 0.5, 8}, Row{2, 6, 8}, Row{0.05, 0.8, 10}}) {
        Counts counts;
        for (int i = 0; i < 4'000; ++i) {
            counts.push_back(binomial_variate(row.runs, beta_variate(row.a, row.b, random), random));
        }
        const BetaFit fit = fit_beta_binomial(counts, row.runs);
        ASSERT_TRUE(fit.law) << fit.reason;
        EXPECT_LT(std::abs(std::log(fit.law->a / row.a)), 4 * fit.law->se_log_a) << row.a << " " << row.b;
        EXPECT_LT(std::abs(std::log(fit.law->b / row.b)), 4 * fit.law->se_log_b) << row.a << " " << row.b;
        EXPECT_LT(fit.law->se_log_a, 0.15) << "a bound that anything meets";
        EXPECT_LT(fit.law->se_log_b, 0.15);
    }
}

TEST(FitBetaBinomial, DoesNotDependOnOrderAndTurnsRound) {
    Counts counts = from_histogram({60, 14, 9, 6, 5, 6});
    const BetaLaw law = *fit_beta_binomial(counts, 5).law;
    std::reverse(counts.begin(), counts.end());
    EXPECT_EQ(fit_beta_binomial(counts, 5).law->a, law.a);
    for (std::size_t& x : counts) x = 5 - x;
    EXPECT_NEAR(fit_beta_binomial(counts, 5).law->b / law.a, 1, 1e-9) << "agreements for disagreements";
}

TEST(FitBetaBinomial, SaysWhyThereIsNoMaximum) {
    struct Row {
        std::size_t runs;
        Counts histogram;
        const char* reason;
    };
    const Row rows[] = {
        {5, {0, 0, 0, 0, 0, 0}, "no inputs"},
        {5, {40, 0, 0, 0, 0, 0}, "no run ever disagrees"},
        {5, {0, 0, 0, 0, 0, 40}, "every run disagrees about every input"},
        {5, {30, 0, 0, 0, 0, 10}, "every input disagrees always or never"},
        {1, {30, 10}, "one run cannot tell risks apart"},
        {4, {0, 0, 40, 0, 0}, "the counts spread no more than one common risk makes them"},
        {2, {25, 50, 25}, "the counts spread no more than one common risk makes them"},  // exactly binomial
        {2, {3, 6, 3}, "the counts spread no more than one common risk makes them"},
        {2, {193, 162, 34}, "the counts spread no more than one common risk makes them"},  // as well, to 9 digits
        {4, {0, 10, 20, 10, 0}, "the counts spread no more than one common risk makes them"},
        {8, {0, 0, 0, 1, 0, 0, 0, 0, 0}, "the counts spread no more than one common risk makes them"},  // one input
    };
    for (const Row& row : rows) {
        const BetaFit fit = fit_beta_binomial(from_histogram(row.histogram), row.runs);
        EXPECT_FALSE(fit.law) << row.reason;
        EXPECT_EQ(fit.reason, row.reason);
    }
}

// Expected values: flip_risk_reference.py beside this file.
TEST(FlipRisks, ArePosteriorsOfTheBetaLaw) {
    struct Row {
        double a, b;
        std::size_t runs, x;
        double tau, mean, above;
    };
    const Row rows[] = {
        {0.2, 1.5, 5, 0, 0.1, 0.029850746268656718, 0.093389045429277004},
        {0.2, 1.5, 5, 1, 0.1, 0.1791044776119403, 0.64619181597588879},
        {0.2, 1.5, 5, 5, 0.1, 0.77611940298507463, 0.99998337082661301},
        {3, 40, 16, 4, 0.1, 0.11864406779661017, 0.64027662785922622},
        {0.05, 0.6, 8, 2, 0.25, 0.23699421965317919, 0.40963747448722787},
    };
    for (const Row& row : rows) {
        const auto risks = flip_risks({row.a, row.b, 0, 0, 0}, row.runs, row.tau);
        ASSERT_EQ(risks.size(), row.runs + 1);
        EXPECT_NEAR(risks[row.x].mean, row.mean, 1e-14);
        EXPECT_NEAR(risks[row.x].above, row.above, 1e-12);
        for (std::size_t x = 1; x <= row.runs; ++x) {
            EXPECT_GT(risks[x].mean, risks[x - 1].mean);
            EXPECT_GE(risks[x].above, risks[x - 1].above);
        }
    }
}

// By hand from the posteriors above for Beta(.2, 1.5), 5 runs: an input with 1 disagreement is out of place with
// probability .354; with 3 such inputs and m sure ones the list stays below .1 from m = 8 on.
TEST(FlipList, IsTheLongestWithFewFalseDiscoveries) {
    const BetaLaw law{0.2, 1.5, 0, 0, 0};
    for (const std::size_t sure : {7U, 8U}) {
        const Counts counts = from_histogram({10, 3, 0, 0, 0, sure});
        const FlipList list = flip_list(law, counts, 5);
        EXPECT_EQ(list.inputs.size(), sure == 8 ? 11U : 7U);
        EXPECT_EQ(list.least, sure == 8 ? 1U : 5U);
        const double out = sure == 8 ? 3 * (1 - 0.64619181597588879) : 0, in = 1 - 0.99998337082661301;
        EXPECT_NEAR(*list.false_discovery, (out + double(sure) * in) / double(list.inputs.size()), 1e-12);
    }
}

TEST(FlipList, DoesNotDependOnTheOrderOfInputs) {
    const BetaLaw law{0.2, 1.5, 0, 0, 0};
    Counts counts = {0, 5, 1, 0, 3, 0, 4, 1, 5, 5, 5, 5, 5, 0};
    const FlipList list = flip_list(law, counts, 5);
    std::reverse(counts.begin(), counts.end());
    FlipList turned = flip_list(law, counts, 5);
    EXPECT_TRUE(std::is_sorted(turned.inputs.begin(), turned.inputs.end()));
    for (std::size_t& i : turned.inputs) i = counts.size() - 1 - i;
    std::reverse(turned.inputs.begin(), turned.inputs.end());
    EXPECT_EQ(turned.inputs, list.inputs);
    EXPECT_EQ(turned.false_discovery, list.false_discovery);
}

TEST(FlipList, MayBeEmpty) {
    const BetaLaw law{0.2, 1.5, 0, 0, 0};
    for (const Counts& counts : {Counts{}, Counts{0, 0, 0}, Counts{1, 0, 1}}) {
        const FlipList list = flip_list(law, counts, 5);
        EXPECT_TRUE(list.inputs.empty());
        EXPECT_FALSE(list.least);
        EXPECT_FALSE(list.false_discovery);
    }
    EXPECT_EQ(flip_list(law, Counts{0, 1, 2}, 5, 0.1, 1).inputs.size(), 3U) << "a level of 1 lists everything";
}

struct Audits {
    std::vector<double> false_share;             // of the listed inputs
    double estimated = 0, found = 0, naive = 0;  // means
};

// 200 audits of 1,000 inputs whose risks follow Beta(.12, .8); "naive" lists every input that ever disagreed.
Audits simulate(std::size_t runs) {
    Audits audits;
    const double tau = 0.1;
    for (std::uint64_t audit = 0; audit < 200; ++audit) {
        Random random(runs, "flip-list", audit);
        std::vector<double> risks;
        Counts counts;
        for (int i = 0; i < 1'000; ++i) {
            risks.push_back(beta_variate(0.12, 0.8, random));
            counts.push_back(binomial_variate(runs, risks.back(), random));
        }
        const FlipList list = flip_list(*fit_beta_binomial(counts, runs).law, counts, runs, tau);
        double wrong = 0, risky = 0, ever = 0, ever_wrong = 0;
        for (const std::size_t i : list.inputs) wrong += risks[i] <= tau ? 1 : 0;
        for (std::size_t i = 0; i < risks.size(); ++i) {
            risky += risks[i] > tau ? 1 : 0;
            ever += counts[i] > 0 ? 1 : 0;
            ever_wrong += counts[i] > 0 && risks[i] <= tau ? 1 : 0;
        }
        const auto listed = static_cast<double>(list.inputs.size());
        audits.false_share.push_back(listed > 0 ? wrong / listed : 0);
        audits.estimated += list.false_discovery.value_or(0) / 200;
        audits.found += (listed - wrong) / risky / 200;
        audits.naive += ever_wrong / ever / 200;
    }
    return audits;
}

// The share of inputs on the list that do not belong there: .10 at most on average, within 3 Monte-Carlo standard
// errors, and what the list itself says it is. Streams "flip-list" of seeds 5, 8 and 16.
TEST(FlipList, KeepsItsFalseDiscoveryRate) {
    for (const std::size_t runs : {5U, 8U, 16U}) {
        const Audits audits = simulate(runs);
        double mean = 0, squares = 0;
        for (const double share : audits.false_share) mean += share / 200;
        for (const double share : audits.false_share) squares += (share - mean) * (share - mean);
        const double error = std::sqrt(squares / 199 / 200);
        EXPECT_LT(error, 0.01);
        EXPECT_LE(mean, 0.10 + 3 * error) << runs;
        EXPECT_NEAR(mean, audits.estimated, 3 * error + 0.002) << runs;
        EXPECT_GT(audits.found, 0.5) << "an empty list has no false discoveries, either; " << runs;
        EXPECT_GT(audits.naive, 0.10 + 3 * error) << "else there is nothing to control; " << runs;
    }
}

TEST(FlipRiskDeathTest, ImpossibleCountsAreBugs) {
    EXPECT_DEATH(fit_beta_binomial(Counts{6}, 5), "flip_risk.cpp");
    EXPECT_DEATH(flip_list({1, 1, 0, 0, 0}, Counts{6}, 5), "flip_risk.cpp");
    EXPECT_DEATH(flip_risks({0, 1, 0, 0, 0}, 5, 0.1), "flip_risk.cpp");
    EXPECT_DEATH(flip_risks({1, 1, 0, 0, 0}, 5, 1), "flip_risk.cpp");
}

}  // namespace
}  // namespace assay
