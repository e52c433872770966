// A JSON value, a strict reader and two writers.
//
// Numbers are IEEE doubles, as in RFC 8785. Integers outside +-(2^53 - 1) do not fit: seeds and digests
// are written as decimal or hex strings. NaN and infinities do not exist; "nothing" is null.
// Objects keep their keys sorted by bytes; both writers sort them by UTF-16 code units, as RFC 8785 does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace assay {

class Json {
public:
    using Array = std::vector<Json>;
    using Object = std::map<std::string, Json, std::less<>>;

    Json() = default;
    Json(std::nullptr_t) {}
    Json(bool value) : value_(value) {}
    Json(double value);  // precondition: finite
    Json(int value) : value_(static_cast<double>(value)) {}
    Json(std::int64_t value);  // precondition: |value| < 2^53
    Json(std::uint64_t value);
    Json(const char* value) : value_(std::string(value)) {}
    Json(std::string_view value) : value_(std::string(value)) {}
    Json(std::string value) : value_(std::move(value)) {}
    Json(Array value) : value_(std::move(value)) {}
    Json(Object value) : value_(std::move(value)) {}

    bool is_null() const { return std::holds_alternative<std::monostate>(value_); }
    bool is_bool() const { return std::holds_alternative<bool>(value_); }
    bool is_number() const { return std::holds_alternative<double>(value_); }
    bool is_string() const { return std::holds_alternative<std::string>(value_); }
    bool is_array() const { return std::holds_alternative<Array>(value_); }
    bool is_object() const { return std::holds_alternative<Object>(value_); }
    bool is_integer() const;  // a number without a fraction, |value| < 2^53

    // Each throws Error J0002 (exit 74: the document is not what was expected) when the kind differs.
    bool as_bool() const;
    double as_number() const;
    std::int64_t as_integer() const;
    const std::string& as_string() const;
    const Array& as_array() const;
    const Object& as_object() const;
    Array& as_array();
    Object& as_object();

    // Member of an object; `at` throws J0002 when it is missing, `find` returns null (the pointer).
    const Json& at(std::string_view key) const;
    const Json* find(std::string_view key) const;
    Json& operator[](const std::string& key);  // makes the object and the member where they are missing

    friend bool operator==(const Json&, const Json&) = default;

private:
    std::variant<std::monostate, bool, double, std::string, Array, Object> value_;
};

struct JsonLimits {
    std::size_t bytes = 64u << 20;
    std::size_t values = 10'000'000;
    std::size_t depth = 32;
};

// Throws Error J0001 (exit 74) with line and column: bad syntax, a repeated key, a limit passed, a number
// that no finite double holds.
Json parse_json(std::string_view text, std::string_view source_name, const JsonLimits& limits = {});

// RFC 8785 (JCS): no blanks, sorted keys, ECMAScript numbers. Equal values give equal bytes.
std::string canonical_json(const Json& value);

// Two blanks of indent, short arrays of scalars on one line, a newline at the end. For people.
std::string pretty_json(const Json& value);

// A string as either writes it, with its quotation marks: for documents too long to be built as a Json first.
void append_json_string(std::string_view text, std::string& out);

// Shortest decimal text that reads back as the same double, in ECMAScript's layout (RFC 8785, 3.2.2.3).
// Precondition: finite.
std::string number_text(double value);

// A scalar as a person writes it: strings without quotes, numbers by number_text, true/false, null.
std::string scalar_text(const Json& value);

}  // namespace assay
