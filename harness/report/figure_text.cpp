#include "report/figure_text.hpp"

#include <cmath>

#include "report/evidence_words.hpp"

namespace assay {
namespace {

// "84.0"; what rounds to 0 has no sign.
std::string points(double share) {
    const std::string text = fixed(share * 100, 1);
    return text == "-0.0" ? "0.0" : text;
}

}  // namespace

std::string short_name(const std::string& factor) { return factor.substr(factor.find('.') + 1); }

std::string place_text(const std::string& where) { return where.empty() ? "all runs" : where; }

std::string digits(double value) {
    const double size = std::abs(value);
    if (size < 1e-3 || size >= 100) return scientific(value);
    return fixed(value, size < 0.01 ? 5 : size < 0.1 ? 4 : size < 1 ? 3 : 2);
}

std::string range_text(const Interval& interval, bool share) {
    const auto bound = [&](double value) { return share ? points(value) : digits(value); };
    return "[" + bound(interval.low) + ", " + (interval.high ? bound(*interval.high) : "?") + "]";
}

std::string figure_text(const Figure& figure, bool share) {
    if (!figure.value) return "-";
    const std::string text = share ? points(*figure.value) + "%" : digits(*figure.value);
    return figure.interval ? text + " " + range_text(*figure.interval, share) : text;
}

std::vector<std::string> heading_lines(const std::string& name, std::size_t width) {
    std::vector<std::string> lines;
    std::size_t begin = 0;
    while (begin < name.size()) {
        const std::size_t end = std::min(name.find(", ", begin), name.size());
        for (auto& part : split_lines(wrap(name.substr(begin, end - begin), width))) lines.push_back(part);
        begin = end + 2;
    }
    return lines;
}

void say_more(Writer& w, std::size_t left, const std::string& one) {
    if (left > 0) w.line(wrap("and " + plural(left, one) + ": assay report --json lists all", w.width(), "  "));
}

void Notes::add(const std::string& where, const std::vector<std::string>& flags) {
    places_.insert(where);
    for (const std::string& flag : flags) add_words(where, flag_words(flag));
}

void Notes::add(const std::string& where, const Figure& figure) {
    places_.insert(where);
    for (const std::string& flag : figure.flags) add_words(where, flag_words(flag, figure.dominating));
}

void Notes::add_words(const std::string& where, const std::string& words) {
    places_.insert(where);
    if (where_.find(words) == where_.end()) order_.push_back(words);
    where_[words].insert(where);
}

void Notes::say(Writer& w) const {
    for (const std::string& words : order_) {
        const std::set<std::string>& at = where_.at(words);
        const std::vector<std::string> names(at.begin(), at.end());
        const std::string who = at.size() == places_.size() ? "" : join(names, "; ") + ": ";
        w.line(wrap(who + words, w.width(), "  "));
    }
}

}  // namespace assay
