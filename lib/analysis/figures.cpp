#include "analysis/figures.hpp"

#include "base/check.hpp"

namespace assay {

Figure figure_of(const JackknifeEstimate& estimate, const UnitSets& units, const std::vector<std::size_t>& runs) {
    Figure figure;
    figure.units = estimate.units;
    figure.flags = estimate.flags;
    if (estimate.value) figure.value = rounded(*estimate.value);
    if (const auto& unit = estimate.dominating) figure.dominating = dominating_unit(units, unit->set, unit->unit, runs);
    if (!estimate.interval) return figure;
    const auto& high = estimate.interval->high;
    figure.interval = Interval{rounded(estimate.interval->low), high ? std::optional(rounded(*high)) : std::nullopt};
    return figure;
}

std::vector<std::size_t> rows_of(const RunTable& table, const std::vector<std::size_t>& runs) {
    std::vector<std::size_t> rows;
    for (const std::size_t run : runs) {
        ASSAY_CHECK(table.row_of_run[run].has_value());
        rows.push_back(*table.row_of_run[run]);
    }
    return rows;
}

std::vector<std::size_t> by_row(const RunTable& table, const std::vector<std::size_t>& of_run) {
    std::vector<std::size_t> out;
    for (const std::size_t run : table.run_of_row) out.push_back(of_run[run]);
    return out;
}

}  // namespace assay
