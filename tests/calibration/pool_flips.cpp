// B12 on real runs: the seeds that an audit has not seen say which of its listed inputs do not belong there.
#include "calibration/pool.hpp"
#include "stats/flip_risk.hpp"
#include "stats/instability.hpp"

namespace assay::calibration {
namespace {

constexpr double k_tau = 0.1, k_level = 0.1;

using Labels = std::vector<std::vector<std::int32_t>>;

double false_share(const FlipList& list, const Labels& rest, const std::vector<std::int32_t>& deployed) {
    if (list.inputs.empty()) return 0;
    const std::vector<std::size_t> flips = disagreements_with(rest, deployed);
    std::size_t wrong = 0;
    for (const std::size_t i : list.inputs) {
        if (static_cast<double>(flips[i]) <= k_tau * static_cast<double>(rest.size())) ++wrong;
    }
    return static_cast<double>(wrong) / static_cast<double>(list.inputs.size());
}

Cell list_cell(const PoolPtr& pool, std::size_t n) {
    Cell cell;
    cell.name = pool->net + ", " + std::to_string(n) + " runs beside the deployed one";
    cell.measures = {{"false discoveries", Kind::mean, 0, k_level}, {"lists that are empty", Kind::rate, 0, 1}};
    cell.prepare = [=]() -> Audit {
        return [=](std::uint64_t, Random& random, std::span<double> out) {
            const std::size_t size = pool->rows.size();
            Labels labels;
            for (const std::size_t u : drawn(size, size, random)) labels.push_back(pool->labels[pool->rows[u][0]]);
            const std::vector<std::int32_t> deployed = labels.back();
            labels.pop_back();
            const auto split = labels.begin() + static_cast<std::ptrdiff_t>(n);
            const Labels seen(labels.begin(), split), rest(split, labels.end());
            const std::vector<std::size_t> counts = disagreements_with(seen, deployed);
            const BetaFit fit = fit_beta_binomial(counts, n);
            const FlipList list = fit.law ? flip_list(*fit.law, counts, n, k_tau, k_level) : FlipList{};
            out[0] = false_share(list, rest, deployed);
            out[1] = list.inputs.empty() ? 1 : 0;
        };
    };
    return cell;
}

}  // namespace

std::vector<Cell> pool_flip_lists(const Pools& pools) {
    std::vector<Cell> cells;
    for (const PoolPtr& pool : pools.seeds) {
        for (const std::size_t n : {5U, 8U, 16U}) cells.push_back(list_cell(pool, n));
    }
    return cells;
}

}  // namespace assay::calibration
