// How much is a lot: rounding and seeds on one axis, and whether a change pushes all seeds the same way.
#include <cmath>

#include "report/evidence_text.hpp"
#include "report/evidence_words.hpp"
#include "report/figure_text.hpp"

namespace assay {
namespace {

constexpr int k_least_decade = -8;  // 1e-8, about a unit in the last place of a float near 0.1

// Marks of one row: "o" where no label changed, "x" where some did.
std::string axis_row(const EffectRow& row, std::size_t per_decade) {
    bool pairs = false, moved = false;
    for (const EffectCell& cell : row.cells) {
        pairs |= cell.pairs > 0;
        moved |= cell.max_abs_dp > 0;
    }
    if (!moved) return pairs ? "none" : "no pair";
    std::string axis(per_decade * static_cast<std::size_t>(-k_least_decade) + 1, '.');
    for (const EffectCell& cell : row.cells) {
        if (!cell.flips || cell.max_abs_dp <= 0) continue;
        const double decades = std::clamp(std::log10(cell.max_abs_dp) - k_least_decade, 0.0, -1.0 * k_least_decade);
        char& mark = axis[static_cast<std::size_t>(std::lround(decades * static_cast<double>(per_decade)))];
        if (mark != 'x') mark = cell.flips->value > 0 ? 'x' : 'o';
    }
    return axis;
}

std::string axis_ticks(std::size_t per_decade) {
    const int step = per_decade >= 4 ? 2 : 4;
    std::string ticks;
    for (int decade = k_least_decade; decade <= 0; decade += step) {
        ticks = pad_right(ticks, per_decade * static_cast<std::size_t>(decade - k_least_decade));
        ticks += decade == 0 ? "1" : decade == -2 ? "0.01" : "1e" + std::to_string(decade);
    }
    return ticks;
}

// Only where something else than seeds moved a probability: then rounding and seeds stand on one axis.
void axis(Writer& w) {
    bool any = false;
    for (const EffectRow& row : w.report.attribution.rows) {
        for (const EffectCell& cell : row.cells) any |= row.kind != FactorKind::seed && cell.max_abs_dp > 0;
    }
    if (!any) return;
    const std::size_t per_decade = w.width() >= 70 ? 5 : 2;
    Rows rows = {{"", axis_ticks(per_decade)}};
    for (const EffectRow& row : w.report.attribution.rows) {
        const std::string name = row.kind == FactorKind::seed ? row.factor : short_name(row.factor);
        rows.push_back({"  " + elide(name, 16), axis_row(row, per_decade)});
    }
    w.line("");
    w.title("How much is a lot: the largest change of any probability");
    w.table(rows);
    w.line(wrap("in each setting: o no label changed, x labels changed; floats round at 1e-7", w.width(), "  "));
}

// The interval is in the JSON where there is no room for it.
std::string shift_text(const LevelShift& shift, std::size_t width) {
    constexpr std::size_t k_wide = 100;
    if (!shift.kappa) return "";
    const std::string text = "shift " + scientific(*shift.kappa);
    return shift.kappa_interval && width >= k_wide ? text + " " + range_text(*shift.kappa_interval, false) : text;
}

std::string spread_text(const LevelShift& shift) {
    if (!shift.spread_ratio) return "";
    const std::string text = "spread x " + digits(*shift.spread_ratio);
    return shift.spread_interval ? text + " " + range_text(*shift.spread_interval, false) : text;
}

// Why a factor has no answer, or has it from fewer seeds: factors with the same reason share a line.
Rows direction_reasons(const std::vector<FactorTest>& tests) {
    std::vector<std::pair<std::string, std::vector<std::string>>> reasons;
    const auto add = [&](const FactorTest& test, const std::string& reason) {
        auto at = std::find_if(reasons.begin(), reasons.end(), [&](const auto& one) { return one.first == reason; });
        if (at == reasons.end()) at = reasons.insert(reasons.end(), {reason, {}});
        at->second.push_back(short_name(test.factor));
    };
    for (const FactorTest& test : tests) {
        if (const std::string reason = direction_reason(test); !reason.empty())
            add(test, direction_word(test) + ": " + reason);
        if (test.nested && test.p) add(test, "each level has seeds of its own, whole seeds are compared");
        if (test.seeds_left_out > 0)
            add(test, plural(test.seeds_left_out, "seed") + " left out, not usable at every level");
    }
    Rows rows;
    for (const auto& [reason, factors] : reasons) rows.push_back({join(factors, ", ") + ": " + reason});
    return rows;
}

}  // namespace

void directions_section(Writer& w, const std::vector<FactorTest>& tests, const std::string& means) {
    Rows rows;
    std::size_t left = 0;
    bool shifts = false, spreads = false;
    for (const FactorTest& test : tests) {
        const std::string word = direction_word(test), name = "  " + short_name(test.factor);
        if (test.shifts.empty() && word != "not tested") rows.push_back({name, word, "", ""});
        for (std::size_t i = 0; i < test.shifts.size(); ++i) {
            const LevelShift& shift = test.shifts[i];
            if (rows.size() >= k_section_lines) {
                ++left;
                continue;
            }
            rows.push_back({name + " " + shift.first + " / " + shift.second, i == 0 ? word : "",
                            shift_text(shift, w.width()), spread_text(shift)});
            shifts |= shift.kappa.has_value();
            spreads |= shift.spread_ratio.has_value();
        }
    }
    if (tests.empty()) return;
    w.line("");
    w.title("Directions: does a change push all seeds the same way?");
    w.table(rows);
    say_more(w, left, "more pair of levels");
    w.table(direction_reasons(tests));
    std::vector<std::string> words;
    if (shifts) words.push_back("shift: squared distance of the mean " + means + ", in variances between seeds");
    if (spreads) words.emplace_back("spread: that variance at the second level over the first");
    if (!words.empty()) w.line(wrap(join(words, "; "), w.width(), "  "));
}

void how_much_section(Writer& w) {
    axis(w);
    directions_section(w, w.report.attribution.evidence.tests, "answers");
}

}  // namespace assay
