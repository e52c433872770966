#include "stats/within_seeds.hpp"

#include <algorithm>
#include <bit>
#include <numeric>
#include <utility>
#include <vector>

#include "base/check.hpp"
#include "stats/draws.hpp"
#include "stats/pair_sum.hpp"

namespace assay {
namespace {

// Two levels: x_1s = -x_0s, so that a level square is 2 z'Kz with K the inner products of the x_0s and z the signs.
Symmetric sign_products(const Symmetric& centred) {
    Symmetric k(centred.n / 2);
    for (std::size_t s = 0; s < k.n; ++s) {
        for (std::size_t t = 0; t < k.n; ++t) k.values[s * k.n + t] = 2 * centred(2 * s, 2 * t);
    }
    return k;
}

// All sign vectors in the order of the Gray code, so that each differs from the one before it in one sign: O(S) a step.
class SignFlips {
public:
    explicit SignFlips(const Symmetric& k) : k_(k), signs_(k.n), products_(k.n) {}

    std::uint64_t count(double threshold) {
        constexpr std::uint64_t k_fresh = 4096;  // steps until rounding is swept out
        const std::uint64_t all = std::uint64_t{1} << (k_.n - 1);
        std::uint64_t extreme = 0;
        for (std::uint64_t i = 0; i < all; ++i) {
            if (i % k_fresh == 0) start_at(i ^ (i >> 1));
            extreme += square_ >= threshold ? 1U : 0U;
            if (i + 1 < all) flip(static_cast<std::size_t>(std::countr_zero(i + 1)));
        }
        return extreme;
    }

private:
    void start_at(std::uint64_t code) {
        for (std::size_t s = 0; s < k_.n; ++s) signs_[s] = (code >> s & 1U) == 0 ? 1 : -1;
        square_ = 0;
        for (std::size_t s = 0; s < k_.n; ++s) {
            products_[s] = 0;
            for (std::size_t t = 0; t < k_.n; ++t) products_[s] += signs_[t] * k_(s, t);
            square_ += signs_[s] * products_[s];
        }
    }

    void flip(std::size_t s) {
        square_ -= 4 * (signs_[s] * products_[s] - k_(s, s));
        signs_[s] = -signs_[s];
        for (std::size_t t = 0; t < k_.n; ++t) products_[t] += 2 * signs_[s] * k_(s, t);
    }

    const Symmetric& k_;
    std::vector<double> signs_, products_;  // z, Kz
    double square_ = 0;                     // z'Kz
};

// z'Kz from the triangle below the diagonal; four running sums, or every addition would wait for the one before it.
double signed_square(const Symmetric& k, double trace, std::span<const double> signs) {
    double total = 0;
    for (std::size_t s = 1; s < k.n; ++s) {
        const double* row = k.values.data() + s * k.n;
        double sums[4] = {0, 0, 0, 0};
        std::size_t t = 0;
        for (; t + 4 <= s; t += 4) {
            sums[0] += signs[t] * row[t];
            sums[1] += signs[t + 1] * row[t + 1];
            sums[2] += signs[t + 2] * row[t + 2];
            sums[3] += signs[t + 3] * row[t + 3];
        }
        for (; t < s; ++t) sums[t % 4] += signs[t] * row[t];
        total += signs[s] * ((sums[0] + sums[1]) + (sums[2] + sums[3]));
    }
    return trace + 2 * total;
}

double trace_of(const Symmetric& matrix) {
    double trace = 0;
    for (std::size_t i = 0; i < matrix.n; ++i) trace += matrix(i, i);
    return trace;
}

PValue random_signs(const Symmetric& centred, double threshold, const PermutationOptions& options) {
    const Symmetric k = sign_products(centred);
    const double trace = trace_of(k);
    const Draws draws(options.seed, options.stream, std::vector<std::uint32_t>(k.n, 2));
    return random_p(options, [&](std::uint64_t begin, std::uint64_t end) {
        std::vector<std::uint32_t> bits(k.n);
        std::vector<double> signs(k.n);
        std::uint64_t extreme = 0;
        for (std::uint64_t i = begin; i < end; ++i) {
            draws.draw(i, bits);
            for (std::size_t s = 0; s < k.n; ++s) signs[s] = bits[s] == 0 ? 1 : -1;
            extreme += signed_square(k, trace, signs) >= threshold ? 1U : 0U;
        }
        return extreme;
    });
}

// Every order of 0 .. levels-1.
std::vector<std::vector<std::size_t>> all_orders(std::size_t levels) {
    std::vector<std::size_t> order(levels);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::vector<std::vector<std::size_t>> orders;
    do orders.push_back(order);
    while (std::next_permutation(order.begin(), order.end()));
    return orders;
}

// Seed after seed takes every order of its levels; the first seed keeps its own.
class AllOrders {
public:
    AllOrders(const Symmetric& centred, std::size_t levels, double threshold)
        : centred_(centred),
          levels_(levels),
          threshold_(threshold),
          trace_(trace_of(centred)),
          orders_(all_orders(levels)),
          chosen_(centred.n / levels) {}

    std::uint64_t count() {
        chosen_[0] = &orders_[0];
        place(1, 0);
        return extreme_;
    }

private:
    void place(std::size_t seed, double pairs) {
        if (seed == chosen_.size()) {
            extreme_ += trace_ + 2 * pairs >= threshold_ ? 1U : 0U;
            return;
        }
        for (const auto& order : orders_) {
            chosen_[seed] = &order;
            place(seed + 1, pairs + with_earlier(seed));
        }
    }

