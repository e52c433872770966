#include "report/terminal.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace assay {
namespace {

constexpr std::size_t k_name_width = 19, k_column_width = 15;

struct Writer {
    const Report& report;
    const TerminalStyle& style;
    std::string out;

    std::string bold(const std::string& text) const { return style.color ? "\033[1m" + text + "\033[0m" : text; }
    std::string red(const std::string& text) const { return style.color ? "\033[31m" + text + "\033[0m" : text; }
    void line(const std::string& text) { out += text.substr(0, text.find_last_not_of(' ') + 1) + "\n"; }
    void paragraph(const std::string& label, const std::string& text) {
        const auto width = static_cast<std::size_t>(style.width) - 12;
        const auto lines = split_lines(wrap(text, width));
        for (std::size_t i = 0; i < lines.size(); ++i) line(pad_right(i == 0 ? label : "", 12) + lines[i]);
    }
};

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

// Up to three lines of one cell: the share, its interval, and for all but seeds how far the probabilities moved.
std::vector<std::string> cell_lines(const EffectRow& row, std::size_t setting) {
    const EffectCell& cell = row.cells[setting];
    if (!cell.flips) return {cell.empty_reason};
    std::vector<std::string> lines = {percent(cell.flips->value), interval_text(cell)};
    if (row.kind != FactorKind::seed || cell.bitwise_equal == cell.pairs) lines.push_back(bits_text(cell));
    return lines;
}

std::string centered(const std::string& text, std::size_t width) {
    const std::size_t have = display_width(text);
    const std::size_t left = have < width ? (width - have) / 2 : 0;
    return pad_right(std::string(left, ' ') + text, width);
}

void table_row(Writer& w, const std::string& name, const std::vector<std::vector<std::string>>& cells) {
    std::size_t height = 1;
    for (const auto& lines : cells) height = std::max(height, lines.size());
    for (std::size_t i = 0; i < height; ++i) {
        std::string text = pad_right(i == 0 ? elide("  " + name, k_name_width - 1) : "", k_name_width);
        for (const auto& lines : cells) {
            text += centered(i < lines.size() ? elide(lines[i], k_column_width - 1) : "", k_column_width);
        }
        w.line(text);
    }
}

std::vector<std::string> replay_lines(const Setting& setting) {
    if (setting.replays == 0) return {"-"};
    if (setting.replays_identical == setting.replays) return {"identical"};
    return {percent(setting.replay_flips) + " differ", "|dp| " + scientific(setting.replay_max_abs_dp)};
}

std::vector<std::string> accuracy_lines(const Setting& setting) {
    if (!setting.accuracy_mean) return {"-"};
    return {percent(*setting.accuracy_mean), points(*setting.accuracy_min) + " - " + points(*setting.accuracy_max)};
}

// The table of settings begin .. end - 1, side by side.
void effect_table(Writer& w, std::size_t begin, std::size_t end) {
    const Attribution& a = w.report.attribution;
    const auto collect = [&](const auto& make) {
        std::vector<std::vector<std::string>> cells;
        for (std::size_t s = begin; s < end; ++s) cells.push_back(make(s));
        return cells;
    };
    table_row(w, "", collect([&](std::size_t s) {
                  std::vector<std::string> parts = split(a.settings[s].name, ',');
                  for (std::string& part : parts) part.erase(0, part.find_first_not_of(' '));
                  return parts;
              }));
    for (const EffectRow& row : a.rows)
        table_row(w, row_name(row), collect([&](std::size_t s) { return cell_lines(row, s); }));
    table_row(w, "nothing (replay)", collect([&](std::size_t s) { return replay_lines(a.settings[s]); }));
    const auto judged = [&](std::size_t s) { return a.settings[s].accuracy_mean.has_value(); };
    bool any = false;
    for (std::size_t s = begin; s < end; ++s) any = any || judged(s);
    if (!any) return;
    w.line("");
    table_row(w, "accuracy", collect([&](std::size_t s) { return accuracy_lines(a.settings[s]); }));
}

// Only what the table shows needs a word.
void legend(Writer& w) {
    std::size_t units = 0;
    bool intervals = false, few = false, lone = false, probabilities = false;
    for (const EffectRow& row : w.report.attribution.rows) {
        for (const EffectCell& cell : row.cells) {
            if (!cell.flips) continue;
            intervals = intervals || cell.flips->interval.has_value();
            few = few || cell.flips->flag == "CI_TOO_FEW_UNITS";
            lone = lone || cell.flips->flag == "UNBOUNDED";
            probabilities = probabilities || row.kind != FactorKind::seed;
            units = std::max(units, cell.units);
        }
    }
    std::vector<std::string> words;
    if (intervals) words.push_back("[low, high]: 95% interval from " + plural(units, "unit") + " of seeds at most");
    if (few) words.emplace_back("(n units): too few seeds for an interval");
    if (lone) words.emplace_back("[0, ?]: one unit carries all of it");
    if (probabilities) words.emplace_back("|dp|: largest change of a probability");
    if (words.empty()) return;
    w.line("");
    w.line(wrap(join(words, "; "), static_cast<std::size_t>(w.style.width), "  "));
}

std::string one_line(const EffectCell& cell) {
    if (!cell.flips) return cell.empty_reason;
    const std::string distance = "  distance " + scientific(cell.distance->value);
    return pad_left(percent(cell.flips->value), 7) + "  " + pad_right(interval_text(cell), 15) +
           pad_right(bits_text(cell), 13) + distance;
}

void setting_table(Writer& w) {
    if (w.report.attribution.setting_rows.empty()) return;
    w.line("");
    w.line(w.bold("Changing the settings themselves, the same seeds"));
    for (const EffectRow& row : w.report.attribution.setting_rows) {
        const std::string where = row.where.empty() ? "" : ", " + row.where;
        const std::string name = elide(row_name(row) + where, 27);
        w.line("  " + pad_right(name, 28) + one_line(row.cells[0]));
        for (const LevelPair& pair : row.level_pairs) {
            w.line("    " + pad_right(elide(pair.first + " / " + pair.second, 25), 26) + one_line(pair.cell));
        }
    }
}

void level_tables(Writer& w) {
    for (const EffectRow& row : w.report.attribution.rows) {
        if (row.level_pairs.empty()) continue;
        w.line("");
        w.line(w.bold("Levels of " + row_name(row) + ", all runs"));
        for (const LevelPair& pair : row.level_pairs) {
            w.line("  " + pad_right(elide(pair.first + " / " + pair.second, 27), 28) + one_line(pair.cell));
        }
    }
}

void rates(Writer& w) {
    const auto show = [&](const char* word, const Rate Setting::*rate) {
        for (const Setting& setting : w.report.attribution.settings) {
            const Rate& r = setting.*rate;
            if (r.count == 0) continue;
            w.paragraph(word, std::to_string(r.count) + " of " + plural(r.of, "run") + " of " + setting.name +
                                  " (95% interval of the rate: " + points(r.interval.low) + " to " +
                                  percent(*r.interval.high) + ")");
        }
    };
    w.line("");
    show("collapsed", &Setting::collapsed);
    show("diverged", &Setting::diverged);
    show("failed", &Setting::failed);
    std::vector<std::string> verified, unverified;
    for (const HardwareCheck& check : w.report.attribution.hardware) {
        (check.verified == check.of ? verified : unverified).push_back(check.factor);
    }
    if (!verified.empty())
        w.paragraph("verified", join(verified, ", ") + ": the libraries report what was asked, in every run");
    if (!unverified.empty())
        w.paragraph("unverified", join(unverified, ", ") + ": set, but no library said so in every run");
}

void failures(Writer& w) {
    constexpr std::size_t k_shown = 3;
    for (std::size_t i = 0; i < std::min(k_shown, w.report.failed.size()); ++i) {
        const FailedRun& run = w.report.failed[i];
        w.line("");
        w.line(w.red("run " + run.label + " failed") + "  " +
               elide(run.cell, static_cast<std::size_t>(w.style.width) - 18));
        w.line(wrap(run.reason, static_cast<std::size_t>(w.style.width), "  "));
        for (const std::string& text : run.log_tail)
            w.line("  | " + elide(text, static_cast<std::size_t>(w.style.width) - 4));
        if (!run.reproduce.empty()) w.line("  by hand: " + run.reproduce);
    }
    if (w.report.failed.size() > k_shown) {
        w.line("");
        w.line("and " + plural(w.report.failed.size() - k_shown, "more failed run") +
               ": assay report --json lists all");
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
    const std::string title = elide(r.name, 30) + "  " + r.audit.substr(0, 12);
    const auto width = static_cast<std::size_t>(w.style.width);
    const std::size_t gap = title.size() + counts.size() + 2 <= width ? width - title.size() - counts.size() : 2;
    w.line(w.bold(title) + std::string(gap, ' ') + counts);
    w.line("");
}

}  // namespace

std::string terminal_report(const Report& report, const TerminalStyle& style) {
    Writer w{report, style, ""};
    header(w);
    w.line(w.bold("Changing only this ... changes this share of the predicted labels"));
    const std::size_t per_table =
        std::max<std::size_t>(1, (static_cast<std::size_t>(style.width) - k_name_width) / k_column_width);
    const std::size_t n = report.attribution.settings.size();
    for (std::size_t begin = 0; begin < n; begin += per_table) {
        if (begin > 0) w.line("");
        effect_table(w, begin, std::min(n, begin + per_table));
    }
    legend(w);
    setting_table(w);
    level_tables(w);
    rates(w);
    failures(w);
    w.line("");
    for (const std::string& sentence : report.lead) w.line(wrap(sentence, static_cast<std::size_t>(style.width)));
    w.line("");
    for (std::size_t i = 0; i < report.next.size(); ++i) w.paragraph(i == 0 ? "Next" : "", report.next[i]);
    w.paragraph("Made", report.context.generated + " by " + report.context.tool + " from " + report.context.store +
                            "; " + duration_text(report.context.training_s) + " of training");
    if (style.unicode) return w.out;
    std::string ascii;
    for (std::size_t i = 0; i < w.out.size(); ++i) {
        const auto byte = static_cast<unsigned char>(w.out[i]);
        if (byte < 0x80) ascii += w.out[i];
        if (byte >= 0xC0) ascii += '~';  // one column for one column
    }
    return ascii;
}

}  // namespace assay
