#include "stats/sequential.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <vector>

#include "base/file.hpp"
#include "base/random.hpp"
#include "base/text.hpp"

namespace assay {
namespace {

constexpr double k_inf = HUGE_VAL;

double number(const std::string& text) {
    double value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

// fixtures/README.md says how the table was made: two ways, by quadrature and by scipy's noncentral t densities.
TEST(TEValue, AgreesWithTheReferenceTable) {
    std::size_t checked = 0;
    const std::string file = read_file(ASSAY_SOURCE_DIR "/fixtures/reference/statistics/eprocess_reference.csv");
    for (const std::string& line : split_lines(file)) {
        const auto fields = split(line, ',');  // n, t, e by quadrature, e by densities
        if (fields.size() != 4 || fields[0] == "n") continue;
        const double e = std::exp(t_log_e_value(number(fields[1]), std::size_t(number(fields[0]))));
        EXPECT_NEAR(e / number(fields[2]), 1, 1e-8) << line;
        EXPECT_NEAR(e / number(fields[3]), 1, 1e-8) << line;
        ++checked;
    }
    EXPECT_EQ(checked, 35U);
}

// Expected values: sequential_reference.py beside this file, from hypergeometric functions in 400 digits.
TEST(TEValue, AgreesWithItsClosedForm) {
    struct Row {
        double t;
        std::size_t n;
        double log_e;
    };
    const Row rows[] = {
        {-k_inf, 2, -1.7806420618252929},   {-1000, 2, -1.780641707703104},    {-2, 2, -1.7045763950297925},
        {0, 2, -0.91501288715802349},       {0.5, 2, -0.33015806012937046},    {4, 2, 1.2917569385116034},
        {1000, 2, 1.5259791384471083},      {k_inf, 2, 1.5259833732635913},    {-k_inf, 3, -2.3554942121234069},
        {-1000, 3, -2.3554931928215551},    {-2, 3, -2.1630419728574447},      {0, 3, -1.1228664851550252},
        {0.5, 3, -0.54079211626540858},     {4, 3, 1.9330888209231204},        {1000, 3, 2.7298052053943622},
        {k_inf, 3, 2.7298216980130572},     {-k_inf, 12, -6.3467191250140796}, {-1000, 12, -6.3466994233743632},
        {-2, 12, -4.5108353732043433},      {0, 12, -2.2229979912019099},      {0.5, 12, -1.4519556528242652},
        {4, 12, 4.1157529425738174},        {1000, 12, 16.284858847194297},    {k_inf, 12, 16.285421246746062},
        {-k_inf, 200, -78.347130153691062}, {-1000, 200, -78.341286093095557}, {-2, 200, -23.890159848452158},
        {0, 200, -14.195907246739116},      {0.5, 200, -11.711780600675781},   {4, 200, 5.3552043251165864},
        {1000, 200, 314.36621999366209},    {k_inf, 200, 314.53998585916114},
    };
    for (const Row& row : rows) EXPECT_NEAR(t_log_e_value(row.t, row.n), row.log_e, 1e-10) << row.t << " " << row.n;
}

TEST(TEValue, GrowsWithT) {
    for (const std::size_t n : {2U, 5U, 24U, 1'000U, 100'000U}) {
        double last = t_log_e_value(-k_inf, n);
        for (const double t : {-1e200, -30.0, -3.0, 0.0, 1.0, 5.0, 30.0, 1e5, 1e200, k_inf}) {
            const double log_e = t_log_e_value(t, n);
            EXPECT_TRUE(std::isfinite(log_e)) << t << " " << n;
            EXPECT_GE(log_e, last - 1e-9) << t << " " << n;
            last = log_e;
        }
    }
}

// Under the margin e_n has mean 1, the law that makes it safe to stop: sum e(t) density(t) dt over Student's law, by
// the substitution t = sqrt(nu) tan(a), whose density in a is proportional to cos(a)^(nu-1).
TEST(TEValue, HasMeanOneAtTheMargin) {
    for (const std::size_t n : {2U, 3U, 6U, 13U}) {
        const auto nu = static_cast<double>(n - 1);
        double sum = 0, all = 0;
        const int steps = 400;
        for (int i = 0; i < steps; ++i) {
            const double angle = (-0.5 + (i + 0.5) / steps) * std::acos(-1.0);
            const double density = std::pow(std::cos(angle), nu - 1);
            sum += density * std::exp(t_log_e_value(std::sqrt(nu) * std::tan(angle), n));
            all += density;
        }
        EXPECT_NEAR(sum / all, 1, 2e-5) << n;
    }
}

TEST(SequentialT, DecidesAtTheFirstLookThatSuffices) {
    struct Row {
        const char* what;
        std::vector<double> differences;
        SequentialDecision decision;
        std::size_t decided_at;
    };
    // With equal differences t is infinite, and e = 4.6, 15.3, 58.5, ... at n = 2, 3, 4 (sequential_reference.py).
    const Row rows[] = {
        {"nothing", {}, SequentialDecision::undecided, 0},
        {"one run", {-5}, SequentialDecision::undecided, 0},
        {"identical, 3", {0, 0, 0}, SequentialDecision::undecided, 0},
        {"identical, below the margin", {0, 0, 0, 0, 0}, SequentialDecision::pass, 4},
        {"identical, above the margin", {2, 2, 2, 2, 2}, SequentialDecision::fail, 4},
        {"identical, at the margin", {1, 1, 1, 1, 1, 1, 1, 1}, SequentialDecision::undecided, 0},
        {"round the margin", {0.5, 1.5, 0.6, 1.4, 0.7, 1.3, 0.5, 1.5}, SequentialDecision::undecided, 0},
        {"a decision stands", {0, 0, 0, 0, 9, 9, 9, 9, 9, 9, 9, 9}, SequentialDecision::pass, 4},
    };
    for (const Row& row : rows) {
        const SequentialResult result = sequential_t(row.differences, 1);
        EXPECT_EQ(result.decision, row.decision) << row.what;
        EXPECT_EQ(result.decided_at, row.decided_at) << row.what;
        EXPECT_EQ(result.looks.size(), std::max<std::size_t>(row.differences.size(), 1) - 1) << row.what;
    }
    const SequentialResult at = sequential_t(std::vector<double>{1, 1, 1}, 1);
    EXPECT_EQ(at.looks.back().log_e_pass, 0) << "neither for nor against";
    EXPECT_EQ(at.looks.back().log_e_fail, 0);
    EXPECT_EQ(sequential_t(std::vector<double>{0, 0, 0}, 1, 0.1).decided_at, 3U) << "e = 15.3 suffices for .1";
}

// python3 -c "from statistics import *; x = [0.25, -0.5, 1.0, 0.75]; print(mean(x), stdev(x))"
TEST(SequentialT, LooksAtMeanAndStandardDeviation) {
    const SequentialResult result = sequential_t(std::vector<double>{0.25, -0.5, 1.0, 0.75}, 2);
    const SequentialLook& look = result.looks.back();
    EXPECT_EQ(look.n, 4U);
    EXPECT_NEAR(look.mean, 0.375, 1e-15);
    EXPECT_NEAR(look.sd, 0.6614378277661477, 1e-14);
    const double t = (2 - 0.375) / (0.6614378277661477 / 2);
    EXPECT_NEAR(look.log_e_pass, t_log_e_value(t, 4), 1e-12);
    EXPECT_NEAR(look.log_e_fail, t_log_e_value(-t, 4), 1e-12);
}

TEST(SequentialT, DoesNotDependOnUnitOriginOrOrder) {
    std::vector<double> x = {0.3, -0.2, 0.5, 0.1, 0.0, -0.4, 0.2};
    const SequentialResult plain = sequential_t(x, 0.7);
    std::vector<double> small, moved;
    for (const double value : x) {
        small.push_back(value * 1e-9);
        moved.push_back(value + 1000);
    }
    std::reverse(x.begin(), x.end());
    EXPECT_NEAR(sequential_t(small, 0.7e-9).looks.back().log_e_pass, plain.looks.back().log_e_pass, 1e-10);
    EXPECT_NEAR(sequential_t(moved, 1000.7).looks.back().log_e_pass, plain.looks.back().log_e_pass, 1e-9);
    EXPECT_NEAR(sequential_t(x, 0.7).looks.back().log_e_pass, plain.looks.back().log_e_pass, 1e-12);
    EXPECT_NEAR(*sequential_t(x, 0.7).skewness, *plain.skewness, 1e-12);
}

// /usr/bin/python3 -c "from scipy.stats import skew; print(skew([1, 2, 4, 8, 16], bias=False),
//                      skew([-1, 0.5, 0.25, 3, -2.5, 7], bias=False))"    (scipy 1.10)
TEST(SequentialT, KnowsHowSkewedTheDifferencesAre) {
    EXPECT_NEAR(*sequential_t(std::vector<double>{1, 2, 4, 8, 16}, 0).skewness, 1.3253147098134046, 1e-12);
    EXPECT_NEAR(*sequential_t(std::vector<double>{-1, 0.5, 0.25, 3, -2.5, 7}, 0).skewness, 1.0735492463655871, 1e-12);
    EXPECT_FALSE(sequential_t(std::vector<double>{1, 2}, 0).skewness);
    EXPECT_FALSE(sequential_t(std::vector<double>{0.1, 0.1, 0.1, 0.1}, 0).skewness) << "no variance at all";
}

// Stream "sequential-margin" of seed 1: 300 audits exactly at the margin, a look after each of 16 runs. Ville: a false
// PASS has a probability of .05 at most; 3 standard deviations of the share are 3 sqrt(.05 .95 / 300) = .038. A t test
// repeated at every look passes 20% of them. A true difference of -1.5 sd is found by most.
TEST(SequentialT, RarelyPassesACandidateAtTheMargin) {
    Random random(1, "sequential-margin");
    int passed = 0, found = 0;
    for (int audit = 0; audit < 300; ++audit) {
        std::vector<double> at, better;
        for (int i = 0; i < 16; ++i) {
            const double noise = random.near_normal();
            at.push_back(3 + 2 * noise);
            if (audit < 60) better.push_back(2 * noise);
        }
        passed += sequential_t(at, 3).decision == SequentialDecision::pass ? 1 : 0;
        if (audit < 60) found += sequential_t(better, 3).decision == SequentialDecision::pass ? 1 : 0;
    }
    EXPECT_LT(passed / 300.0, 0.05 + 0.038);
    EXPECT_GE(found, 54) << "a rule that never passes is safe, too";
}

TEST(SequentialDeathTest, ValuesThatAreNotNumbersAreBugs) {
    EXPECT_DEATH(sequential_t(std::vector<double>{1, std::nan("")}, 0), "sequential.cpp");
    EXPECT_DEATH(t_log_e_value(std::nan(""), 3), "sequential.cpp");
    EXPECT_DEATH(t_log_e_value(1, 1), "sequential.cpp");
}

}  // namespace
}  // namespace assay
