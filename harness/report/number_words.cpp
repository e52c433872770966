#include "report/number_words.hpp"

#include <algorithm>
#include <cmath>

#include "base/json.hpp"
#include "base/text.hpp"
#include "report/figure_text.hpp"

namespace assay {

const Response* primary_response(const Report& report) {
    const auto& all = report.attribution.responses;
    const auto at = std::find_if(all.begin(), all.end(), [](const Response& one) { return one.primary; });
    return at == all.end() ? nullptr : &*at;
}

std::string source_words(const Response& response) {
    return response.source == ResponseSource::reported ? "reported" : "computed";
}

std::string to_spread(double value, const NumberPlace& place) {
    const double spread = place.deviation.value.value_or(place.largest - place.least);
    if (!(spread > 0)) return number_text(value);
    const double decimals = 1 - std::floor(std::log10(spread));
    if (decimals > 10 || std::abs(value) >= 1e9) return number_text(value);
    return fixed(value, static_cast<int>(std::max(0.0, decimals)));
}

std::string signed_digits(double value) { return (value > 0 ? "+" : "") + digits(value); }

std::string without_interval(const Figure& figure) {
    return figure.units == 0 ? "(no interval)" : "(" + plural(figure.units, "unit") + ")";
}

std::string difference_text(const Figure& figure) {
    if (!figure.value) return "-";
    const std::string text = signed_digits(*figure.value);
    if (!figure.interval) return text + " " + without_interval(figure);
    return text + " [" + signed_digits(figure.interval->low) + ", " +
           (figure.interval->high ? signed_digits(*figure.interval->high) : "?") + "]";
}

std::string change_text(const NumberCell& cell) {
    if (cell.pairs > 0 && cell.equal == cell.pairs) return "no change in " + plural(cell.pairs, "pair");
    if (!cell.difference.value) return cell.empty_reason.empty() ? "-" : cell.empty_reason;
    return difference_text(cell.difference);
}

}  // namespace assay