    double with_earlier(std::size_t seed) const {
        double sum = 0;
        for (std::size_t other = 0; other < seed; ++other) {
            for (std::size_t level = 0; level < levels_; ++level) {
                sum += centred_(seed * levels_ + (*chosen_[seed])[level], other * levels_ + (*chosen_[other])[level]);
            }
        }
        return sum;
    }

    const Symmetric& centred_;
    std::size_t levels_;
    double threshold_, trace_;
    std::vector<std::vector<std::size_t>> orders_;
    std::vector<const std::vector<std::size_t>*> chosen_;
    std::uint64_t extreme_ = 0;
};

// rows[level * seeds + seed]
double pairs_in_levels(const Symmetric& centred, std::size_t seeds, std::span<const std::uint32_t> rows) {
    double sum = 0;
    for (std::size_t first = 0; first < rows.size(); first += seeds) {
        sum += pair_sum(centred, rows.subspan(first, seeds));
    }
    return sum;
}

// A Fisher-Yates shuffle of the levels of each seed, which lie `seeds` apart.
void shuffle_levels(std::span<const std::uint32_t> digits, std::size_t seeds, std::span<std::uint32_t> rows) {
    const std::size_t choices = digits.size() / seeds;
    for (std::size_t s = 0; s < seeds; ++s) {
        for (std::size_t l = 0; l < choices; ++l) {
            std::swap(rows[l * seeds + s], rows[(l + digits[s * choices + l]) * seeds + s]);
        }
    }
}

PValue random_orders(const Symmetric& centred, std::size_t levels, double threshold,
                     const PermutationOptions& options) {
    const std::size_t seeds = centred.n / levels;
    const double trace = trace_of(centred);
    std::vector<std::uint32_t> bounds;
    for (std::size_t s = 0; s < seeds; ++s) {
        for (const std::uint32_t bound : shuffle_bounds(levels, levels)) bounds.push_back(bound);
    }
    const Draws draws(options.seed, options.stream, bounds);
    std::vector<std::uint32_t> own(centred.n);
    for (std::size_t i = 0; i < centred.n; ++i) own[i % levels * seeds + i / levels] = static_cast<std::uint32_t>(i);
    return random_p(options, [&](std::uint64_t begin, std::uint64_t end) {
        std::vector<std::uint32_t> digits(draws.size()), rows(centred.n);
        std::uint64_t extreme = 0;
        for (std::uint64_t i = begin; i < end; ++i) {
            draws.draw(i, digits);
            rows = own;
            shuffle_levels(digits, seeds, rows);
            extreme += trace + 2 * pairs_in_levels(centred, seeds, rows) >= threshold ? 1U : 0U;
        }
        return extreme;
    });
}

}  // namespace

Symmetric centred_within_seeds(const Symmetric& d2, std::size_t levels) {
    const std::size_t seeds = d2.n / levels;
    const auto count = static_cast<double>(levels);
    std::vector<double> to_seed(d2.n * seeds, 0.0);  // mean D2 of a slab to the slabs of a seed
    for (std::size_t i = 0; i < d2.n; ++i) {
        for (std::size_t j = 0; j < d2.n; ++j) to_seed[i * seeds + j / levels] += d2(i, j) / count;
    }
    std::vector<double> between(seeds * seeds, 0.0);  // mean D2 of the slabs of two seeds
    for (std::size_t i = 0; i < d2.n; ++i) {
        for (std::size_t t = 0; t < seeds; ++t) between[i / levels * seeds + t] += to_seed[i * seeds + t] / count;
    }
    Symmetric centred(d2.n);
    for (std::size_t i = 0; i < d2.n; ++i) {
        for (std::size_t j = 0; j <= i; ++j) {
            const std::size_t s = i / levels, t = j / levels;
            centred.set(i, j,
                        -((d2(i, j) - to_seed[i * seeds + t]) - (to_seed[j * seeds + s] - between[s * seeds + t])) / 2);
        }
    }
    return centred;
}

double level_square(const Symmetric& centred, std::size_t levels) {
    double square = 0;
    for (std::size_t i = 0; i < centred.n; ++i) {
        for (std::size_t j = i % levels; j < centred.n; j += levels) square += centred(i, j);
    }
    return square;
}

std::optional<std::uint64_t> distinct_within_seeds(std::size_t levels, std::size_t seeds) {
    constexpr std::uint64_t k_limit = std::uint64_t{1} << 53;
    std::uint64_t ways = 1;
    for (std::size_t s = 1; s < seeds; ++s) {
        for (std::uint64_t factor = 2; factor <= levels; ++factor) {
            if (ways > k_limit / factor) return std::nullopt;
            ways *= factor;
        }
    }
    return ways;
}

PValue within_seeds_p(const Symmetric& centred, std::size_t levels, double threshold,
                      const PermutationOptions& options) {
    ASSAY_CHECK(levels >= 2 && centred.n >= 2 * levels && centred.n % levels == 0);
    const auto distinct = distinct_within_seeds(levels, centred.n / levels);
    const bool all = distinct && *distinct <= k_all_arrangements;
    if (levels == 2) {
        if (!all) return random_signs(centred, threshold, options);
        const Symmetric products = sign_products(centred);
        return exhaustive_p(SignFlips(products).count(threshold), *distinct);
    }
    if (!all) return random_orders(centred, levels, threshold, options);
    return exhaustive_p(AllOrders(centred, levels, threshold).count(), *distinct);
}

}  // namespace assay
