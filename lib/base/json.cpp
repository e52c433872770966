#include "base/json.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/check.hpp"
#include "base/error.hpp"

namespace assay {
namespace {

constexpr double k_integer_limit = 9007199254740992.0;  // 2^53

[[noreturn]] void wrong_kind(std::string_view expected) {
    throw Error("J0002", Exit::unreadable, "JSON: expected " + std::string(expected));
}

std::string place_of(std::string_view text, std::size_t offset) {
    std::size_t line = 1, column = 1;
    for (std::size_t i = 0; i < std::min(offset, text.size()); ++i) {
        if (text[i] == '\n') {
            ++line;
            column = 1;
        } else {
            ++column;
        }
    }
    return std::to_string(line) + ":" + std::to_string(column);
}

// Builds a Json while nlohmann's parser reads; every handler returns false to stop with `problem` set.
class Builder : public nlohmann::json_sax<nlohmann::json> {
public:
    explicit Builder(const JsonLimits& limits) : limits_(limits) {}

    bool null() override { return add(Json()); }
    bool boolean(bool value) override { return add(Json(value)); }
    bool number_integer(number_integer_t value) override { return add_integer(value); }
    bool number_unsigned(number_unsigned_t value) override { return add_integer(value); }
    bool number_float(number_float_t value, const string_t&) override {
        return std::isfinite(value) ? add(Json(value)) : stop("a number no double can hold");
    }
    bool string(string_t& value) override { return add(Json(std::move(value))); }
    bool binary(binary_t&) override { return stop("binary data"); }
    bool start_object(std::size_t) override { return open(Json(Json::Object())); }
    bool start_array(std::size_t) override { return open(Json(Json::Array())); }
    bool end_object() override { return close(); }
    bool end_array() override { return close(); }
    bool key(string_t& value) override {
        if (stack_.back().as_object().contains(value)) return stop("the key '" + value + "' twice");
        keys_.back() = std::move(value);
        return true;
    }
    bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) override {
        problem_ = "not valid JSON";
        offset_ = position == 0 ? 0 : position - 1;
        return false;
    }

    const std::string& problem() const { return problem_; }
    std::optional<std::size_t> offset() const { return offset_; }
    Json take() { return std::move(root_); }

private:
    bool stop(std::string problem) {
        problem_ = std::move(problem);
        return false;
    }
    // Large doubles are written without a point, so their own text must read back; any other large integer would
    // silently become its neighbour.
    template <class Integer>
    bool add_integer(Integer integer) {
        const auto value = static_cast<double>(integer);
        if (std::abs(value) >= k_integer_limit && number_text(value) != std::to_string(integer)) {
            return stop("an integer that no double holds exactly (write it as a string)");
        }
        return add(Json(value));
    }
    bool add(Json value) {
        if (++values_ > limits_.values) return stop("more than " + std::to_string(limits_.values) + " values");
        if (stack_.empty()) {
            root_ = std::move(value);
        } else if (stack_.back().is_array()) {
            stack_.back().as_array().push_back(std::move(value));
        } else {
            stack_.back().as_object().emplace(std::move(keys_.back()), std::move(value));
        }
        return true;
    }
    bool open(Json container) {
        if (stack_.size() >= limits_.depth) return stop("more than " + std::to_string(limits_.depth) + " levels");
        stack_.push_back(std::move(container));
        keys_.emplace_back();
        return true;
    }
    bool close() {
        Json done = std::move(stack_.back());
        stack_.pop_back();
        keys_.pop_back();
        return add(std::move(done));
    }

