#include "base/text.hpp"

#include <gtest/gtest.h>

namespace assay {
namespace {

TEST(NearestName, FindsMisspellingsAndNothingElse) {
    const std::vector<std::string> names = {"hyperparameter", "architecture", "hardware", "lr", "epochs", "init"};
    const std::pair<std::string, std::string> rows[] = {
        {"hyperparamter", "hyperparameter"},
        {"hardwear", "hardware"},
        {"epohcs", "epochs"},
        {"int", "init"},
        {"l", "lr"},
        {"software_version", ""},
        {"x", ""},
        {"", ""},
    };
    for (const auto& [typed, expected] : rows) {
        EXPECT_EQ(nearest_name(typed, names).value_or(""), expected) << "typed: " << typed;
    }
}

TEST(Numbers, AreWrittenForPeople) {
    const std::pair<std::string, std::string> rows[] = {
        {percent(0.117), "11.7%"},        {percent(0), "0.0%"},           {percent(1), "100.0%"},
        {percent(-0.00001), "0.0%"},      {fixed(2.345, 2), "2.35"},      {fixed(-0.001, 1), "0.0"},
        {scientific(6.1e-7), "6.1e-7"},   {scientific(0), "0"},           {scientific(1), "1"},
        {scientific(0.084), "0.084"},     {scientific(99.6), "100"},      {scientific(1234), "1234"},
        {scientific(2.5e-12), "2.5e-12"}, {scientific(3e9), "3.0e9"},     {duration_text(0.42), "0.4 s"},
        {duration_text(41.2), "41 s"},    {duration_text(160), "2m 40s"}, {duration_text(11'100), "3h 05m"},
        {plural(1, "run"), "1 run"},      {plural(0, "run"), "0 runs"},   {plural(2, "entry", "entries"), "2 entries"},
    };
    for (const auto& [got, expected] : rows) EXPECT_EQ(got, expected);
}

TEST(Columns, CountCodePointsNotBytes) {
    EXPECT_EQ(display_width("a▏é"), 3U);
    EXPECT_EQ(pad_right("é", 3), "é  ");
    EXPECT_EQ(pad_left("é", 3), "  é");
    EXPECT_EQ(pad_left("long", 2), "long");
}

TEST(Elide, NeverPassesItsWidth) {
    for (std::size_t width = 1; width < 12; ++width) EXPECT_LE(display_width(elide("seed.éinit▏", width)), width);
    EXPECT_EQ(elide("abcdef", 4), "abc…");
    EXPECT_EQ(elide("abcd", 4), "abcd");
}

TEST(Wrap, BreaksAtBlanksAndIndents) {
    EXPECT_EQ(wrap("one two three", 8), "one two\nthree");
    EXPECT_EQ(wrap("one two three", 9, "  "), "  one two\n  three");
    EXPECT_EQ(wrap("a_word_longer_than_the_line b", 8), "a_word_longer_than_the_line\nb");
    EXPECT_EQ(wrap("", 8), "");
}

TEST(Split, KeepsEmptyPartsAndDropsLineEnds) {
    EXPECT_EQ(split("a,,b", ','), (std::vector<std::string>{"a", "", "b"}));
    EXPECT_EQ(split("", ','), (std::vector<std::string>{""}));
    EXPECT_EQ(split_lines("a\r\nb\n"), (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(join(split("x y z", ' '), "+"), "x+y+z");
}

TEST(AsciiColumns, KeepTheirNumber) {
    EXPECT_EQ(ascii_columns("a b"), "a b");
    EXPECT_EQ(ascii_columns("a \u00b7 \u2026 \U0001F600!"), "a ~ ~ ~!");
}

}  // namespace
}  // namespace assay
