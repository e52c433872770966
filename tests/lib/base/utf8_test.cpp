#include "base/utf8.hpp"

#include <gtest/gtest.h>

#include "base/random.hpp"

namespace assay {
namespace {

// Each expectation is what python3 says: bytes.decode("utf-8") succeeds or raises.
TEST(IsUtf8, AgreesWithTheStandard) {
    struct Row {
        std::string_view text;
        bool good;
    };
    const Row rows[] = {
        {"", true},
        {"plain", true},
        {std::string_view("\0", 1), true},
        {"\x7f", true},
        {"\xc2\x80", true},
        {"\xdf\xbf", true},
        {"\xe0\xa0\x80", true},
        {"\xed\x9f\xbf", true},
        {"\xee\x80\x80", true},
        {"\xf0\x90\x80\x80", true},
        {"\xf4\x8f\xbf\xbf", true},
        {"a\xc3\xa9z", true},
        {"\x80", false},
        {"\xc3", false},
        {"\xc3(", false},
        {"\xc0\x80", false},
        {"\xc1\xbf", false},
        {"\xe0\x9f\xbf", false},
        {"\xed\xa0\x80", false},
        {"\xe2\x82", false},
        {"\xe2(\xa1", false},
        {"\xf0\x8f\xbf\xbf", false},
        {"\xf4\x90\x80\x80", false},
        {"\xf0\x90\x80", false},
        {"\xf5\x80\x80\x80", false},
        {"\xff", false},
    };
    for (const Row& row : rows) EXPECT_EQ(is_utf8(row.text), row.good) << ::testing::PrintToString(row.text);
}

TEST(PrintableLine, KeepsTextAndReplacesTheRest) {
    const std::pair<std::string_view, std::string_view> rows[] = {
        {"", ""},
        {"caf\xc3\xa9 \xf0\x9f\x98\x80", "caf\xc3\xa9 \xf0\x9f\x98\x80"},
        {"two\nlines\r\n\tend", "two lines   end"},
        {"\x1b[31mred\x1b[0m", " [31mred [0m"},
        {"caf\xe9", "caf?"},
        {"cut \xe2\x82", "cut ??"},
        {"\xc2\x9b"
         "31m",
         " 31m"},  // C1 control sequence introducer
        {"\x7f", " "},
        {"\xc2\xa0", "\xc2\xa0"},
    };
    for (const auto& [text, line] : rows) EXPECT_EQ(printable_line(text), line) << ::testing::PrintToString(text);
}

// Stream "utf8.lines" of seed 1: 20,000 random byte strings.
TEST(PrintableLine, IsAlwaysUtf8WithoutControlCharactersAndChangesNothingTwice) {
    Random random(1, "utf8.lines");
    const std::string bytes = "a\n\x1b\x7f\x80\x9b\xa0\xbf\xc2\xc3\xe0\xe2\xed\xf0\xf4\xff";
    for (int i = 0; i < 20'000; ++i) {
        std::string text;
        for (std::uint64_t n = random.below(12); n > 0; --n) text += bytes[random.below(bytes.size())];
        const std::string line = printable_line(text);
        ASSERT_TRUE(is_utf8(line)) << ::testing::PrintToString(text);
        ASSERT_EQ(printable_line(line), line) << ::testing::PrintToString(text);
        ASSERT_EQ(line.find_first_of("\n\x1b\x7f"), std::string::npos) << ::testing::PrintToString(text);
    }
}

}  // namespace
}  // namespace assay