    JsonLimits limits_;
    std::vector<Json> stack_;
    std::vector<std::string> keys_;
    std::size_t values_ = 0;
    Json root_;
    std::string problem_;
    std::optional<std::size_t> offset_;
};

void write_string(std::string_view text, std::string& out) {
    static constexpr char k_hex[] = "0123456789abcdef";
    out += '"';
    for (const char c : text) {
        switch (c) {
            case '"':
                out += "\\\"";
                break;
            case '\\':
                out += "\\\\";
                break;
            case '\b':
                out += "\\b";
                break;
            case '\f':
                out += "\\f";
                break;
            case '\n':
                out += "\\n";
                break;
            case '\r':
                out += "\\r";
                break;
            case '\t':
                out += "\\t";
                break;
            default:
                if (static_cast<unsigned char>(c) < 0x20) {
                    out += "\\u00";
                    out += k_hex[(c >> 4) & 15];
                    out += k_hex[c & 15];
                } else {
                    out += c;
                }
        }
    }
    out += '"';
}

bool write_scalar(const Json& value, std::string& out) {
    if (value.is_null()) {
        out += "null";
    } else if (value.is_bool()) {
        out += value.as_bool() ? "true" : "false";
    } else if (value.is_number()) {
        out += number_text(value.as_number());
    } else if (value.is_string()) {
        write_string(value.as_string(), out);
    } else {
        return false;
    }
    return true;
}

// Bytes of UTF-8 sort as code points do. UTF-16, whose order RFC 8785 asks for, puts those beyond U+FFFF before U+E000:
// lead byte F0 and up against EE and EF.
bool utf16_less(std::string_view a, std::string_view b) {
    const auto [x, y] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
    if (x == a.end() || y == b.end()) return x == a.end() && y != b.end();
    const auto p = static_cast<unsigned char>(*x), q = static_cast<unsigned char>(*y);
    if (p >= 0xee && q >= 0xee && (p >= 0xf0) != (q >= 0xf0)) return p >= 0xf0;
    return p < q;
}

std::vector<const Json::Object::value_type*> in_utf16_order(const Json::Object& object) {
    std::vector<const Json::Object::value_type*> members;
    members.reserve(object.size());
    bool beyond = false;
    for (const auto& member : object) {
        members.push_back(&member);
        beyond = beyond || std::any_of(member.first.begin(), member.first.end(),
                                       [](char c) { return static_cast<unsigned char>(c) >= 0xf0; });
    }
    if (beyond)
        std::sort(members.begin(), members.end(),
                  [](const auto* a, const auto* b) { return utf16_less(a->first, b->first); });
    return members;
}

// indent < 0: canonical, everything on one line without blanks.
void write(const Json& value, int indent, std::string& out) {
    if (write_scalar(value, out)) return;
    const bool pretty = indent >= 0;
    const auto new_line = [&](int depth) {
        if (!pretty) return;
        out += '\n';
        out.append(static_cast<std::size_t>(depth) * 2, ' ');
    };
    const int inner = pretty ? indent + 1 : -1;
    bool first = true;
    if (value.is_array()) {
        const auto& items = value.as_array();
        const bool flat = pretty && items.size() <= 16 &&
                          std::none_of(items.begin(), items.end(),
                                       [](const Json& item) { return item.is_array() || item.is_object(); });
        out += '[';
        for (const Json& item : items) {
            if (!first) out += flat ? ", " : ",";
            first = false;
            if (!flat) new_line(inner);
            write(item, inner, out);
        }
        if (!items.empty() && !flat) new_line(indent);
        out += ']';
        return;
    }
    out += '{';
    for (const auto* member : in_utf16_order(value.as_object())) {
        if (!first) out += ',';
        first = false;
        new_line(inner);
        write_string(member->first, out);
        out += pretty ? ": " : ":";
        write(member->second, inner, out);
    }
    if (!value.as_object().empty()) new_line(indent);
    out += '}';
}

}  // namespace

Json::Json(double value) : value_(value) { ASSAY_CHECK(std::isfinite(value)); }
Json::Json(std::int64_t value) : Json(static_cast<double>(value)) {
    ASSAY_CHECK(std::abs(static_cast<double>(value)) < k_integer_limit);
}
Json::Json(std::uint64_t value) : Json(static_cast<double>(value)) {
    ASSAY_CHECK(static_cast<double>(value) < k_integer_limit);
}

