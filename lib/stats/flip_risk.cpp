#include "stats/flip_risk.hpp"

#include <algorithm>
#include <boost/math/special_functions/beta.hpp>
#include <cmath>

#include "base/check.hpp"

namespace assay {
namespace {

// How often each count occurs, and from it how many inputs have more than j disagreements, or agreements.
struct Sample {
    std::size_t runs = 0;
    double inputs = 0;
    double total = 0;                // disagreements of all inputs
    std::vector<double> more, less;  // more[j] = #{x > j}, less[j] = #{n - x > j}, j < n
};

Sample sample_of(std::span<const std::size_t> counts, std::size_t runs) {
    Sample sample{runs, static_cast<double>(counts.size()), 0, std::vector<double>(runs), std::vector<double>(runs)};
    std::vector<double> histogram(runs + 1, 0.0);
    for (const std::size_t x : counts) {
        ASSAY_CHECK(x <= runs);
        ++histogram[x];
        sample.total += static_cast<double>(x);
    }
    double above = 0, below = 0;
    for (std::size_t j = runs; j-- > 0;) {
        sample.more[j] = above += histogram[j + 1];
        sample.less[j] = below += histogram[runs - j - 1];
    }
    return sample;
}

// log likelihood, gradient and Hessian in (log a, log b). B(a+x, b+n-x) / B(a, b) is a product of n factors a+j, b+j
// over n factors a+b+j: no gamma functions, nothing cancels however large a and b are.
struct Likelihood {
    double value = 0, ga = 0, gb = 0, haa = 0, hab = 0, hbb = 0;
};

Likelihood likelihood_at(const Sample& sample, double a, double b) {
    Likelihood at;
    double sa = 0, sb = 0, saa = 0, sbb = 0, sab = 0;  // derivatives in a and b
    for (std::size_t j = 0; j < sample.runs; ++j) {
        const auto step = static_cast<double>(j);
        const double pa = a + step, pb = b + step, pc = a + b + step;
        at.value += sample.more[j] * std::log(pa) + sample.less[j] * std::log(pb) - sample.inputs * std::log(pc);
        sa += sample.more[j] / pa - sample.inputs / pc;
        sb += sample.less[j] / pb - sample.inputs / pc;
        saa += -sample.more[j] / (pa * pa) + sample.inputs / (pc * pc);
        sbb += -sample.less[j] / (pb * pb) + sample.inputs / (pc * pc);
        sab += sample.inputs / (pc * pc);
    }
    at.ga = a * sa;
    at.gb = b * sb;
    at.haa = a * a * saa + a * sa;
    at.hbb = b * b * sbb + b * sb;
    at.hab = a * b * sab;
    return at;
}

constexpr double k_farthest = 16;  // |log a|, |log b|: beyond, the law is one common risk, or always and never

// Newton's method, damped (Levenberg): the damping grows until a step goes up, and shrinks after one that did.
struct Point {
    double log_a = 0, log_b = 0;
    Likelihood at;
    bool inside() const { return std::max(std::abs(log_a), std::abs(log_b)) < k_farthest; }
};

Point climb(const Sample& sample, double a, double b) {
    Point point{std::log(a), std::log(b), likelihood_at(sample, a, b)};
    double damping = 0;
    for (int step = 0; step < 500 && point.inside(); ++step) {
        const Likelihood& at = point.at;
        const double floor = 1e-9 * (std::abs(at.haa) + std::abs(at.hbb));
        const double naa = damping - at.haa, nbb = damping - at.hbb, determinant = naa * nbb - at.hab * at.hab;
        const bool downhill = naa <= 0 || nbb <= 0 || determinant <= 1e-14 * naa * nbb;
        double da = 0, db = 0;
        if (!downhill) {
            da = (nbb * at.ga + at.hab * at.gb) / determinant;
            db = (naa * at.gb + at.hab * at.ga) / determinant;
        }
        const double length = std::max(std::abs(da), std::abs(db));
        if (downhill || length > 2) {
            damping = std::max(4 * damping, floor);
            continue;
        }
        const Point next{point.log_a + da, point.log_b + db,
                         likelihood_at(sample, std::exp(point.log_a + da), std::exp(point.log_b + db))};
        const bool close = length < 1e-6;  // values no longer tell better from worse, the gradient still does
        if (close || next.at.value >= point.at.value) {
            point = next;
            damping = close || damping <= floor ? 0 : damping / 4;
        } else {
            damping = std::max(4 * damping, floor);
        }
        if (length < 1e-12) break;
    }
    return point;
}

double common_risk_log_likelihood(const Sample& sample) {
    const double trials = sample.inputs * static_cast<double>(sample.runs), failures = sample.total;
    return failures * std::log(failures / trials) + (trials - failures) * std::log1p(-failures / trials);
}

BetaLaw law_at(const Point& point) {
    const Likelihood& at = point.at;
    const double determinant = at.haa * at.hbb - at.hab * at.hab;
    BetaLaw law{std::exp(point.log_a), std::exp(point.log_b), 0, 0, 0};
    if (determinant > 0 && at.haa < 0 && at.hbb < 0) {
        law.se_log_a = std::sqrt(-at.hbb / determinant);
        law.se_log_b = std::sqrt(-at.haa / determinant);
        law.correlation = at.hab / std::sqrt(at.haa * at.hbb);
    }
    return law;
}

}  // namespace

double beta_binomial_log_likelihood(std::span<const std::size_t> counts, std::size_t runs, double a, double b) {
    ASSAY_CHECK(a > 0 && b > 0);
    return likelihood_at(sample_of(counts, runs), a, b).value;
}

BetaFit fit_beta_binomial(std::span<const std::size_t> counts, std::size_t runs) {
    ASSAY_CHECK(runs >= 1);
    const Sample sample = sample_of(counts, runs);
    if (counts.empty()) return {std::nullopt, "no inputs"};
    if (sample.total == 0) return {std::nullopt, "no run ever disagrees"};
    if (sample.less.front() == 0) return {std::nullopt, "every run disagrees about every input"};
    if (runs < 2) return {std::nullopt, "one run cannot tell risks apart"};
    const bool torn = std::any_of(counts.begin(), counts.end(), [&](std::size_t x) { return x > 0 && x < runs; });
    if (!torn) return {std::nullopt, "every input disagrees always or never"};
    const double mean = sample.total / sample.inputs / static_cast<double>(runs);
    // One start is enough: from 4 starts 27,000 samples of all shapes, two hills among them, gave one maximum each.
    const Point best = climb(sample, 0.5 * mean, 0.5 * (1 - mean));
    // As a + b grows the law tends to one common risk. Where that is as likely there is no maximum to report.
    const double common = common_risk_log_likelihood(sample);
    if (!best.inside() || best.at.value <= common + 1e-9 * std::abs(common)) {
        return {std::nullopt, "the counts spread no more than one common risk makes them"};
    }
    return {law_at(best), {}};
}

std::vector<FlipRisk> flip_risks(const BetaLaw& law, std::size_t runs, double tau) {
    ASSAY_CHECK(law.a > 0 && law.b > 0 && tau > 0 && tau < 1);
    std::vector<FlipRisk> risks;
    const auto n = static_cast<double>(runs);
    for (std::size_t x = 0; x <= runs; ++x) {
        const double a = law.a + static_cast<double>(x), b = law.b + n - static_cast<double>(x);
        risks.push_back({a / (a + b), boost::math::ibetac(a, b, tau)});
    }
    return risks;
}

FlipList flip_list(const BetaLaw& law, std::span<const std::size_t> counts, std::size_t runs, double tau,
                   double level) {
    const std::vector<FlipRisk> risks = flip_risks(law, runs, tau);
    std::vector<std::size_t> histogram(runs + 1, 0);
    for (const std::size_t x : counts) {
        ASSAY_CHECK(x <= runs);
        ++histogram[x];
    }
    FlipList list;
    double listed = 0, outside = 0;
    for (std::size_t x = runs + 1; x-- > 0;) {
        if (histogram[x] == 0) continue;
        listed += static_cast<double>(histogram[x]);
        outside += static_cast<double>(histogram[x]) * (1 - risks[x].above);
        if (outside > level * listed) break;
        list.least = x;
        list.false_discovery = outside / listed;
    }
    for (std::size_t i = 0; list.least && i < counts.size(); ++i) {
        if (counts[i] >= *list.least) list.inputs.push_back(i);
    }
    return list;
}

}  // namespace assay
