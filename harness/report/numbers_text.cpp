#include "report/numbers_text.hpp"

#include "report/evidence_text.hpp"
#include "report/evidence_words.hpp"
#include "report/figure_text.hpp"
#include "report/grid_text.hpp"
#include "report/number_words.hpp"

namespace assay {
namespace {

constexpr std::size_t k_responses = 6, k_levels = 12, k_places = 12;

std::string row_name(const NumberRow& row) {
    return row.kind == FactorKind::seed ? row.factor : short_name(row.factor);
}

const FactorTest* test_of(const Response& response, const std::string& factor) {
    for (const FactorTest& test : response.evidence.tests) {
        if (test.factor == factor) return &test;
    }
    return nullptr;
}

// ---- Beside the answers: one line where it starts, one for each change of a factor from its first level

struct Shown {
    bool deviation = false, few = false, unpaired = false, tested = false, apart = false;
    std::vector<std::string> untestable;  // why

    void see(const NumberLevels& levels, const FactorTest* test) {
        const Figure& difference = levels.cell.difference;
        const bool changed = levels.cell.pairs == 0 || levels.cell.equal < levels.cell.pairs;
        few |= changed && difference.value && !difference.interval && difference.units > 0;
        unpaired |= levels.unpaired;
        const std::string word = test == nullptr ? "" : direction_word(*test);
        tested |= word == "found" || word == "none found";
        if (word == "UNTESTABLE" && std::count(untestable.begin(), untestable.end(), direction_reason(*test)) == 0)
            untestable.push_back(direction_reason(*test));
        const bool excludes_0 =
            difference.interval && (difference.interval->low > 0 || difference.interval->high.value_or(1) < 0);
        apart |= excludes_0 && word == "none found";
    }
};

void response_rows(const Response& response, Rows& rows, Shown& shown) {
    std::string start;
    if (!response.places.empty()) {
        const NumberPlace& place = response.places.front();
        start = to_spread(place.mean, place);
        if (place.deviation.value) start += ", sd " + figure_text(place.deviation, false);
        shown.deviation |= place.deviation.value.has_value();
    }
    rows.push_back({"  " + elide(response.name, 30), start, source_words(response)});
    for (const NumberRow& row : response.rows) {
        const FactorTest* const test = test_of(response, row.factor);
        for (std::size_t i = 0; i < row.level_pairs.size(); ++i) {
            const NumberLevels& levels = row.level_pairs[i];
            if (levels.first != row.level_pairs.front().first) break;  // the others: JSON
            rows.push_back({"    " + short_name(row.factor) + " " + levels.first + " / " + levels.second,
                            change_text(levels.cell), i == 0 && test != nullptr ? direction_word(*test) : ""});
            shown.see(levels, test);
        }
    }
}

std::vector<const Response*> beside(const Report& report) {
    std::vector<const Response*> out;
    for (const Response& response : report.attribution.responses) {
        if (!response.primary) out.push_back(&response);
    }
    return out;
}

void numbers_notes(Writer& w, const std::vector<const Response*>& responses) {
    for (const Response* response : responses) {
        for (const std::string& note : response->notes) w.line(wrap(response->name + ": " + note, w.width(), "  "));
        if (response->without > 0)
            w.line(
                wrap(response->name + ": " + plural(response->without, "usable run") + " without it", w.width(), "  "));
        if (!response->evidence.left_out.empty())
            w.line(wrap(response->name + ": no tests, " + response->evidence.left_out, w.width(), "  "));
    }
}

// "better: more accuracy; less log_loss, brier"
std::string better_words(const std::vector<const Response*>& responses) {
    std::vector<std::string> more, less, parts;
    for (const Response* response : responses) {
        if (response->better == Better::higher) more.push_back(response->name);
        if (response->better == Better::lower) less.push_back(response->name);
    }
    if (!more.empty()) parts.push_back("more " + join(more, ", "));
    if (!less.empty()) parts.push_back("less " + join(less, ", "));
    return parts.empty() ? "" : "better: " + join(parts, ", ");
}

void numbers_legend(Writer& w, const std::vector<const Response*>& responses, const Shown& shown) {
    const Response& first = *responses.front();
    std::vector<std::string> words;
    const std::string where = first.places.empty() ? "" : first.places.front().where;
    if (!where.empty()) words.push_back("first lines: mean and sd of " + where);
    if (const std::string better = better_words(responses); !better.empty()) words.push_back(better);
    if (shown.deviation) words.emplace_back("sd: between seeds");
    words.emplace_back("a / b: b's number minus a's, mean of matched pairs with its 95% interval");
    if (shown.unpaired) words.emplace_back("without pairs, of the means");
    if (shown.few) words.emplace_back("(n units): too few seeds for an interval");
    if (shown.tested)
        words.emplace_back(
            "found, none found: the test of directions, exploratory here: of what is found in this section, at most "
            "one in "
            "twenty is expected to be chance");
    for (const std::string& why : shown.untestable) words.push_back("UNTESTABLE: " + why);
    if (shown.apart) words.emplace_back("an interval clear of 0 is that of one number; the test pays for all of them");
    w.line(wrap(join(words, "; "), w.width(), "  "));
}

// ---- Instead of answers

std::string interval_text(const Figure& figure, bool sign) {
    const auto text = [&](double value) { return sign ? signed_digits(value) : digits(value); };
    if (!figure.interval) return without_interval(figure);
    return "[" + text(figure.interval->low) + ", " + (figure.interval->high ? text(*figure.interval->high) : "?") + "]";
}

std::vector<std::string> number_lines(const NumberCell& cell) {
    if (cell.pairs == 0) return {cell.empty_reason};
    if (cell.equal == cell.pairs) return {"0", "none of " + std::to_string(cell.pairs)};
    const bool sign = cell.difference.value.has_value();
    const Figure& figure = sign ? cell.difference : cell.size;
    std::vector<std::string> lines = {sign ? signed_digits(*figure.value) : digits(*figure.value)};
    const std::string interval = interval_text(figure, sign);
    const std::size_t comma = interval.find(", ");
    if (interval.size() < k_number_width || comma == std::string::npos) {
        lines.push_back(interval);
    } else {
        lines.push_back(interval.substr(0, comma + 1));
        lines.push_back(interval.substr(comma + 2));
    }
    if (sign) lines.push_back("|d| " + digits(*cell.size.value));
    return lines;
}

bool is_setting(const Report& report, const NumberRow& row) {
    const auto& own = report.attribution.setting_factors;
    return std::find(own.begin(), own.end(), row.factor) != own.end();
}

void number_grid(Writer& w, const Response& response, std::size_t begin, std::size_t end) {
    const auto& settings = w.report.attribution.settings;
    std::vector<std::vector<std::string>> cells;
    for (std::size_t s = begin; s < end; ++s) cells.push_back(heading_lines(settings[s].name, k_number_width - 1));
    grid_row(w, "", cells, k_number_width);
    for (const NumberRow& row : response.rows) {
        if (is_setting(w.report, row)) continue;
        cells.clear();
        for (std::size_t s = begin; s < end; ++s) cells.push_back(number_lines(row.cells[s]));
        grid_row(w, row_name(row), cells, k_number_width);
    }
}

Rows level_rows(const NumberRow& row, const std::string& name) {
    Rows rows;
    for (const NumberLevels& levels : row.level_pairs) {
        std::string size = levels.unpaired ? "different seeds" : "";
        if (levels.cell.equal < levels.cell.pairs) size = "|d| " + digits(*levels.cell.size.value);
        rows.push_back({"  " + name + levels.first + " / " + levels.second, change_text(levels.cell), size});
    }
    return rows;
}

void level_table(Writer& w, const std::string& title, Rows rows) {
    if (rows.empty()) return;
    const std::size_t left = rows.size() > k_levels ? rows.size() - k_levels : 0;
    rows.resize(rows.size() - left);
    w.line("");
    w.title(title);
    w.table(rows);
    say_more(w, left, "more pair of levels");
}

void level_tables(Writer& w, const Response& response) {
    Rows own;
    for (const NumberRow& row : response.rows) {
        if (!is_setting(w.report, row)) continue;
        const Rows rows = level_rows(row, short_name(row.factor) + " ");
        own.insert(own.end(), rows.begin(), rows.end());
    }
    level_table(w, "Changing the settings themselves", own);
    for (const NumberRow& row : response.rows) {
        const bool unpaired = std::any_of(row.level_pairs.begin(), row.level_pairs.end(),
                                          [](const NumberLevels& one) { return one.unpaired; });
        if (is_setting(w.report, row) || (row.level_pairs.size() < 2 && !unpaired)) continue;
        level_table(w, "Levels of " + short_name(row.factor) + ", all runs", level_rows(row, ""));
    }
}

void changes_legend(Writer& w, const Response& response) {
    std::size_t units = 0;
    bool few = false, sign = false, sizes = false;
    const auto see = [&](const NumberCell& cell) {
        const Figure& figure = cell.difference.value ? cell.difference : cell.size;
        if (!figure.value) return;
        const bool changed = cell.pairs == 0 || cell.equal < cell.pairs;
        if (figure.interval) units = std::max(units, figure.units);
        few |= changed && !figure.interval && figure.units > 0;
        sign |= changed && cell.difference.value.has_value();
        sizes |= changed && cell.pairs > 0 && cell.difference.value.has_value();
    };
    for (const NumberRow& row : response.rows) {
        for (const NumberCell& cell : row.cells) see(cell);
        for (const NumberLevels& levels : row.level_pairs) see(levels.cell);
    }
    std::vector<std::string> words = {"mean over pairs of runs that differ in this only"};
    if (sign) words.emplace_back("+ or -: the second level's number minus the first's");
    if (sizes) words.emplace_back("|d|: size of the change, whatever its sign");
    if (units > 0) words.push_back("[low, high]: 95% interval from " + plural(units, "unit") + " of seeds at most");
    if (few) words.emplace_back("(n units): too few seeds for an interval");
    w.line("");
    w.line(wrap(join(words, "; "), w.width(), "  "));
}

void places_table(Writer& w, const Response& response) {
    Rows rows = {{"", "runs", "mean", "least - largest", "sd between seeds"}};
    Notes notes;
    std::size_t shown = 0;
    for (const NumberPlace& place : response.places) {
        if (shown == k_places) break;
        ++shown;
        rows.push_back({"  " + place_text(place.where), std::to_string(place.runs), to_spread(place.mean, place),
                        to_spread(place.least, place) + " - " + to_spread(place.largest, place),
                        figure_text(place.deviation, false)});
        notes.add(place_text(place.where), place.deviation.flags);
    }
    w.line("");
    w.title(response.name + " in each configuration");
    w.table(rows);
    say_more(w, response.places.size() - shown, "more configuration");
    notes.say(w);
}

void number_control(Writer& w, const Response& response) {
    const auto& control = response.evidence.self_audit;
    if (!control) return;
    w.line("");
    const std::string same = std::to_string(control->bitwise_equal) + " of " + plural(control->pairs, "pair");
    w.paragraph("control", "nothing changed, run again: " + same + " give the same " + response.name +
                               (control->bitwise_equal == control->pairs
                                    ? ""
                                    : "; this training does not repeat, and every figure here contains that noise"));
}

}  // namespace

void numbers_section(Writer& w) {
    std::vector<const Response*> responses = beside(w.report);
    if (responses.empty()) return;
    const std::size_t left = responses.size() > k_responses ? responses.size() - k_responses : 0;
    responses.resize(responses.size() - left);
    Rows rows;
    Shown shown;
    for (const Response* response : responses) response_rows(*response, rows, shown);
    w.line("");
    w.title(primary_response(w.report) == nullptr ? "Numbers: how good the answers are, and what trainers report"
                                                  : "Numbers: what else the runs report");
    w.table(rows);
    say_more(w, left, "more number");
    numbers_notes(w, responses);
    numbers_legend(w, responses, shown);
}

void numbers_report(Writer& w) {
    const Response& response = *primary_response(w.report);
    w.title("Changing only this ... moves " + response.name + " by this much");
    const bool rows = std::any_of(response.rows.begin(), response.rows.end(),
                                  [&](const NumberRow& row) { return !is_setting(w.report, row); });
    const std::size_t n = rows ? w.report.attribution.settings.size() : 0,
                      per_table = settings_per_table(w, k_number_width);
    for (std::size_t begin = 0; begin < n; begin += per_table) {
        if (begin > 0) w.line("");
        number_grid(w, response, begin, std::min(n, begin + per_table));
    }
    level_tables(w, response);
    changes_legend(w, response);
    places_table(w, response);
    if (w.style.brief) return;
    directions_section(w, response.evidence.tests, response.name);
    const auto& seeds = response.evidence.seeds;
    if (std::any_of(seeds.begin(), seeds.end(), [](const SeedShares& one) { return !one.streams.empty(); }))
        shares_section(w, seeds, "variance of " + response.name + " between");
    numbers_notes(w, {&response});
    numbers_section(w);
    number_control(w, response);
}

}  // namespace assay
