#include "gate/ledger_excess.hpp"

#include <numeric>

#include "stats/gram.hpp"

namespace assay {
namespace {

std::vector<std::size_t> counting(std::size_t from, std::size_t n) {
    std::vector<std::size_t> out(n);
    std::iota(out.begin(), out.end(), from);
    return out;
}

}  // namespace

std::vector<Excess> excess_within(const PreparedSide& candidate, const PreparedSide& baseline,
                                  const MatchedSides& matched, const Scopes& scopes) {
    const Predictions& first = candidate.answers(matched.candidate.front());
    std::vector<std::size_t> folds(first.n_inputs, 0);  // 0: in none of the scopes
    for (std::size_t k = 0; k < scopes.size(); ++k) {
        for (const std::size_t input : *scopes[k]) folds[input] = k + 1;
    }
    std::vector<RunProbabilities<float>> rows;
    const auto add = [&](const Predictions& p) { rows.push_back({p.probabilities, p.sha256}); };
    for (const SeedPair& pair : matched.pairs) add(baseline.answers(pair.baseline));
    for (const SeedPair& pair : matched.pairs) add(candidate.answers(pair.candidate));
    DistanceOptions options;
    options.folds = folds;
    options.n_folds = scopes.size() + 1;
    const RunDistances distances = hellinger_distances(rows, first.n_classes, options);
    const std::size_t n = matched.pairs.size();
    const std::vector<std::size_t> b = counting(0, n), c = counting(n, n);
    std::vector<Excess> out;
    // A ratio: that a fold's part is a sum, no mean, cancels.
    for (std::size_t k = 1; k <= scopes.size(); ++k) out.push_back(excess_distance(distances.fold_d2[k], b, c, true));
    return out;
}

}  // namespace assay
