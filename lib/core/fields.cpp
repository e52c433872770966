#include "core/fields.hpp"

#include <charconv>
#include <limits>
#include <string>

#include "base/error.hpp"

namespace assay {
namespace {

[[noreturn]] void expected(const std::string& what, const Json& json) {
    throw Error("J0002", Exit::unreadable, "JSON: expected " + what + ", got " + canonical_json(json));
}

}  // namespace

int count_from_json(const Json& json) {
    const std::int64_t value = json.as_integer();
    if (value < 0 || value > std::numeric_limits<int>::max()) expected("a count, 0 to 2147483647", json);
    return static_cast<int>(value);
}

std::uint64_t size_from_json(const Json& json) {
    const std::int64_t value = json.as_integer();
    if (value < 0) expected("a size, 0 or more", json);
    return static_cast<std::uint64_t>(value);
}

std::uint64_t seed_from_json(const Json& json) {
    const std::string& text = json.as_string();
    std::uint64_t seed = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seed);
    if (error != std::errc() || end != text.data() + text.size()) expected("a seed as a decimal string", json);
    return seed;
}

const Json& object_from_json(const Json& json) {
    json.as_object();
    return json;
}

}  // namespace assay
