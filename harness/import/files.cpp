#include "import/files.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <span>

#include "base/digest.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "core/npy.hpp"
#include "core/predictions.hpp"
#include "core/safetensors.hpp"
#include "import/csv.hpp"

namespace assay {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t k_file_limit = std::size_t{2} << 30;

[[noreturn]] void damaged(const std::string& what, const std::string& help = "") {
    throw Error("I0107", Exit::unreadable, what, help);
}
[[noreturn]] void unfit(const std::string& what) { throw Error("I0108", Exit::usage, what); }

// Pipes and devices could be read for ever.
std::string read_plain_file(const fs::path& folder, const std::string& name) {
    const fs::path path = folder / name;
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (status.type() == fs::file_type::not_found)
        damaged("there is no file " + path.string(), "paths are relative to the folder of the table");
    if (error || status.type() != fs::file_type::regular) damaged(path.string() + " is not a plain file");
    try {
        return read_file(path, k_file_limit);
    } catch (const Error& refused) {
        damaged(refused.what());
    }
}

// "this quote is never closed (p.csv:3:1)" of the first problem.
std::string first_of(const Problems& problems) {
    const std::vector<std::string> lines = split_lines(problems.text());
    return lines[0].substr(lines[0].find(": ") + 2) + " (" + lines[1].substr(lines[1].find("--> ") + 4) + ")";
}

std::optional<double> number_in(const std::string& text) {
    double value = 0;
    const char* const end = text.data() + text.size();
    const auto [next, error] = std::from_chars(text.data(), end, value);
    return error == std::errc() && next == end ? std::optional(value) : std::nullopt;
}

struct NumberTable {
    std::size_t columns = 0;
    std::vector<double> values;  // row by row
};

NumberTable read_numbers(const std::string& bytes, const std::string& name) {
    const std::string_view text = without_byte_order_mark(bytes);
    Problems problems(text, name);
    std::vector<CsvRow> rows = parse_csv(text, problems);
    if (!problems.empty()) damaged(first_of(problems));
    const auto is_number = [](const CsvCell& cell) { return number_in(cell.text).has_value(); };
    if (!rows.empty() && std::none_of(rows[0].begin(), rows[0].end(), is_number)) rows.erase(rows.begin());
    if (rows.empty()) unfit(name + " holds no numbers");
    NumberTable table{rows[0].size(), {}};
    for (const CsvRow& row : rows) {
        const std::string line = name + ":" + std::to_string(row[0].place.line + 1);
        if (row.size() != table.columns)
            unfit(line + ": " + plural(row.size(), "number") + ", the rows above have " +
                  std::to_string(table.columns));
        for (const CsvCell& cell : row) {
            const auto value = number_in(cell.text);
            if (!value)
                unfit(line + ":" + std::to_string(cell.place.column + 1) + ": expected a number, got '" +
                      elide(cell.text, 40) + "'");
            table.values.push_back(*value);
        }
    }
    return table;
}

NumericArray read_array(const std::string& bytes, const std::string& name) {
    try {
        return parse_npy(bytes);
    } catch (const Error& error) {
        damaged(name + ": " + error.what());
    }
}

std::vector<std::int64_t> whole_numbers(const NumberTable& table, const std::string& name) {
    if (table.columns != 1) unfit(name + " has " + plural(table.columns, "column") + "; expected labels, one a line");
    std::vector<std::int64_t> labels;
    for (const double value : table.values) {
        const bool whole = std::isfinite(value) && value == std::floor(value) && std::abs(value) < 1e15;
        if (!whole) unfit(name + " holds " + scientific(value) + "; expected labels, whole numbers from 0");
        labels.push_back(static_cast<std::int64_t>(value));
    }
    return labels;
}

std::vector<std::int64_t> whole_numbers(const NumericArray& array, const std::string& name) {
    if (array.type == NumericType::float32 || array.type == NumericType::float64 || array.shape.size() != 1)
        unfit(name + " is no list of whole numbers; expected labels [inputs] of an integer type");
    return integers_of(array);
}

std::string_view dtype_name(NumericType type) {
    switch (type) {
        case NumericType::float32:
            return "F32";
        case NumericType::float64:
            return "F64";
        case NumericType::int32:
            return "I32";
        case NumericType::int64:
            return "I64";
        case NumericType::uint8:
            return "U8";
        case NumericType::uint64:
            return "U64";
    }
    return "";
}

}  // namespace

MemberRef TableFiles::keep(std::string bytes) {
    const MemberRef member{sha256_hex(bytes), bytes.size()};
    objects_.emplace(member.sha256, std::move(bytes));
    return member;
}

const AnswerFile& TableFiles::answers(const std::string& path) {
    const auto known = answers_.find(path);
    if (known != answers_.end()) return known->second;
    std::string bytes = read_plain_file(folder_, path);
    if (path.ends_with(".csv")) {
        const NumberTable table = read_numbers(bytes, path);
        bytes = write_npy(
            array_of<double>(NumericType::float64, {table.values.size() / table.columns, table.columns}, table.values));
    }
    const NumericArray array = read_array(bytes, path);
    const PredictionResult read = predictions_from_array(array);
    AnswerFile file;
    if (read.predictions) {
        file.n_inputs = read.predictions->n_inputs;
        file.n_classes = read.predictions->n_classes;
    } else if (read.problem.diverged) {
        file.n_inputs = array.shape[0];
        file.n_classes = array.shape[1];
        file.diverged = read.problem.reason;
    } else {
        unfit(path + ": " + read.problem.reason);
    }
    file.file = keep(std::move(bytes));
    return answers_.emplace(path, std::move(file)).first->second;
}

const LabelFile& TableFiles::labels(const std::string& path) {
    const auto known = labels_.find(path);
    if (known != labels_.end()) return known->second;
    const std::string bytes = read_plain_file(folder_, path);
    const std::vector<std::int64_t> labels = path.ends_with(".csv") ? whole_numbers(read_numbers(bytes, path), path)
                                                                    : whole_numbers(read_array(bytes, path), path);
    if (labels.empty()) unfit(path + " holds no labels");
    LabelFile file;
    file.count = labels.size();
    const auto [least, largest] = std::minmax_element(labels.begin(), labels.end());
    file.least = *least;
    file.largest = *largest;
    file.file = keep(write_npy(array_of<std::int64_t>(NumericType::int64, {labels.size()}, labels)));
    return labels_.emplace(path, std::move(file)).first->second;
}

const std::vector<TensorDigest>& TableFiles::weights(const std::string& path) {
    const auto known = weights_.find(path);
    if (known != weights_.end()) return known->second;
    const std::string bytes = read_plain_file(folder_, path);
    std::vector<TensorDigest> tensors;
    if (path.ends_with(".npy")) {
        const NumericArray array = read_array(bytes, path);
        TensorDigest tensor{"weights", std::string(dtype_name(array.type)), {}, sha256_hex(array.bytes)};
        tensor.shape.assign(array.shape.begin(), array.shape.end());
        tensors.push_back(std::move(tensor));
    } else {
        try {
            tensors = read_safetensors(bytes);
        } catch (const Error& error) {
            damaged(path + ": " + error.what());
        }
    }
    return weights_.emplace(path, std::move(tensors)).first->second;
}

}  // namespace assay
