#include "stats/p_value.hpp"

#include <algorithm>
#include <vector>

#include "base/check.hpp"
#include "base/on_threads.hpp"
#include "stats/proportion.hpp"

namespace assay {
namespace {

constexpr std::uint64_t k_block = 512;  // draws that a thread takes at a time
constexpr std::uint64_t k_most_draws = 999'999;

// The sum does not depend on which thread counts which block.
std::uint64_t count_in_threads(std::uint64_t begin, std::uint64_t end, std::size_t threads, const CountDraws& count) {
    std::vector<std::uint64_t> counts(threads, 0);
    on_threads(static_cast<unsigned>(threads), [&](unsigned thread) {
        for (std::uint64_t at = begin + thread * k_block; at < end; at += threads * k_block) {
            counts[thread] += count(at, std::min(end, at + k_block));
        }
    });
    std::uint64_t sum = 0;
    for (const std::uint64_t part : counts) sum += part;
    return sum;
}

bool undecided(std::uint64_t count, std::uint64_t draws, double alpha) {
    const ProportionInterval interval = clopper_pearson(count, draws, 0.99);
    return interval.low <= alpha && alpha <= interval.high;
}

}  // namespace

PValue exhaustive_p(std::uint64_t count, std::uint64_t total) {
    ASSAY_CHECK(count >= 1 && count <= total);
    const auto all = static_cast<double>(total);
    return {static_cast<double>(count) / all, count, total, true, 1 / all};
}

PValue random_p(const PermutationOptions& options, const CountDraws& count) {
    ASSAY_CHECK(options.draws > 0 && options.threads > 0);
    std::uint64_t draws = options.draws;
    std::uint64_t extreme = count_in_threads(0, draws, options.threads, count);
    while (draws < k_most_draws && undecided(extreme, draws, options.alpha)) {
        const std::uint64_t more = std::min(10 * (draws + 1) - 1, k_most_draws);
        extreme += count_in_threads(draws, more, options.threads, count);
        draws = more;
    }
    const auto all = static_cast<double>(draws + 1);
    return {static_cast<double>(extreme + 1) / all, extreme + 1, draws + 1, false, 1 / all};
}

}  // namespace assay
