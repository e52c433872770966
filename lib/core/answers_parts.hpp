// Between the files that read answers.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "core/answers.hpp"

namespace assay {

[[noreturn]] void refuse_answers(const std::string& what);  // N0201

struct TextNumber {
    double value = 0;
    bool whole = false;  // so written: no point, no exponent, and a double holds it
};
std::optional<TextNumber> number_in_text(std::string_view text);

// int64 when all are whole, else float64.
NumericArray array_of_text(std::vector<std::size_t> shape, std::span<const double> values, bool all_whole);

NumberTable read_csv_numbers(std::string_view text, const std::string& name);
NumberTable read_json_numbers(std::string_view text, const std::string& name);

}  // namespace assay
