#include "archive/manifest_scan.hpp"

#include <algorithm>

namespace assay {
namespace {

// Behind the string that begins at `at`.
std::size_t end_of_string(std::string_view text, std::size_t at) {
    for (++at; at < text.size() && text[at] != '"'; ++at) {
        if (text[at] == '\\') ++at;
    }
    return std::min(at + 1, text.size());
}

// Behind the value that begins at `at`.
std::size_t end_of_value(std::string_view text, std::size_t at) {
    std::size_t depth = 0;
    while (at < text.size()) {
        const char c = text[at];
        if (c == '"') {
            at = end_of_string(text, at);
            if (depth == 0) return at;
            continue;
        }
        if (c == '{' || c == '[') ++depth;
        if (c == '}' || c == ']') {
            if (depth == 0) return at;
            if (--depth == 0) return at + 1;
        }
        if (c == ',' && depth == 0) return at;
        ++at;
    }
    return at;
}

}  // namespace

std::string_view value_in(std::string_view object, std::string_view key) {
    std::size_t at = 1;
    while (at < object.size() && object[at] == '"') {
        const std::size_t colon = end_of_string(object, at);
        const std::string_view name = object.substr(at + 1, colon - at - 2);
        const std::size_t end = end_of_value(object, std::min(colon + 1, object.size()));
        if (name == key && colon < object.size()) return object.substr(colon + 1, end - colon - 1);
        at = end + 1;
    }
    return {};
}

std::string text_in(std::string_view object, std::string_view key) {
    const std::string_view value = value_in(object, key);
    const bool plain = value.size() >= 2 && value.front() == '"' && value.find('\\') == std::string_view::npos;
    return plain ? std::string(value.substr(1, value.size() - 2)) : std::string();
}

}  // namespace assay
