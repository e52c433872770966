#include "report/terminal.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "report/cell_notes.hpp"
#include "report/errors.hpp"
#include "report/evidence_text.hpp"
#include "report/figure_text.hpp"
#include "report/grid_text.hpp"
#include "report/number_words.hpp"
#include "report/numbers_text.hpp"
#include "report/sentences.hpp"
#include "report/slices_text.hpp"
#include "report/writer.hpp"

namespace assay {
namespace {

std::string row_name(const EffectRow& row) {
    return row.kind == FactorKind::seed ? row.factor : row.factor.substr(row.factor.find('.') + 1);
}

std::string points(double share) { return fixed(share * 100, 1); }

std::string interval_text(const EffectCell& cell) {
    const Estimate& flips = *cell.flips;
    if (flips.value == 0) return "none of " + std::to_string(cell.pairs);
    if (!flips.interval) return "(" + plural(cell.units, "unit") + ")";
    if (!flips.interval->high) return "[0, ?] 1 unit";
    return "[" + points(flips.interval->low) + ", " + points(*flips.interval->high) + "]";
}

std::string bits_text(const EffectCell& cell) {
    if (cell.bitwise_equal == cell.pairs) return "same bits";
    return "|dp| " + scientific(cell.max_abs_dp);
}

// "collapsed"; where some runs could be used, though no two of them differ in this only: "no pair", "(collapsed)".
std::vector<std::string> empty_lines(const EffectCell& cell, const Setting& setting) {
    std::string reason = cell.empty_reason;
    std::replace(reason.begin(), reason.end(), '_', ' ');
    if (reason == "no pair" || setting.outcomes[static_cast<std::size_t>(Outcome::completed)] == 0) return {reason};
    return {"no pair", "(" + reason + ")"};
}

// Up to three lines of one cell: the share, its interval, and for all but seeds how far the probabilities moved.
std::vector<std::string> cell_lines(const EffectRow& row, const EffectCell& cell, const Setting& setting) {
    if (!cell.flips) return empty_lines(cell, setting);
    std::vector<std::string> lines = {share_text(cell.flips->value), interval_text(cell)};
    if (row.kind != FactorKind::seed || cell.bitwise_equal == cell.pairs) lines.push_back(bits_text(cell));
    return lines;
}

std::vector<std::string> replay_lines(const Setting& setting) {
    if (setting.replays == 0) return {"-"};
    if (setting.replays_identical == setting.replays) return {"identical"};
    return {setting.replay_flips == 0 ? "other bits" : share_text(setting.replay_flips) + " differ",
            setting.replay_max_abs_dp == 0 ? "same answers" : "|dp| " + scientific(setting.replay_max_abs_dp)};
}

std::vector<std::string> accuracy_lines(const Setting& setting) {
    if (!setting.accuracy_mean) return {"-"};
    return {share_text(*setting.accuracy_mean), points(*setting.accuracy_min) + " - " + points(*setting.accuracy_max)};
}

// The table of settings begin .. end - 1, side by side.
void effect_table(Writer& w, std::size_t begin, std::size_t end) {
    const Attribution& a = w.report.attribution;
    const auto collect = [&](const auto& make) {
        std::vector<std::vector<std::string>> cells;
        for (std::size_t s = begin; s < end; ++s) cells.push_back(make(s));
        return cells;
    };
    grid_row(w, "", collect([&](std::size_t s) { return heading_lines(a.settings[s].name, k_column_width - 1); }));
    for (const EffectRow& row : a.rows) {
        grid_row(w, row_name(row),
                 collect([&](std::size_t s) { return cell_lines(row, row.cells[s], a.settings[s]); }));
    }
    grid_row(w, "nothing (replay)", collect([&](std::size_t s) { return replay_lines(a.settings[s]); }));
    const auto judged = [&](std::size_t s) { return a.settings[s].accuracy_mean.has_value(); };
    bool any = false;
    for (std::size_t s = begin; s < end; ++s) any = any || judged(s);
    if (!any) return;
    w.line("");
    grid_row(w, "accuracy", collect([&](std::size_t s) { return accuracy_lines(a.settings[s]); }));
}

// One line for one cell: name, share, interval, and where there is room how far the probabilities moved.
struct LineLayout {
    std::size_t name;  // columns of the name
    bool bits, distance;
};

LineLayout line_layout(std::size_t width) {
    constexpr std::size_t k_share = 9, k_interval = 15, k_bits = 13, k_distance = 16, k_indent = 2;
    const std::size_t least = k_indent + k_share + k_interval, bits = least + k_bits, all = bits + k_distance;
    if (width >= all + 20) return {std::min<std::size_t>(width - all, 34), true, true};
    if (width >= bits + 18) return {width - bits, true, false};
    return {width - least, false, false};
}

void cell_line(Writer& w, std::size_t indent, const std::string& name, const EffectCell& cell) {
    const LineLayout layout = line_layout(w.width());
    const std::size_t room = layout.name + 2 - indent;
    std::string text = std::string(indent, ' ') + pad_right(elide(name, room - 1), room);
    if (!cell.flips) {
        w.line(text + "  " + cell.empty_reason);
        return;
    }
    text += pad_left(share_text(cell.flips->value), 7) + "  " + pad_right(interval_text(cell), 15);
    if (layout.bits) text += pad_right(bits_text(cell), 13);
    if (layout.distance) text += "distance " + scientific(cell.distance->value);
    w.line(text);
}

void setting_table(Writer& w) {
    if (w.report.attribution.setting_rows.empty()) return;
    w.line("");
    w.title("Changing the settings themselves, the same seeds");
    for (const EffectRow& row : w.report.attribution.setting_rows) {
        cell_line(w, 2, row_name(row) + (row.where.empty() ? "" : " at " + row.where), row.cells[0]);
        for (const LevelPair& pair : row.level_pairs) cell_line(w, 4, pair.first + " / " + pair.second, pair.cell);
    }
}

void level_tables(Writer& w) {
    for (const EffectRow& row : w.report.attribution.rows) {
        if (row.level_pairs.empty()) continue;
        w.line("");
        w.title("Levels of " + row_name(row) + ", all runs");
        for (const LevelPair& pair : row.level_pairs) cell_line(w, 2, pair.first + " / " + pair.second, pair.cell);
    }
}

// Only what the tables show needs a word.
struct Shown {
    std::size_t units = 0;
    bool intervals = false, few = false, lone = false, probabilities = false, distances = false;

