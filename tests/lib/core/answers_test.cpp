#include "core/answers.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/random.hpp"
#include "core/predictions.hpp"

namespace assay {
namespace {

const std::filesystem::path k_folder = ASSAY_SOURCE_DIR "/fixtures/reference/answers";

NumberTable read(const std::string& name) { return read_number_table(read_file(k_folder / name), name, "predictions"); }

std::string refusal(const std::string& bytes, const std::string& name) {
    try {
        read_number_table(bytes, name, "predictions");
    } catch (const Error& error) {
        EXPECT_EQ(error.exit(), Exit::unreadable);
        return error.code() + ": " + error.what();
    }
    return "";
}

std::vector<double> values_of(const NumericArray& array) {
    if (array.type == NumericType::int64) {
        const auto whole = integers_of(array);
        return {whole.begin(), whole.end()};
    }
    std::vector<double> values;
    for (std::size_t i = 0; i < array.count(); ++i) {
        double value = 0;
        float single = 0;
        if (array.type == NumericType::float64) {
            array.bytes.copy(reinterpret_cast<char*>(&value), 8, i * 8);
        } else {
            array.bytes.copy(reinterpret_cast<char*>(&single), 4, i * 4);
            value = single;
        }
        values.push_back(value);
    }
    return values;
}

const std::vector<double> k_table = {0.25, 0.75, 0, 1, 0, 0, 0.125, 0.5, 0.375, 0, 0, 1};

TEST(Answers, TheSameTableIsReadFromEveryFile) {
    std::size_t files = 0;
    for (const std::string& name : list_directory(k_folder)) {
        if (!name.starts_with("table")) continue;
        ++files;
        const NumberTable table = read(name);
        EXPECT_EQ(table.numbers.shape, (std::vector<std::size_t>{4, 3})) << name;
        EXPECT_EQ(values_of(table.numbers), k_table) << name;
        const bool doubles = name.find("f8") != std::string::npos || name == "table_of_two.npz" ||
                             name.ends_with(".csv") || name.ends_with(".json");
        EXPECT_EQ(table.numbers.type, doubles ? NumericType::float64 : NumericType::float32) << name;
        const bool has_ids = name == "table_ids.csv";
        EXPECT_EQ(table.ids,
                  has_ids ? (std::vector<std::string>{"img-0", "img-1", "img-2", "img-3"}) : std::vector<std::string>())
            << name;
        const Answers answers = answers_of(table, {});
        EXPECT_EQ(answers.kind, AnswerKind::probabilities);
        EXPECT_TRUE(predictions_from_array(probabilities_of(answers, {})).predictions) << name;
    }
    EXPECT_EQ(files, 18U);
}

TEST(Answers, TheSameLabelsAreReadFromEveryFile) {
    for (const std::string& name : list_directory(k_folder)) {
        if (!name.starts_with("labels")) continue;
        const NumberTable table = read(name);
        EXPECT_EQ(values_of(table.numbers), (std::vector<double>{1, 0, 1, 2})) << name;
        EXPECT_EQ(table.numbers.type, name == "labels_f4.npy" ? NumericType::float32 : NumericType::int64) << name;
    }
}

TEST(Answers, WhatIsNotFiniteIsReadAsItStands) {
    const auto values = values_of(read("not_finite.json").numbers);
    EXPECT_TRUE(std::isnan(values[1]) && std::isinf(values[2]) && values[3] < 0);
    EXPECT_EQ(values_of(read_number_table("0,1\n0.25,0.75\n1,0\n", "a.csv", "").numbers),
              (std::vector<double>{0.25, 0.75, 1, 0}))
        << "pandas names columns 0, 1 ..";
    EXPECT_EQ(values_of(read_number_table("0,1\n", "a.csv", "").numbers), (std::vector<double>{0, 1}));
    const auto csv = values_of(read_number_table("0.5,nan\ninf,-inf\n", "a.csv", "").numbers);
    EXPECT_TRUE(std::isnan(csv[1]) && std::isinf(csv[2]) && csv[3] < 0);
    const auto diverged = predictions_from_array(
        probabilities_of(answers_of(read("not_finite.json"), {.logits = true}), {.logits = true}));
    EXPECT_TRUE(diverged.problem.diverged) << diverged.problem.reason;
}

std::string npy(const std::string& dictionary, const std::string& data) {
    std::string file("\x93NUMPY\x01\0", 8);
    file += static_cast<char>(dictionary.size());
    file += '\0';
    return file + dictionary + data;
}

TEST(Answers, EachFaultIsNamedWithItsPlace) {
    const std::string rows_2_60 = "{'descr': '<f4', 'fortran_order': False, 'shape': (1152921504606846976, 10), }";
    const struct {
        std::string name, bytes, says;
    } cases[] = {
        {"a.npy", read_file(k_folder / "objects.npy"), "N0202: a.npy holds Python objects (dtype '|O'), a pickle"},
        {"a.npz", read_file(k_folder / "objects.npz"), "N0202: a.npz: predictions.npy holds Python objects"},
        {"a.npy", read_file(k_folder / "structured.npy"), "N0201: a.npy has the structured type; expected numbers"},
        {"a.npy", read_file(k_folder / "words.npy"), "N0201: a.npy has the type '<U1'"},
        {"a.npy", read_file(k_folder / "complex.npy"), "N0201: a.npy has the type '<c8'"},
        {"a.npy", npy(rows_2_60, "x"), "N0201: a.npy: not a readable .npy array: a shape beyond memory"},
        {"a.npy", npy("{'descr': '<f4', 'fortran_order': True, 'shape': (1152921504606846976,), }", "x"),
         "N0201: a.npy: not a readable .npy array: 1 bytes of data; its shape needs 4611686018427387904"},
        {"a.npy", read_file(k_folder / "table_f4.npy").substr(0, 150), "22 bytes of data; its shape needs 48"},
        {"a.npy", "\x80\x04.", "N0201: a.npy: not a readable .npy array: it does not begin with the .npy signature"},
        {"a.npz", read_file(k_folder / "table_of_two.npz").substr(0, 300), "N0201: a.npz: not a readable zip archive"},
        {"a.safetensors", "12345678{", "N0201: a.safetensors: not a readable safetensors file"},
        {"a.txt", "1,2\n", "a.txt is no file of answers; expected .npy, .npz, .csv, .json or .safetensors"},
        {"a.csv", "", "N0201: a.csv holds no numbers"},
        {"a.csv", "a,b\n", "N0201: a.csv holds no numbers"},
        {"a.csv", "id\nx\n", "N0201: a.csv holds no numbers"},
        {"a.csv", "a,b\r\n0.5,0.5\r\n0.5,x\r\n",
         "N0201: a.csv:3:5: row 1, column 1 (from 0): expected a number, got 'x'"},
        {"a.csv", "0.5,0.5\n0.5,\n",
         "a.csv:2:5: row 1, column 1 (from 0): expected a number, got an empty cell (pandas"},
        {"a.csv", ",0,1\n0,0.5,0.5\n",
         "a.csv:1:1: row 0, column 0 (from 0): expected a number, got an empty cell (pandas: "},
        {"a.csv", ",cat,dog\n0,0.5,0.5\n", "a.csv:1:1: a column without a name: pandas' index? (to_csv(index=False)"},
        {"a.csv", "0,1\n1,0\n0,1\n", "a.csv:1:1: 0,1.. are names of columns or answers? Both are possible here"},
        {"a.csv", "0.5,0.5\n1\n", "a.csv:2:1: 1 cell in this line, above it has 2"},
        {"a.csv", "0.5,\"0.5\n", "a.csv:1:5: this quote is never closed"},
        {"a.csv", "id,a,id\nx,1,y\n", "a.csv:1:6: two columns are called id"},
        {"a.csv", "0.5,0.5\n\xff,1\n", "a.csv:2:1: this line is not UTF-8 text"},
        {"a.json", "", "a.json:1:1: expected [, a list of rows, got the end of the file"},
        {"a.json", "{\"p\": 1}", "a.json:1:1: expected [, a list of rows, got '{'"},
        {"a.json", "[[0.5, 0.5],\n [0.5, \"x\"]]", "a.json:2:8: expected a number (row 1, column 1, from 0), got '\"'"},
        {"a.json", "[[1, 2], [1]]", "a.json: row 1 (from 0) has 1 number, the rows above have 2"},
        {"a.json", "[[1, 2], 3]", "a.json:1:10: expected [, row 1 (from 0), got '3'"},
        {"a.json", "[[1, null]]", "a.json:1:6: expected a number (row 0, column 1, from 0), got 'null'"},
        {"a.json", "[[1, 2]", "a.json:1:8: expected a comma or ], got the end of the file"},
        {"a.json", "[[1, 2]] x", "a.json:1:10: expected nothing after the list, got 'x'"},
        {"a.json", "[1, 0x10]", "a.json:1:5: expected a number (column 1, from 0), got '0x10'"},
        {"a.json", "[]", "a.json holds no numbers"},
        {"a.json", std::string(100'000, '['), "a.json:1:3: expected a number"},
    };
    for (const auto& c : cases) {
        const std::string got = refusal(c.bytes, c.name);
        EXPECT_NE(got.find(c.says), std::string::npos) << "got " << got << ", expected " << c.says;
    }
}

NumericArray list(const std::vector<double>& values) {
    return array_of<double>(NumericType::float64, {values.size()}, values);
}
NumericArray whole(std::vector<std::size_t> shape, const std::vector<std::int64_t>& values) {
    return array_of<std::int64_t>(NumericType::int64, std::move(shape), values);
}

std::string decision_problem(const NumericArray& array, const Decision& decision) {
    try {
        probabilities_of(answers_of({array, {}}, decision), decision);
    } catch (const Error& error) {
        return error.code() + ": " + error.what();
    }
    return "";
}

TEST(Answers, ADecisionMakesProbabilitiesOfLogitsScoresAndLabels) {
    const auto rows = [](const NumericArray& array, const Decision& decision) {
        return values_of(probabilities_of(answers_of({array, {}}, decision), decision));
    };
    const Decision logits{.logits = true}, scores{.scores = true}, three{.classes = 3};
    const auto softmax =
        rows(array_of<double>(NumericType::float64, {1, 3}, std::vector<double>{1000, 999, -HUGE_VAL}), logits);
    EXPECT_DOUBLE_EQ(softmax[0], 1 / (1 + std::exp(-1)));
    EXPECT_DOUBLE_EQ(softmax[1], std::exp(-1) / (1 + std::exp(-1)));
    EXPECT_EQ(softmax[2], 0);
    EXPECT_EQ(rows(list({0, 800, -800}), logits), (std::vector<double>{0.5, 0.5, 0, 1, 1, 0}));
    EXPECT_EQ(rows(list({0.25, 1}), scores), (std::vector<double>{0.75, 0.25, 0, 1}));
    EXPECT_EQ(rows(whole({2, 1}, {0, 1}), scores), (std::vector<double>{1, 0, 0, 1})) << "a column is a list";
    EXPECT_EQ(rows(whole({2}, {2, 0}), three), (std::vector<double>{0, 0, 1, 1, 0, 0}));
    EXPECT_EQ(rows(whole({2, 2}, {0, 1, 1, 0}), {}), (std::vector<double>{0, 1, 1, 0})) << "whole probabilities";
    EXPECT_TRUE(std::isnan(rows(list({std::numeric_limits<double>::quiet_NaN()}), scores)[0]));
}

TEST(Answers, NumbersAndDecisionMustGoTogether) {
    const struct {
        NumericArray array;
        Decision decision;
        std::string says;
    } cases[] = {
        {whole({3}, {0, 1, 2}), {}, "N0203: predictions [3] are labels: write decision: {classes: C}"},
        {list({0.5, 0.5}),
         {},
         "N0203: predictions [2] are one number for each input: write decision: {threshold: 0.5}"},
        {whole({2, 2}, {0, 1, 1, 0}), {.classes = 2}, "N0203: predictions [2, 2] are no labels"},
        {list({0.5}), {.classes = 2}, "N0203: predictions [1] are no labels"},
        {whole({2, 2}, {0, 1, 1, 0}), {.scores = true}, "N0203: predictions [2, 2] are not one score for each input"},
        {whole({1, 2, 2}, {0, 1, 1, 0}), {}, "N0203: predictions have the shape [1, 2, 2]"},
        {whole({}, {0}), {}, "N0203: predictions have the shape []"},
        {whole({0, 2}, {}), {}, "N0203: predictions have the shape [0, 2]"},
        {list({0.5, 1.5}), {.scores = true}, "N0204: row 1 (from 0) of the predictions is 1.5"},
        {whole({2}, {0, 3}),
         {.classes = 3},
         "N0204: row 1 (from 0) of the predictions is 3; expected a label from 0 to 2"},
        {whole({2}, {-1, 0}), {.classes = 3}, "N0204: row 0 (from 0) of the predictions is -1"},
    };
    for (const auto& c : cases) {
        const std::string got = decision_problem(c.array, c.decision);
        EXPECT_TRUE(got.starts_with(c.says)) << "got " << got << ", expected " << c.says;
    }
}

TEST(Answers, RowsFollowTheirIds) {
    const NumericArray rows = whole({3, 2}, {1, 2, 3, 4, 5, 6});
    const auto ordered = rows_by_id(rows, {"a", "b", "c"}, {"c", "a", "b"});
    ASSERT_TRUE(ordered);
    EXPECT_EQ(values_of(*ordered), (std::vector<double>{5, 6, 1, 2, 3, 4}));
    EXPECT_FALSE(rows_by_id(rows, {"a", "b", "c"}, {"c", "a", "d"}));
    EXPECT_FALSE(rows_by_id(rows, {"a", "b", "c"}, {"c", "a"}));
    EXPECT_EQ(id_problem({"a", "b"}), std::nullopt);
    EXPECT_EQ(id_problem({"a", "b", "a"}), "the id 'a' stands in rows 0 and 2 (from 0)");
    EXPECT_EQ(id_problem({"a", ""}), "row 1 (from 0) has no id");
}

// Stream "answers.damage" of seed 1: files with up to 4 bytes changed or cut off are read or refused, nothing else.
TEST(Answers, DamagedFilesAreReadOrRefused) {
    Random random(1, "answers.damage");
    for (const std::string& name : list_directory(k_folder)) {
        const std::string good = read_file(k_folder / name);
        for (int i = 0; i < 300; ++i) {
            std::string file = good;
            for (std::uint64_t n = random.below(4) + 1; n > 0; --n)
                file[random.below(file.size())] = static_cast<char>(random.below(256));
            if (random.below(3) == 0) file.resize(random.below(file.size() + 1));
            refusal(file, name);
        }
    }
}

}  // namespace
}  // namespace assay
