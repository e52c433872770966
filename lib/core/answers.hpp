// What a trainer answered, in whatever file it wrote it. Pure: bytes in, values out; the file's name says its format.
//
//   .npy          bool, whole numbers, floats of 2 to 8 bytes, either byte order, C or Fortran order, versions 1 to 3
//   .npz          the array that is called as wanted, or the only one
//   .safetensors  likewise
//   .csv          numbers, with or without a line of names above; a column called id names the rows
//   .json         [[0.1, 0.9], ...] or [3, 1, ...]; NaN, Infinity and -Infinity as Python writes them
//
// Python objects (a pickle inside .npy) are refused by their header, never opened. Every size is compared with the
// bytes that are there before anything is allocated.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/npy.hpp"

namespace assay {

// Numbers as they stand in a file: int64 when all are whole (so written, in a text), else float32 or float64; 16-bit
// floats become float32, which loses nothing.
struct NumberTable {
    NumericArray numbers;          // [N] or [N, C]; C order
    std::vector<std::string> ids;  // one a row: of a column called id; else empty
};

// Whether files of that name are read; the endings are written in small letters.
bool is_answer_file(std::string_view file_name);
inline constexpr const char* k_answer_endings = ".npy, .npz, .csv, .json or .safetensors";

// `wanted` is what an array in a file of several must be called: "predictions". `name` stands before every message,
// with line and column in a text. Errors (exit 74): N0201 not readable: damaged, cut off, no table of numbers;
// N0202 Python objects, which nobody opens.
NumberTable read_number_table(std::string_view bytes, const std::string& name, std::string_view wanted);

enum class AnswerKind { probabilities, logits, scores, labels };

// What the spec says under `decision`: how answers that are no probabilities become decisions.
struct Decision {
    bool logits = false;                      // softmax first; of one number a row the logistic function
    bool scores = false;                      // one number a row: the probability of class 1
    double threshold = 0.5;                   // of such scores: class 1 is the answer above it
    std::optional<std::size_t> classes = {};  // one label a row: 0 to classes - 1
    friend bool operator==(const Decision&, const Decision&) = default;
};

struct Answers {
    AnswerKind kind = AnswerKind::probabilities;
    std::size_t n_inputs = 0;
    NumericArray values;           // probabilities, logits [N, C]; scores, logits [N]; labels int64 [N]
    std::vector<std::string> ids;  // as in the table
};

// A column of one number a row is the same as a list. Error N0203 (74) where the numbers and the decision do not go
// together, with what to write into the spec.
Answers answers_of(NumberTable table, const Decision& decision);

// As float32 or float64 [N, C], C >= 2, for predictions_from_array: probabilities as they are; logits through softmax
// in double; a score s as (1 - s, s); a label as 1 in its column. What is not finite stays so (an outcome, no error).
// Error N0204 (74) names the first row that cannot be: a score outside 0 to 1, a label outside its classes.
NumericArray probabilities_of(Answers answers, const Decision& decision);

// The rows in the order of `wanted`; both lists hold each id once. Precondition: as many ids as rows.
// Nothing when they are not the same ids.
std::optional<NumericArray> rows_by_id(const NumericArray& array, const std::vector<std::string>& ids,
                                       const std::vector<std::string>& wanted);
// "the id 'b' stands in rows 1 and 7 (from 0)", or that there is an empty one; nothing when each is there once.
std::optional<std::string> id_problem(const std::vector<std::string>& ids);

}  // namespace assay