    void see(const EffectCell& cell, bool bits, bool distance) {
        if (!cell.flips) return;
        distances = distances || distance;
        intervals = intervals || (cell.flips->interval && cell.flips->interval->high);
        few = few || cell.flips->flag == "CI_TOO_FEW_UNITS";
        lone = lone || cell.flips->flag == "UNBOUNDED";
        probabilities = probabilities || (bits && cell.bitwise_equal < cell.pairs);
        units = std::max(units, cell.units);
    }
};

void legend(Writer& w) {
    const Attribution& a = w.report.attribution;
    const LineLayout layout = line_layout(w.width());
    Shown shown;
    for (const EffectRow& row : a.rows) {
        for (const EffectCell& cell : row.cells) shown.see(cell, row.kind != FactorKind::seed, false);
        for (const LevelPair& pair : row.level_pairs) shown.see(pair.cell, layout.bits, layout.distance);
    }
    for (const EffectRow& row : a.setting_rows) shown.see(row.cells[0], layout.bits, layout.distance);
    for (const Setting& setting : a.settings) shown.probabilities |= setting.replay_max_abs_dp > 0;
    std::vector<std::string> words;
    if (shown.intervals)
        words.push_back("[low, high]: 95% interval from " + plural(shown.units, "unit") + " of seeds at most");
    if (shown.few) words.emplace_back("(n units): too few seeds for an interval");
    if (shown.lone) words.emplace_back("[0, ?]: one unit carries all of it");
    if (shown.probabilities) words.emplace_back("|dp|: largest change of a probability");
    if (shown.distances) words.emplace_back("distance: mean squared Hellinger distance");
    if (words.empty()) return;
    w.line("");
    w.line(wrap(join(words, "; "), w.width(), "  "));
}

void rates(Writer& w) {
    const auto show = [&](const char* word, const Rate Setting::*rate) {
        for (const Setting& setting : w.report.attribution.settings) {
            const Rate& r = setting.*rate;
            if (r.count == 0) continue;
            const std::string where = w.report.attribution.settings.size() > 1 ? " of " + setting.name : "";
            w.paragraph(word, std::to_string(r.count) + " of " + plural(r.of, "run") + where +
                                  " (replays apart; 95% interval: " + points(r.interval.low) + " to " +
                                  percent(*r.interval.high) + ")");
        }
    };
    const std::size_t before = w.out.size();
    show("collapsed", &Setting::collapsed);
    show("diverged", &Setting::diverged);
    show("failed", &Setting::failed);
    if (w.out.size() > before) w.out.insert(before, "\n");
}

void failures(Writer& w) {
    constexpr std::size_t k_shown = 3;
    for (std::size_t i = 0; i < std::min(k_shown, w.report.failed.size()); ++i) {
        const FailedRun& run = w.report.failed[i];
        w.line("");
        const std::string what = "run " + run.label + " failed";
        w.line(w.red(what) + "  " + elide(run.cell, w.width() - what.size() - 2));
        w.line(wrap(run.reason, w.width(), "  "));
        for (const std::string& text : run.log_tail) w.line("  | " + elide(text, w.width() - 4));
        if (!run.reproduce.empty()) w.line("  by hand: " + run.reproduce);
    }
    if (w.report.failed.size() > k_shown) {
        w.line("");
        w.line(wrap(
            "and " + plural(w.report.failed.size() - k_shown, "more failed run") + ": assay report --json lists all",
            w.width()));
    }
}

void header(Writer& w) {
    const Report& r = w.report;
    std::size_t replays = 0, identical = 0;
    for (const Setting& setting : r.attribution.settings) {
        replays += setting.replays;
        identical += setting.replays_identical;
    }
    std::string counts =
        r.stored == r.planned ? plural(r.planned, "run") : std::to_string(r.stored) + " of " + plural(r.planned, "run");
    counts += ", " + std::to_string(r.failed.size()) + " failed";
    if (replays > 0) {
        counts += ", " + (identical == replays
                              ? plural(replays, "replay") + " identical"
                              : std::to_string(replays - identical) + " of " + plural(replays, "replay") + " DIFFER");
    }
    const std::string title = elide(r.name, std::min<std::size_t>(30, w.width() - 14)) + "  " + r.audit.substr(0, 12);
    const std::size_t have = display_width(title) + counts.size();
    if (have + 2 <= w.width()) {
        w.line(w.bold(title) + std::string(w.width() - have, ' ') + counts);
    } else {
        w.line(w.bold(title));
        w.line(wrap(counts, w.width()));
    }
    w.line("");
}

void lead(Writer& w) {
    const std::size_t begin = w.report.errors.size();  // errors stand above, first
    for (std::size_t i = begin; i < w.report.lead.size(); ++i) w.line(wrap(w.report.lead[i], w.width()));
    if (begin < w.report.lead.size()) w.line("");
}

void changes(Writer& w) {
    w.title("Changing only this ... changes this share of the predicted labels");
    const std::size_t per_table = settings_per_table(w);
    const std::size_t n = w.report.attribution.settings.size();
    for (std::size_t begin = 0; begin < n; begin += per_table) {
        if (begin > 0) w.line("");
        effect_table(w, begin, std::min(n, begin + per_table));
    }
    setting_table(w);
    level_tables(w);
    legend(w);
    cell_notes(w);
}

void ending(Writer& w) {
    const Report& report = w.report;
    if (!w.out.ends_with("\n\n")) w.line("");
    for (std::size_t i = 0; i < report.next.size(); ++i) w.paragraph(i == 0 ? "Next" : "", report.next[i]);
    // Where the runs lie is context: it is no part of report.next, which two stores must share to the byte.
    const std::string& store = report.context.store;
    if (!store.empty() && store != k_default_store) w.paragraph("", "each assay command with --store " + store);
    const double training = report.context.training_s;  // 0 where nobody measured it, as of an imported table
    w.paragraph("Made", report.context.generated + " by " + report.context.tool + " from " + report.context.store +
                            (training > 0 ? "; " + duration_text(training) + " of training" : ""));
}

}  // namespace

std::string terminal_report(const Report& report, const TerminalStyle& style) {
    Writer w{report, style, ""};
    header(w);
    errors_section(w);
    if (!style.brief) lead(w);
    if (primary_response(report) != nullptr) {
        numbers_report(w);
    } else {
        changes(w);
        if (!style.brief) {
            how_much_section(w);
            shares_section(w, report.attribution.evidence.seeds, "half the mean squared Hellinger distance of");
            hardware_section(w);
            inputs_section(w);
            slices_section(w);
            numbers_section(w);
            control_section(w);
        }
    }
    rates(w);
    failures(w);
    if (style.brief) {
        w.line("");
        lead(w);
    }
    ending(w);
    return style.unicode ? w.out : ascii_columns(w.out);
}

}  // namespace assay
