#include "core/csv.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"

namespace assay {
namespace {

using Texts = std::vector<std::vector<std::string>>;

Texts texts_of(const std::vector<CsvRow>& rows) {
    Texts out;
    for (const CsvRow& row : rows) {
        out.emplace_back();
        for (const CsvCell& cell : row) out.back().push_back(cell.text);
    }
    return out;
}

struct Read {
    std::vector<CsvRow> rows;
    std::string problem;  // "" when there is none
};

Read read(std::string_view text, const CsvLimits& limits = {}) {
    Read out;
    const auto problem = scan_csv(text, limits, [&](CsvRow& row) {
        out.rows.push_back(std::move(row));
        return true;
    });
    if (problem) out.problem = problem->message;
    return out;
}

struct Case {
    const char* what;
    const char* text;
    Texts cells;
};

TEST(Csv, ReadsWhatRfc4180Says) {
    const Case cases[] = {
        {"nothing", "", {}},
        {"one cell, no end", "a", {{"a"}}},
        {"ends", "a,b\r\nc,d\n", {{"a", "b"}, {"c", "d"}}},
        {"a return ends the file", "a,b\r", {{"a", "b"}}},
        {"empty cells", ",a,\n,,\n", {{"", "a", ""}, {"", "", ""}}},
        {"empty lines are no rows", "a\n\n \n\nb\n\n", {{"a"}, {"b"}}},
        {"an empty cell in quotes is a row", "\"\"\n", {{""}}},
        {"quotes", "\"a,b\",\"say \"\"no\"\"\"\n", {{"a,b", "say \"no\""}}},
        {"a cell of two lines", "\"a\nb\",c\nd,e\n", {{"a\nb", "c"}, {"d", "e"}}},
        {"blanks", " a\t, \" b \" ,c d \n", {{"a", " b ", "c d"}}},
    };
    for (const Case& c : cases) {
        const Read got = read(c.text);
        EXPECT_EQ(texts_of(got.rows), c.cells) << c.what;
        EXPECT_EQ(got.problem, "") << c.what;
    }
}

TEST(Csv, EveryCellKnowsItsPlace) {
    const std::string text = "ab, c\n\"x\ny\",\"q\" ,z\n";
    const std::vector<CsvRow> rows = read(text).rows;
    const auto place = [&](std::size_t row, std::size_t cell) {
        const Place& p = rows.at(row).at(cell).place;
        return std::vector<int>{p.line, p.column, static_cast<int>(p.width)};
    };
    EXPECT_EQ(place(0, 0), (std::vector<int>{0, 0, 2}));
    EXPECT_EQ(place(0, 1), (std::vector<int>{0, 4, 1}));
    EXPECT_EQ(place(1, 0), (std::vector<int>{1, 0, 1}));
    EXPECT_EQ(place(1, 1), (std::vector<int>{2, 3, 3})) << "after a line end inside a cell";
    EXPECT_EQ(place(1, 2), (std::vector<int>{2, 8, 1}));
}

TEST(Csv, RefusesWhatIsNoTable) {
    const std::string long_cell(std::size_t{1} << 20, 'x');
    std::string wide = "a";
    for (int i = 0; i < 1000; ++i) wide += ",a";
    const std::pair<std::string, const char*> cases[] = {
        {"a,\"b\nc\n", "this quote is never closed"},
        {"a,\"b\"c\n", "the cell goes on after its closing quote"},
        {"a,b\"c\"\n", "a quote inside a cell that does not begin with one"},
        {"a\rb\n", "a control character"},
        {std::string("a\0b", 3), "a control character"},
        {"a,\xff\n", "this line is not UTF-8 text"},
        {long_cell + "x\n", "a cell of more than 1 MiB"},
        {wide, "more than 1000 cells in a row"},
    };
    for (const auto& [text, says] : cases) {
        EXPECT_EQ(read(text).problem, says) << elide(text, 30);
    }
    EXPECT_EQ(read(long_cell).problem, "") << "1 MiB is allowed";
    EXPECT_EQ(read("a,b\n", {.bytes = 3}).problem, "a table of more than 0 MiB");
    EXPECT_EQ(read("a,b,c\n", {.cells = 2}).problem, "more than 2 cells in a row");
}

TEST(Csv, TheReaderOfTheRowsMayStop) {
    int rows = 0;
    const auto problem = scan_csv("a\nb\n\"c\n", {}, [&](CsvRow&) { return ++rows < 2; });
    EXPECT_FALSE(problem) << problem->message;
    EXPECT_EQ(rows, 2);
}

}  // namespace
}  // namespace assay
