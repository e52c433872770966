#include "archive/manifest_scan.hpp"

#include <algorithm>

namespace assay {
namespace {

// Behind the string that begins at `at`. Most of a manifest is in strings, which are searched by the words of memchr.
std::size_t end_of_string(std::string_view text, std::size_t at) {
    for (std::size_t quote = text.find('"', at + 1); quote != std::string_view::npos;
         quote = text.find('"', quote + 1)) {
        std::size_t escapes = 0;
        while (text[quote - 1 - escapes] == '\\') ++escapes;  // the string's own beginning ends this
        if (escapes % 2 == 0) return quote + 1;
    }
    return text.size();
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

void find_members(std::string_view object, std::span<SoughtMember> sought) {
    std::size_t at = 1;
    while (!sought.empty() && at < object.size() && object[at] == '"') {
        const std::size_t colon = end_of_string(object, at);
        if (colon >= object.size()) return;
        const std::string_view name = object.substr(at + 1, colon - at - 2);
        const std::size_t end = end_of_value(object, colon + 1);
        while (!sought.empty() && sought.front().key < name) sought = sought.subspan(1);  // there is none
        if (!sought.empty() && name == sought.front().key) {
            sought.front().value = object.substr(colon + 1, end - colon - 1);
            sought = sought.subspan(1);
        }
        at = end + 1;
    }
}

std::string plain_text(std::string_view value) {
    const bool plain = value.size() >= 2 && value.front() == '"' && value.find('\\') == std::string_view::npos;
    return plain ? std::string(value.substr(1, value.size() - 2)) : std::string();
}

std::string text_in(std::string_view object, std::string_view key) {
    SoughtMember member{key};
    find_members(object, {&member, 1});
    return plain_text(member.value);
}

}  // namespace assay
