#include "stats/amplification.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "base/check.hpp"
#include "stats/power.hpp"

namespace assay {
namespace {

constexpr double k_amplified = 1e-6;       // of T_S
constexpr double k_seed_equivalent = 0.8;  // A from which on another hardware is as good as another seed
constexpr double k_tail = 0.05;            // of the one-sided bounds
constexpr const char* k_few_amplified = "FEW_AMPLIFIED";
constexpr FactorSet k_hardware = 1;

std::vector<std::vector<std::size_t>> streams_of(const HardwareRuns& labels) {
    return labels.streams.empty() ? std::vector<std::vector<std::size_t>>{labels.seed} : labels.streams;
}

// Factor 0: hardware; the others: the streams of seeds.
RunLevels levels_of(const HardwareRuns& labels) {
    const auto streams = streams_of(labels);
    RunLevels levels{1 + streams.size(), {}};
    for (std::size_t run = 0; run < labels.seed.size(); ++run) {
        levels.values.push_back(labels.hardware[run]);
        for (const auto& stream : streams) levels.values.push_back(stream[run]);
    }
    return levels;
}
FactorSet every_stream(const HardwareRuns& labels) { return ((FactorSet{1} << streams_of(labels).size()) - 1) << 1; }

// The table of bits: which pairs are equal, seed by seed.
void compare_bits(Amplification& out, const Symmetric& d2, const Symmetric& flips, const HardwareRuns& labels,
                  Changed changed, std::span<const std::size_t> runs) {
    std::map<std::size_t, SeedAmplification> seeds;
    for (std::size_t i = 0; i < runs.size(); ++i) {
        for (std::size_t j = i + 1; j < runs.size(); ++j) {
            const std::size_t r = runs[i], s = runs[j];
            const bool same_hardware = labels.hardware[r] == labels.hardware[s];
            if (labels.seed[r] != labels.seed[s] || same_hardware != (changed == Changed::nothing)) continue;
            const bool equal = labels.identity[r] == labels.identity[s];
            ASSAY_CHECK(!equal || (d2(r, s) == 0 && flips(r, s) == 0));
            SeedAmplification& seed = seeds[labels.seed[r]];
            ++seed.pairs;
            seed.bitwise_equal += equal ? 1U : 0U;
            seed.max_d2 = std::max(seed.max_d2, d2(r, s));
            seed.effect += d2(r, s) / 2;
            out.label_changes += flips(r, s) > 0 ? 1U : 0U;
        }
    }
    for (auto& [label, seed] : seeds) {
        seed.seed = label;
        seed.effect /= static_cast<double>(seed.pairs);
        out.pairs += seed.pairs;
        out.bitwise_equal += seed.bitwise_equal;
        out.max_d2 = std::max(out.max_d2, seed.max_d2);
        out.seeds.push_back(seed);
    }
}

void measure(Amplification& out, const PairClasses& classes, Changed changed, FactorSet another_seed,
             const JackknifeSettings& settings) {
    const FactorSet moved = changed == Changed::hardware ? k_hardware : 0;
    out.effect = jackknife_estimate(classes, {{{moved, 1}}, {}}, Scale::logarithm, settings);
    out.seed_effect = jackknife_estimate(classes, {{{another_seed, 1}}, {}}, Scale::logarithm, settings);
    out.ratio = jackknife_estimate(classes, {{{moved, 1}}, {{another_seed, 1}}}, Scale::logarithm, settings);
    double sum = 0, pairs = 0;
    for (SeedAmplification& seed : out.seeds) {
        seed.amplified = out.seed_effect.value && seed.effect > k_amplified * *out.seed_effect.value;
        if (!seed.amplified) continue;
        ++out.amplified;
        sum += seed.effect * static_cast<double>(seed.pairs);
        pairs += static_cast<double>(seed.pairs);
    }
    if (out.amplified > 0 && *out.seed_effect.value > 0) out.amplified_ratio = sum / pairs / *out.seed_effect.value;
    if (!out.seed_effect.value && out.bitwise_equal < out.pairs) return;
    out.amplified_share = clopper_pearson(out.amplified, out.seeds.size());
    if (out.amplified == 0) out.amplified_bound = rate_bound_of_none(out.seeds.size(), k_tail);
}

void drop_interval(JackknifeEstimate& estimate) {
    if (!estimate.interval || !estimate.interval->high) return;  // [low, ?] claims little enough
    estimate.interval.reset();
    estimate.dominating.reset();
    estimate.flags = {k_few_amplified};
}

// What is left is a mean over the seeds that happened to be there.
void distrust_few(Amplification& out) {
    const bool all_equal = out.bitwise_equal == out.pairs, all_amplified = out.amplified == out.seeds.size();
    if (all_equal || all_amplified || !out.amplified_share || out.amplified >= k_amplified_for_interval) return;
    drop_interval(out.effect);
    drop_interval(out.ratio);
}

// Repeats beyond the first of each seed and hardware.
std::size_t repeats_of(const HardwareRuns& labels, std::span<const std::size_t> runs) {
    std::map<std::pair<std::size_t, std::size_t>, std::size_t> cells;
    for (const std::size_t run : runs) ++cells[{labels.seed[run], labels.hardware[run]}];
    return runs.size() - cells.size();
}

void judge(Amplification& out) {
    using enum AmplificationVerdict;
    if (out.bitwise_equal == out.pairs) {
        out.verdict = bitwise_invariant;
    } else if (!out.seed_effect.value) {
        out.flags.emplace_back("NO_SEED_PAIRS");
    } else if (*out.seed_effect.value == 0) {
        out.flags.emplace_back("NO_SEED_VARIATION");
    } else if (out.amplified == 0 && out.label_changes > 0) {
        out.flags.emplace_back("LABELS_CHANGED");
    } else if (out.amplified == 0) {
        out.verdict = numerical_only;
    } else if (out.amplified < out.seeds.size()) {
        out.verdict = sometimes_amplified;
    } else if (out.ratio.interval && out.ratio.interval->high && *out.ratio.interval->high < k_seed_equivalent) {
        out.verdict = amplified;
    } else if (out.ratio.interval && out.ratio.interval->low >= k_seed_equivalent) {
        out.verdict = seed_equivalent;
    }
}

}  // namespace

std::optional<Amplification> amplification(const Symmetric& d2, const Symmetric& flips, const HardwareRuns& labels,
                                           Changed changed, std::span<const std::size_t> runs,
                                           const JackknifeSettings& settings) {
    ASSAY_CHECK(flips.n == d2.n && labels.seed.size() == d2.n);
    ASSAY_CHECK(labels.hardware.size() == d2.n && labels.identity.size() == d2.n);
    for (const std::size_t run : runs) ASSAY_CHECK(run < d2.n);
    Amplification out;
    compare_bits(out, d2, flips, labels, changed, runs);
    if (out.pairs == 0) return std::nullopt;
    const std::vector<std::vector<std::size_t>> units =
        labels.units.empty() ? std::vector<std::vector<std::size_t>>{labels.seed} : labels.units;
    measure(out, pair_classes(d2, levels_of(labels), units, runs), changed, every_stream(labels), settings);
    if (changed == Changed::nothing && out.bitwise_equal == out.pairs)
        out.nondeterminism_bound = rate_bound_of_none(repeats_of(labels, runs), k_tail);
    distrust_few(out);
    judge(out);
    return out;
}

std::string verdict_word(AmplificationVerdict verdict, bool shift) {
    static constexpr std::string_view k_words[] = {"BITWISE_INVARIANT", "NUMERICAL_ONLY",  "SOMETIMES_AMPLIFIED",
                                                   "AMPLIFIED",         "SEED_EQUIVALENT", "INDETERMINATE"};
    return std::string(k_words[static_cast<std::size_t>(verdict)]) + (shift ? "+SHIFT" : "");
}

}  // namespace assay
