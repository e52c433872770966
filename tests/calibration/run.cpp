#include "calibration/run.hpp"

#include <algorithm>
#include <atomic>
#include <boost/math/distributions/binomial.hpp>
#include <cmath>

#include "base/check.hpp"
#include "base/on_threads.hpp"

namespace assay::calibration {
namespace {

constexpr std::uint64_t k_seed = 2026;
constexpr double k_chance = 1e-4, k_chance_in_se = 3.72;  // one-sided normal quantile of 1e-4

bool rate_ok(double ones, double audits, double low, double high, bool widened) {
    const double rate = ones / audits;
    if (rate >= low && rate <= high) return true;
    if (!widened) return false;
    using boost::math::binomial;
    if (rate < low) return boost::math::cdf(binomial(audits, low), ones) >= k_chance;
    return boost::math::cdf(boost::math::complement(binomial(audits, high), ones - 1)) >= k_chance;
}

Verdict judged(const Measure& measure, const std::vector<double>& values, bool widened) {
    Verdict verdict;
    verdict.measure = measure.name;
    verdict.kind = measure.kind;
    verdict.audits = values.size();
    verdict.low = measure.low;
    verdict.high = measure.high;
    const auto n = static_cast<double>(values.size());
    double sum = 0, squares = 0;
    for (const double value : values) sum += value;
    verdict.value = sum / n;
    for (const double value : values) squares += (value - verdict.value) * (value - verdict.value);
    verdict.se = std::sqrt(squares / (n - 1) / n);
    const double chance = widened ? k_chance_in_se * verdict.se : 0;
    if (measure.kind == Kind::rate) {
        verdict.ok = rate_ok(sum, n, measure.low, measure.high, widened);
    } else if (measure.kind == Kind::mean || measure.kind == Kind::number) {
        verdict.ok = verdict.value <= measure.high + chance;
    } else {
        const double most = widened ? k_chance_in_se : 3;
        verdict.ok = std::abs(verdict.value) <= most * verdict.se && std::abs(verdict.value) <= measure.high + chance;
    }
    return verdict;
}

}  // namespace

std::vector<Verdict> run_cell(const std::string& bar, const Cell& cell, std::size_t audits, unsigned threads,
                              bool widened) {
    ASSAY_CHECK(audits > 1);
    const std::size_t width = cell.measures.size();
    std::vector<double> values(audits * width);
    const Audit audit = cell.prepare();
    std::atomic<std::size_t> next = 0;
    on_threads(threads, [&](unsigned) {
        for (std::size_t i = next++; i < audits; i = next++) {
            Random random(k_seed, "calibration." + bar + ", " + cell.name, i);
            audit(i, random, {values.data() + i * width, width});
        }
    });
    std::vector<Verdict> verdicts;
    for (std::size_t k = 0; k < width; ++k) {
        std::vector<double> of_measure;
        for (std::size_t i = 0; i < audits; ++i) of_measure.push_back(values[i * width + k]);
        verdicts.push_back(judged(cell.measures[k], of_measure, widened));
        verdicts.back().cell = cell.name;
    }
    return verdicts;
}

}  // namespace assay::calibration