bool Json::is_integer() const {
    return is_number() && std::trunc(as_number()) == as_number() && std::abs(as_number()) < k_integer_limit;
}
bool Json::as_bool() const { return is_bool() ? std::get<bool>(value_) : (wrong_kind("true or false"), false); }
double Json::as_number() const { return is_number() ? std::get<double>(value_) : (wrong_kind("a number"), 0.0); }
std::int64_t Json::as_integer() const {
    if (!is_integer()) wrong_kind("an integer");
    return static_cast<std::int64_t>(as_number());
}
const std::string& Json::as_string() const {
    if (!is_string()) wrong_kind("a string");
    return std::get<std::string>(value_);
}
const Json::Array& Json::as_array() const {
    if (!is_array()) wrong_kind("an array");
    return std::get<Array>(value_);
}
const Json::Object& Json::as_object() const {
    if (!is_object()) wrong_kind("an object");
    return std::get<Object>(value_);
}
Json::Array& Json::as_array() {
    if (!is_array()) wrong_kind("an array");
    return std::get<Array>(value_);
}
Json::Object& Json::as_object() {
    if (!is_object()) wrong_kind("an object");
    return std::get<Object>(value_);
}
const Json* Json::find(std::string_view key) const {
    if (!is_object()) return nullptr;
    const auto& object = std::get<Object>(value_);
    const auto it = object.find(key);
    return it == object.end() ? nullptr : &it->second;
}
const Json& Json::at(std::string_view key) const {
    const Json* member = find(key);
    if (member == nullptr) wrong_kind("an object with the member '" + std::string(key) + "'");
    return *member;
}
Json& Json::operator[](const std::string& key) {
    if (is_null()) value_ = Object();
    return as_object()[key];
}

Json parse_json(std::string_view text, std::string_view source_name, const JsonLimits& limits) {
    const auto fail = [&](const std::string& problem, std::size_t offset) {
        throw Error("J0001", Exit::unreadable,
                    std::string(source_name) + ":" + place_of(text, offset) + ": " + problem);
    };
    if (text.size() > limits.bytes) fail("more than " + std::to_string(limits.bytes) + " bytes", 0);
    // nlohmann's parser takes a NUL for the end of the text.
    if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos) fail("a NUL character", nul);
    Builder builder(limits);
    if (!nlohmann::json::sax_parse(text.begin(), text.end(), &builder)) {
        fail(builder.problem(), builder.offset().value_or(0));
    }
    return builder.take();
}

std::string canonical_json(const Json& value) {
    std::string out;
    write(value, -1, out);
    return out;
}

void append_json_string(std::string_view text, std::string& out) { write_string(text, out); }

std::string pretty_json(const Json& value) {
    std::string out;
    write(value, 0, out);
    out += '\n';
    return out;
}

std::string number_text(double value) {
    ASSAY_CHECK(std::isfinite(value));
    if (value == 0) return "0";
    std::array<char, 32> buffer{};
    const auto end =
        std::to_chars(buffer.data(), buffer.data() + buffer.size(), std::abs(value), std::chars_format::scientific).ptr;
    // d[.ddd]e[+-]xx: digits without the point, and where the point stands (ECMA-262, Number::toString).
    std::string digits;
    const char* p = buffer.data();
    for (; *p != 'e'; ++p) {
        if (*p != '.') digits += *p;
    }
    int exponent = 0;
    const char* exponent_begin = p + 1 + (p[1] == '+' ? 1 : 0);
    std::from_chars(exponent_begin, end, exponent);
    const int count = static_cast<int>(digits.size());
    const int point = exponent + 1;
    std::string text = value < 0 ? "-" : "";
    if (count <= point && point <= 21) {
        text += digits + std::string(static_cast<std::size_t>(point - count), '0');
    } else if (0 < point && point <= 21) {
        text +=
            digits.substr(0, static_cast<std::size_t>(point)) + "." + digits.substr(static_cast<std::size_t>(point));
    } else if (-6 < point && point <= 0) {
        text += "0." + std::string(static_cast<std::size_t>(-point), '0') + digits;
    } else {
        text += digits.substr(0, 1);
        if (count > 1) text += "." + digits.substr(1);
        text += (point > 0 ? "e+" : "e-") + std::to_string(std::abs(point - 1));
    }
    return text;
}

std::string scalar_text(const Json& value) {
    if (value.is_string()) return value.as_string();
    return canonical_json(value);
}

}  // namespace assay
