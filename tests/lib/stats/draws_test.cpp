#include "stats/draws.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <numeric>

#include "base/random.hpp"

namespace assay {
namespace {

std::vector<std::uint32_t> drawn(const Draws& draws, std::uint64_t index) {
    std::vector<std::uint32_t> numbers(draws.size());
    draws.draw(index, numbers);
    return numbers;
}

// floor(w b / 2^32) written in the mixed base of the bounds, by division; b, their product, is at most 2^32.
std::vector<std::uint32_t> digits_of(std::uint32_t word, const std::vector<std::uint32_t>& bounds) {
    std::uint64_t product = 1;
    for (const std::uint32_t bound : bounds) product *= bound;
    std::uint64_t value = product * word >> 32;
    std::vector<std::uint32_t> digits;
    for (const std::uint32_t bound : bounds) {
        product /= bound;
        digits.push_back(static_cast<std::uint32_t>(value / product));
        value %= product;
    }
    return digits;
}

// One word serves as many numbers as its 32 bits hold; the words are Philox's own. (These were not rejected.)
TEST(Draws, AreTheDigitsOfWordsInTheBaseOfTheBounds) {
    const std::vector<std::vector<std::uint32_t>> words[] = {
        {{100, 99, 98, 97}, {96, 2, 3, 4}},
        {{65'536}, {65'537, 3}},  // together they pass 2^32 by a hair
        {{65'536, 65'535}, {2}},
        {{1U << 31, 2}, {5}},
    };
    for (const auto& of_word : words) {
        std::vector<std::uint32_t> bounds;
        for (const auto& part : of_word) bounds.insert(bounds.end(), part.begin(), part.end());
        const Draws draws(7, "test.draws", bounds);
        const std::uint64_t key = Random(7, "test.draws").next();
        for (const std::uint64_t index : {std::uint64_t{0}, std::uint64_t{9'998}, std::uint64_t{5} << 40}) {
            const auto block =
                philox4x32({0, 0, static_cast<std::uint32_t>(index), static_cast<std::uint32_t>(index >> 32)},
                           {static_cast<std::uint32_t>(key), static_cast<std::uint32_t>(key >> 32)});
            std::vector<std::uint32_t> expected;
            for (std::size_t i = 0; i < of_word.size(); ++i) {
                const std::vector<std::uint32_t> digits = digits_of(block[i], of_word[i]);
                expected.insert(expected.end(), digits.begin(), digits.end());
            }
            EXPECT_EQ(drawn(draws, index), expected) << bounds[0] << " " << index;
        }
    }
}

// Of 3 2^30 numbers, a word's product without rejection would hit every third one twice as often as the others.
TEST(Draws, RejectWordsThatWouldFavourSomeNumbers) {
    constexpr std::uint64_t k_draws = 30'000;
    const Draws draws(1, "test.reject", {3U << 30});
    std::vector<double> counts(3, 0.0);
    for (std::uint64_t i = 0; i < k_draws; ++i) counts[drawn(draws, i)[0] % 3] += 1;
    for (const double count : counts) {
        EXPECT_NEAR(count, k_draws / 3.0, 5 * std::sqrt(k_draws * 2.0 / 9)) << "5 standard errors of a third";
    }
}

// Pearson's statistic of 24 orders has 23 degrees of freedom: above 58.6 once in 20,000 samples.
// python3 -c "from scipy.stats import chi2; print(chi2.isf(5e-5, 23))"   -> 58.57 (scipy 1.10)
TEST(Draws, ShuffleEveryOrderEquallyOften) {
    constexpr std::uint64_t k_draws = 24'000;
    const Draws draws(3, "test.shuffle", shuffle_bounds(4, 4));
    std::map<std::vector<int>, double> counts;
    for (std::uint64_t i = 0; i < k_draws; ++i) {
        std::vector<int> items = {0, 1, 2, 3};
        const std::vector<std::uint32_t> digits = drawn(draws, i);
        shuffle_by(std::span<const std::uint32_t>(digits), std::span(items));
        counts[items] += 1;
    }
    ASSERT_EQ(counts.size(), 24U);
    double statistic = 0;
    for (const auto& [order, count] : counts) statistic += (count - 1000) * (count - 1000) / 1000;
    EXPECT_LT(statistic, 58.6);
}

TEST(Draws, NeedNoNumberForTheLastPlace) {
    EXPECT_EQ(shuffle_bounds(4, 4), (std::vector<std::uint32_t>{4, 3, 2}));
    EXPECT_EQ(shuffle_bounds(20, 3), (std::vector<std::uint32_t>{20, 19, 18}));
    EXPECT_TRUE(shuffle_bounds(1, 1).empty());
}

TEST(Draws, DependOnSeedStreamAndIndexAndOnNothingElse) {
    const std::vector<std::uint32_t> bounds(8, 1U << 31);
    const Draws draws(1, "test.a", bounds);
    EXPECT_EQ(drawn(draws, 5), drawn(Draws(1, "test.a", bounds), 5));
    EXPECT_NE(drawn(draws, 5), drawn(draws, 6));
    EXPECT_NE(drawn(draws, 5), drawn(Draws(2, "test.a", bounds), 5));
    EXPECT_NE(drawn(draws, 5), drawn(Draws(1, "test.b", bounds), 5));
}

}  // namespace
}  // namespace assay
