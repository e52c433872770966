#include "report/cell_notes.hpp"

#include "report/evidence_words.hpp"
#include "report/figure_text.hpp"

namespace assay {
namespace {

// Every cell with what it is the change of.
template <class See>
void each_cell(const Attribution& a, const See& see) {
    const auto name = [](const EffectRow& row) {
        return row.kind == FactorKind::seed ? row.factor : short_name(row.factor);
    };
    for (const EffectRow& row : a.rows) {
        for (std::size_t s = 0; s < row.cells.size(); ++s)
            see(name(row) + (a.settings.size() > 1 ? " in " + a.settings[s].name : ""), row.cells[s]);
    }
    for (const EffectRow& row : a.setting_rows)
        see(name(row) + (row.where.empty() ? "" : " at " + row.where), row.cells[0]);
}

void dominating_runs(Writer& w) {
    constexpr std::size_t k_shown = 3;
    std::vector<std::string> found;
    each_cell(w.report.attribution, [&](const std::string& name, const EffectCell& cell) {
        if (cell.flips && cell.flips->dominating && cell.flips->flag == "ONE_RUN_DOMINATES")
            found.push_back(unit_words(*cell.flips->dominating) + " of " + name);
    });
    if (found.empty()) return;
    const std::size_t left = found.size() - std::min(found.size(), k_shown);
    found.resize(found.size() - left);
    std::string text = "more than half of the uncertainty: " + join(found, "; ");
    if (left > 0) text += "; and in " + plural(left, "more cell");
    w.line(wrap(text, w.width(), "  "));
}

void other_distances(Writer& w) {
    const EffectCell* far = nullptr;
    std::string where;
    each_cell(w.report.attribution, [&](const std::string& name, const EffectCell& cell) {
        if (!cell.jensen_shannon || !cell.total_variation || !cell.brier || cell.distance->value == 0) return;
        if (far != nullptr && cell.distance->value <= far->distance->value) return;
        far = &cell;
        where = name;
    });
    if (far == nullptr) return;
    w.line(wrap("farthest, " + where + ": Jensen-Shannon " + scientific(far->jensen_shannon->value) +
                    " bits, total variation " + scientific(far->total_variation->value) + ", Brier " +
                    scientific(far->brier->value) + " (all: assay report --json)",
                w.width(), "  "));
}

}  // namespace

void cell_notes(Writer& w) {
    dominating_runs(w);
    if (!w.style.brief) other_distances(w);
}

}  // namespace assay
