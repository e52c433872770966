#include "base/json.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>

#include "base/error.hpp"
#include "base/random.hpp"

namespace assay {
namespace {

std::string code_of(const std::string& text, const JsonLimits& limits = {}) {
    try {
        parse_json(text, "test", limits);
    } catch (const Error& error) {
        EXPECT_EQ(error.exit(), Exit::unreadable);
        return error.code();
    }
    return "";
}

// Expected: ECMAScript's Number::toString, as `node -e 'console.log(...)'` prints; the rows of RFC 8785, appendix B,
// are given by their bits.
TEST(NumberText, FollowsEcmaScript) {
    const std::pair<std::uint64_t, std::string> rows[] = {
        {0x0000000000000000, "0"},
        {0x8000000000000000, "0"},
        {0x0000000000000001, "5e-324"},
        {0x7fefffffffffffff, "1.7976931348623157e+308"},
        {0x4340000000000000, "9007199254740992"},
        {0x4430000000000000, "295147905179352830000"},
        {0x44b52d02c7e14af5, "9.999999999999997e+22"},
        {0x44b52d02c7e14af6, "1e+23"},
        {0x444b1ae4d6e2ef4e, "999999999999999700000"},
        {0x444b1ae4d6e2ef50, "1e+21"},
        {0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7"},
        {0x3eb0c6f7a0b5ed8d, "0.000001"},
        {0x41b3de4355555553, "333333333.3333332"},
        {0xbecbf647612f3696, "-0.0000033333333333333333"},
    };
    for (const auto& [bits, expected] : rows) EXPECT_EQ(number_text(std::bit_cast<double>(bits)), expected);
    EXPECT_EQ(number_text(0.001), "0.001");
    EXPECT_EQ(number_text(-1.5), "-1.5");
}

// Stream "json.roundtrip" of seed 1; 20,000 doubles of every exponent.
TEST(NumberText, ReadsBackAsTheSameDouble) {
    Random random(1, "json.roundtrip");
    for (int i = 0; i < 20'000; ++i) {
        const auto value = std::bit_cast<double>(random.next());
        if (!std::isfinite(value)) continue;
        const double back = parse_json(number_text(value), "test").as_number();
        EXPECT_EQ(std::bit_cast<std::uint64_t>(back + 0.0), std::bit_cast<std::uint64_t>(value + 0.0));
    }
}

TEST(CanonicalJson, SortsKeysAndLeavesNoBlanks) {
    const Json value = parse_json(R"({"b": [1, 2.50, true, null], "a": {"z": "\u00e9\n\"", "y": 1e2}})", "test");
    EXPECT_EQ(canonical_json(value), "{\"a\":{\"y\":100,\"z\":\"é\\n\\\"\"},\"b\":[1,2.5,true,null]}");
}

// RFC 8785 3.2.3: by UTF-16 code units, so U+1F600 (D83D DE00) stands before U+E000, against the order of UTF-8.
TEST(CanonicalJson, SortsKeysByUtf16) {
    const std::string keys =
        R"({"\r":1,"1":2,"\u0080":3,"\u00f6":4,"\u20ac":5,"\ud83d\ude00":6,"\ue000":7,"\ufb33":8})";
    const std::string text = canonical_json(parse_json(keys, "test"));
    std::string digits;
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (text[i - 1] == ':') digits += text[i];
    }
    EXPECT_EQ(digits, "12345678") << text;
}

TEST(CanonicalJson, IsAFixedPointOfReadingAndWriting) {
    const std::string text = R"({"a":[],"b":{},"c":"\u0001\\/","d":-0.5})";
    EXPECT_EQ(canonical_json(parse_json(text, "test")), text);
}

TEST(ParseJson, RefusesWhatIsNotStrictJson) {
    const std::pair<std::string, std::string> rows[] = {
        {"", "empty"},
        {"{", "unclosed"},
        {"[1,]", "trailing comma"},
        {"{\"a\":1,\"a\":2}", "repeated key"},
        {"NaN", "NaN"},
        {"1e999", "infinite"},
        {"01", "octal"},
        {"1 2", "two values"},
        {"'a'", "single quotes"},
        {"\"\xff\"", "bad UTF-8"},
        {"// c\n1", "comment"},
        {std::string("1\0", 2), "NUL"},
        {"9007199254740993", "2^53 + 1, which no double holds"},
    };
    for (const auto& [text, what] : rows) EXPECT_EQ(code_of(text), "J0001") << what;
}

TEST(ParseJson, NamesTheLineAndColumn) {
    try {
        parse_json("{\n  \"a\": tru\n}", "file.json");
        FAIL();
    } catch (const Error& error) {
        EXPECT_NE(std::string(error.what()).find("file.json:2:"), std::string::npos) << error.what();
    }
}

TEST(ParseJson, KeepsItsLimits) {
    EXPECT_EQ(code_of(std::string(33, '[') + std::string(33, ']')), "J0001") << "depth";
    EXPECT_EQ(code_of(std::string(32, '[') + std::string(32, ']')), "");
    EXPECT_EQ(code_of("[1,2,3]", {.bytes = 6}), "J0001");
    EXPECT_EQ(code_of("[1,2,3]", {.values = 3}), "J0001");
    EXPECT_EQ(code_of(std::string(100'000, '[')), "J0001") << "a bomb of brackets";
}

TEST(Json, AnotherKindThanExpectedIsAnError) {
    const Json value = Json::Object{{"a", 1}};
    const std::function<void()> actions[] = {
        [&] { value.at("b"); },
        [&] { value.at("a").as_string(); },
        [&] { value.as_array(); },
        [&] { Json(1.5).as_integer(); },
        [&] { Json(9007199254740993.0).as_integer(); },
    };
    for (const auto& action : actions) EXPECT_THROW(action(), Error);
    EXPECT_EQ(value.find("b"), nullptr);
    EXPECT_EQ(value.at("a").as_integer(), 1);
}

TEST(PrettyJson, IsReadableAndReadsBack) {
    const Json value = parse_json(R"({"a":[1,2],"b":{"c":[{"d":1}]}})", "test");
    const std::string text = pretty_json(value);
    EXPECT_EQ(parse_json(text, "test"), value);
    EXPECT_NE(text.find("\"a\": [1, 2]"), std::string::npos) << text;
    EXPECT_EQ(text.back(), '\n');
}

}  // namespace
}  // namespace assay
