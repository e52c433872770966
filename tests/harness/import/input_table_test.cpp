#include "import/input_table.hpp"

#include <gtest/gtest.h>

#include "import/import.hpp"

namespace assay {
namespace {

// What the table is refused with; "" where it is read.
std::string refusal(const std::string& text) {
    try {
        read_input_table(text, "inputs.csv");
    } catch (const TableError& error) {
        EXPECT_EQ(error.exit(), Exit::usage);
        return error.what();
    }
    return "";
}

TEST(InputTableFile, IsReadAsItStands) {
    const InputTable expected = {{"a", "b c", "d,\"e\""},
                                 {{"writer", {"w1", "w7"}, {2, 0, 1}}, {"age", {"10", "9"}, {1, 2, 1}}}};
    EXPECT_EQ(read_input_table("id,writer,age\na,w7,10\nb c,,9\n\"d,\"\"e\"\"\",w1,10\n", "i.csv"), expected);
    EXPECT_EQ(read_input_table("\xEF\xBB\xBFid,writer,age\r\na , w7,10\r\n\r\n\"b c\",\"\",9\r\n\"d,\"\"e\"\"\",w1,10",
                               "i.csv"),
              expected)
        << "a byte order mark, blanks, an empty line, no end";
    EXPECT_EQ(read_input_table("writer,id,age\nw7,a,10\n,b c,9\nw1,\"d,\"\"e\"\"\",10\n", "i.csv"), expected)
        << "id may stand anywhere";
    EXPECT_EQ(read_input_table("id\na\n", "i.csv"), (InputTable{{"a"}, {}})) << "ids alone";
}

// Values are sorted: whichever input comes first, the slice is the same.
TEST(InputTableFile, TheOrderOfInputsDoesNotNameValues) {
    EXPECT_EQ(read_input_table("id,w\na,z\nb,y\n", "").slices[0].values,
              read_input_table("id,w\nb,y\na,z\n", "").slices[0].values);
}

TEST(InputTableFile, WhatIsWrongIsSaidWithItsPlace) {
    std::string many = "id,writer\n", wide = "id", fifty = many;
    for (int i = 0; i < 51; ++i) many += std::to_string(i) + ",w" + std::to_string(i) + "\n";
    for (int i = 0; i < 100; ++i) fifty += std::to_string(i) + ",w" + std::to_string(i % 50) + "\n";
    for (int i = 0; i < 21; ++i) wide += ",s" + std::to_string(i);
    struct Row {
        const char* what;
        std::string text, code, place, says;
    };
    const Row rows[] = {
        {"empty", "", "I0111", "inputs.csv\n", "the table of inputs is empty"},
        {"no header", "img_1,w7\nimg_2,w1\n", "I0111", "inputs.csv:1:1\n", "no column is called id"},
        {"no id", "name,writer\na,w7\n", "I0111", "inputs.csv:1:1\n", "no column is called id"},
        {"another case", "writer,ID\nw7,a\n", "I0111", "inputs.csv:1:8\n", "did you mean 'id'?"},
        {"a name twice", "id,w,w\na,1,2\n", "I0111", "inputs.csv:1:6\n", "two columns are called 'w'"},
        {"no name", "id,,w\na,1,2\n", "I0111", "inputs.csv:1:4\n", "a column without a name"},
        {"too wide", wide + "\n", "I0111", "inputs.csv:1:74\n", "more than 20 slices"},
        {"no inputs", "id,writer\n", "I0112", "inputs.csv:1:1\n", "the table has no inputs"},
        {"a cell missing", "id,writer\na,w7\nb\n", "I0112", "inputs.csv:3:1\n",
         "1 cell in this line, 2 in the line of"},
        {"an id twice", "id,writer\na,w7\nb,w1\na,w2\n", "I0112", "inputs.csv:4:1\n", "'a' stands in line 2 already"},
        {"no id in a line", "id,writer\n,w7\n", "I0112", "inputs.csv:2:1\n", "an input without an id"},
        {"a long id", "id\n" + std::string(257, 'x') + "\n", "I0112", "inputs.csv:2:1\n", "at most 256 bytes"},
        {"an id of two lines", "id\n\"a\nb\"\n", "I0112", "inputs.csv:2:1\n", "on one line"},
        {"too many values", many, "I0113", "inputs.csv:52:4\n", "'writer' has more than 50 different values"},
        {"an empty column", "id,writer\na,\nb,\n", "I0113", "inputs.csv:1:4\n", "is empty in every line"},
        {"a value of two lines", "id,w\na,\"x\ny\"\n", "I0113", "inputs.csv:2:3\n", "no value for a slice"},
        {"an open quote", "id\n\"a\n", "I0101", "inputs.csv:2:1\n", "this quote is never closed"},
        {"no text", "id\n\xff\n", "I0101", "inputs.csv:2:1\n", "not UTF-8"},
    };
    for (const Row& row : rows) {
        const std::string text = refusal(row.text);
        EXPECT_TRUE(text.starts_with("error[" + row.code + "]: ")) << row.what << ": " << text;
        EXPECT_NE(text.find(row.place), std::string::npos) << row.what << ": " << text;
        EXPECT_NE(text.find(row.says), std::string::npos) << row.what << ": " << text;
    }
    EXPECT_EQ(refusal(fifty), "") << "50 values are a slice";
    EXPECT_EQ(refusal("id\n" + std::string(256, 'x') + "\n"), "");
}

TEST(InputTableFile, AllErrorsAtOnce) {
    const std::string text = refusal("id,writer\na,w7\na,w1\n,w2\n");
    EXPECT_NE(text.find("inputs.csv:3:1"), std::string::npos) << text;
    EXPECT_NE(text.find("inputs.csv:4:1"), std::string::npos) << text;
}

}  // namespace
}  // namespace assay
