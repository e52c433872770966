// How figures, places and flags are written on a terminal. Included by the sections of its report only.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "report/writer.hpp"

namespace assay {

using Rows = std::vector<std::vector<std::string>>;
inline constexpr std::size_t k_section_lines = 6;  // about; the JSON report has the rest

std::string short_name(const std::string& factor);             // "hardware.isa" -> "isa"
std::string place_text(const std::string& where);              // "all runs" where there is one configuration only
std::string digits(double value);                              // three significant ones: 0.0113, 1.02; 1.2e-9
std::string figure_text(const Figure& figure, bool share);     // "84.0% [80.1, 88.2]", "0.137 [0.00320, ?]"; "-"
std::string range_text(const Interval& interval, bool share);  // "[80.1, 88.2]"

// A level a line: "dense, lr 0.001" becomes "dense" and "lr 0.001". What is wider than a column breaks at its blanks,
// so that the level stays in sight.
std::vector<std::string> heading_lines(const std::string& name, std::size_t width);

// "and 2 more configurations: assay report --json lists all"; nothing for 0.
void say_more(Writer& w, std::size_t left, const std::string& one);

// Flags of what a section shows, with where they hold when that is not everywhere.
class Notes {
public:
    void add(const std::string& where, const std::vector<std::string>& flags);
    void add(const std::string& where, const Figure& figure);  // its flags, with the unit that dominates by name
    void add_words(const std::string& where, const std::string& words);
    void say(Writer& w) const;

private:
    std::set<std::string> places_;
    std::vector<std::string> order_;
    std::map<std::string, std::set<std::string>> where_;
};

}  // namespace assay
