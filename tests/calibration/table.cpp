#include "calibration/table.hpp"

#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "calibration/pool.hpp"

namespace assay::calibration {
namespace {

std::string value_text(const Verdict& verdict, double value) {
    if (verdict.kind == Kind::number) return fixed(value, 2);
    return verdict.kind == Kind::bias ? fixed(100 * value, 2) + "% of V" : percent(value, 2);
}

std::string bounds_text(const Verdict& verdict) {
    if (verdict.kind == Kind::bias) return "3 se, " + percent(verdict.high, 0) + " of V";
    if (verdict.kind == Kind::number) return "at most " + fixed(verdict.high, 1);
    if (verdict.low <= 0 && verdict.high >= 1) return "none";
    if (verdict.low <= 0) return "at most " + percent(verdict.high);
    if (verdict.high >= 1) return "at least " + percent(verdict.low);
    return percent(verdict.low) + " to " + percent(verdict.high);
}

std::vector<std::string> section_order() {
    std::vector<std::string> ids = simulated_bar_ids();
    for (std::string& id : pool_bar_ids()) ids.push_back(std::move(id));
    return ids;
}

// The bar whose section begins with this line; the number of bars for any other line.
std::size_t place_of_heading(const std::vector<std::string>& order, std::string_view line) {
    std::size_t place = 0;
    while (place < order.size() && !line.starts_with("## " + order[place] + ":")) ++place;
    return place;
}

}  // namespace

std::string verdict_line(const Verdict& verdict) {
    const std::string name = verdict.cell + (verdict.measure.empty() ? "" : ": " + verdict.measure);
    return "| " + name + " | " + std::to_string(verdict.audits) + " | " + value_text(verdict, verdict.value) + " | " +
           value_text(verdict, verdict.se) + " | " + bounds_text(verdict) + " | " + (verdict.ok ? "ok" : "**over**") +
           " |";
}

std::string bar_section(const Bar& bar, const std::vector<Verdict>& verdicts, const Summary& summary) {
    std::string text = "## " + bar.id + ": " + bar.title + "\n\n" + wrap(bar.how, 118) + "\n\n";
    text += "`calibrate " + bar.id + " --audits " + std::to_string(summary.audits) + summary.more_words +
            "`: " + plural(summary.cells, "cell") + ", " + std::to_string(summary.over) + " over.\n\n";
    text += "| audits of | number | measured | standard error | bar | |\n|---|---|---|---|---|---|\n";
    for (const Verdict& verdict : verdicts) text += verdict_line(verdict) + "\n";
    return text + "\n";
}

std::string with_section(std::string_view readme, std::string_view bar, std::string_view section) {
    const std::vector<std::string> order = section_order();
    std::map<std::size_t, std::string> sections;  // by place
    std::string above;
    std::string* into = &above;
    for (const std::string& line : split_lines(readme)) {
        const std::size_t place = place_of_heading(order, line);
        if (place < order.size()) into = &sections[place];
        *into += line + "\n";
    }
    sections[place_of_heading(order, "## " + std::string(bar) + ":")] = section;
    for (const auto& [place, text] : sections) {
        while (above.ends_with("\n\n")) above.pop_back();
        above += "\n" + text;
    }
    while (above.ends_with("\n\n")) above.pop_back();
    return above;
}

}  // namespace assay::calibration
