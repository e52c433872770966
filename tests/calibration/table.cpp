#include "calibration/table.hpp"

#include <algorithm>
#include <map>

#include "base/text.hpp"

namespace assay::calibration {
namespace {

std::string value_text(const Verdict& verdict, double value) {
    return verdict.kind == Kind::bias ? fixed(100 * value, 2) + "% of V" : percent(value, 2);
}

std::string bounds_text(const Verdict& verdict) {
    if (verdict.kind == Kind::bias) return "3 se, " + percent(verdict.high, 0) + " of V";
    if (verdict.low <= 0 && verdict.high >= 1) return "none";
    if (verdict.low <= 0) return "at most " + percent(verdict.high);
    if (verdict.high >= 1) return "at least " + percent(verdict.low);
    return percent(verdict.low) + " to " + percent(verdict.high);
}

std::size_t place_of(std::string_view bar) {
    const std::vector<Bar> bars = all_bars();
    const auto found = std::find_if(bars.begin(), bars.end(), [&](const Bar& other) { return other.id == bar; });
    return static_cast<std::size_t>(found - bars.begin());
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
    text += "`calibrate " + bar.id + " --audits " + std::to_string(summary.audits) +
            "`: " + plural(summary.cells, "cell") + ", " + std::to_string(summary.over) + " over.\n\n";
    text += "| audits of | number | measured | standard error | bar | |\n|---|---|---|---|---|---|\n";
    for (const Verdict& verdict : verdicts) text += verdict_line(verdict) + "\n";
    return text + "\n";
}

std::string with_section(std::string_view readme, std::string_view bar, std::string_view section) {
    std::map<std::size_t, std::string> sections;  // by place
    std::string above;
    std::string* into = &above;
    for (const std::string& line : split_lines(readme)) {
        if (line.starts_with("## B")) into = &sections[place_of(line.substr(3, line.find(':') - 3))];
        *into += line + "\n";
    }
    sections[place_of(bar)] = section;
    for (const auto& [place, text] : sections) above += text;
    while (above.ends_with("\n\n")) above.pop_back();
    return above;
}

}  // namespace assay::calibration
