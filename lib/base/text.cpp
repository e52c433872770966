#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <numeric>

namespace assay {
namespace {

// Optimal string alignment distance: insertions, deletions, substitutions and neighbours swapped.
std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
    std::iota(last.begin(), last.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t change = a[i - 1] == b[j - 1] ? 0 : 1;
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + change});
            const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
        }
        before.swap(last);
        last.swap(row);
    }
    return last[b.size()];
}

std::string to_text(double value, std::chars_format format, int precision) {
    std::array<char, 400> buffer{};
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, format, precision).ptr;
    return std::string(buffer.data(), end);
}

}  // namespace

std::optional<std::string> nearest_name(std::string_view name, std::span<const std::string> candidates) {
    std::optional<std::string> best;
    std::size_t best_distance = 0;
    for (const std::string& candidate : candidates) {
        const std::size_t longer = std::max(name.size(), candidate.size());
        const std::size_t distance = edit_distance(name, candidate);
        if (distance > std::max<std::size_t>(1, longer / 3) || distance >= longer) continue;
        if (!best || distance < best_distance) {
            best = candidate;
            best_distance = distance;
        }
    }
    return best;
}

std::string join(std::span<const std::string> parts, std::string_view separator) {
    std::string text;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (i > 0) text += separator;
        text += parts[i];
    }
    return text;
}

std::vector<std::string> split(std::string_view text, char separator) {
    std::vector<std::string> parts;
    for (;;) {
        const std::size_t at = text.find(separator);
        parts.emplace_back(text.substr(0, at));
        if (at == std::string_view::npos) return parts;
        text.remove_prefix(at + 1);
    }
}

std::vector<std::string> split_lines(std::string_view text) {
    std::vector<std::string> lines = split(text, '\n');
    for (std::string& line : lines) {
        if (!line.empty() && line.back() == '\r') line.pop_back();
    }
    if (!lines.empty() && lines.back().empty()) lines.pop_back();
    return lines;
}

std::size_t display_width(std::string_view text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string pad_right(std::string_view text, std::size_t width) {
    const std::size_t have = display_width(text);
    return std::string(text) + std::string(have < width ? width - have : 0, ' ');
}

std::string pad_left(std::string_view text, std::size_t width) {
    const std::size_t have = display_width(text);
    return std::string(have < width ? width - have : 0, ' ') + std::string(text);
}

std::string elide(std::string_view text, std::size_t width) {
    if (display_width(text) <= width) return std::string(text);
    std::string cut;
    std::size_t shown = 0;
    for (const char c : text) {
        const bool starts = (static_cast<unsigned char>(c) & 0xC0) != 0x80;
        if (starts && ++shown >= width) break;
        cut += c;
    }
    return cut + "…";
}

std::string wrap(std::string_view text, std::size_t width, std::string_view indent) {
    std::string out;
    std::string line(indent);
    bool empty = true;
    for (const std::string& word : split(text, ' ')) {
        if (word.empty()) continue;
        if (!empty && display_width(line) + 1 + display_width(word) > width) {
            out += line + "\n";
            line = indent;
            empty = true;
        }
        if (!empty) line += ' ';
        line += word;
        empty = false;
    }
    return out + line;
}

std::string fixed(double value, int decimals) {
    std::string text = to_text(value, std::chars_format::fixed, decimals);
    const bool negative_zero = text.front() == '-' && text.find_first_not_of("-0.") == std::string::npos;
    return negative_zero ? text.substr(1) : text;
}

std::string percent(double share, int decimals) { return fixed(share * 100, decimals) + "%"; }

std::string scientific(double value) {
    if (value == 0) return "0";
    const double size = std::abs(value);
    if (size >= 99.5 && size < 1e6) return fixed(value, 0);
    if (size >= 0.01 && size < 99.5) return to_text(value, std::chars_format::general, 2);
    std::string text = to_text(value, std::chars_format::scientific, 1);
    const std::size_t e = text.find('e');  // 6.1e-07 -> 6.1e-7
    std::string exponent = text.substr(e + 2);
    exponent.erase(0, std::min(exponent.find_first_not_of('0'), exponent.size() - 1));
    return text.substr(0, e + 1) + (text[e + 1] == '-' ? "-" : "") + exponent;
}

std::string duration_text(double seconds) {
    if (seconds < 10) return fixed(seconds, 1) + " s";
    const auto whole = static_cast<long>(std::lround(seconds));
    if (whole < 60) return std::to_string(whole) + " s";
    const auto two = [](long value) { return (value < 10 ? "0" : "") + std::to_string(value); };
    if (whole < 3600) return std::to_string(whole / 60) + "m " + two(whole % 60) + "s";
    return std::to_string(whole / 3600) + "h " + two(whole % 3600 / 60) + "m";
}

std::string plural(std::size_t count, std::string_view one, std::string_view many) {
    const std::string word = count == 1 ? std::string(one) : many.empty() ? std::string(one) + "s" : std::string(many);
    return std::to_string(count) + " " + word;
}

std::string ascii_columns(std::string_view utf8) {
    std::string ascii;
    for (const char c : utf8) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x80) ascii += c;
        if (byte >= 0xC0) ascii += '~';
    }
    return ascii;
}

std::string upper_case(std::string ascii) {
    for (char& c : ascii) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    return ascii;
}
std::string lower_case(std::string ascii) {
    for (char& c : ascii) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return ascii;
}

}  // namespace assay
