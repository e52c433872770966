// Predictions, labels and ids as they arrive.
#include "trainer/arrival.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/digest.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "core/predictions.hpp"

namespace assay {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t k_ids_limit = std::size_t{256} << 20;
constexpr std::size_t k_names_shown = 6;

// A defect in a file of predictions, by the reader's code.
std::string reason_code(const std::string& reader_code) {
    if (reader_code == "N0202") return "R0231";
    if (reader_code == "N0203") return "R0232";
    return reader_code == "N0204" ? "R0209" : "R0235";
}

// "; in ${out}: preds.npy, model.pt"
std::string what_is_there(const fs::path& out) {
    std::vector<std::string> names;
    for (const std::string& name : list_directory(out)) names.push_back(elide(printable_line(name), 40));
    if (names.empty()) return "; nothing is in ${out}";
    if (names.size() > k_names_shown) {
        names.resize(k_names_shown);
        names.emplace_back("...");
    }
    return "; in ${out}: " + join(names, ", ");
}

// The file of that name; of a default name, the one file with an ending that is read.
std::string name_found(const fs::path& out, const std::string& name, const std::string& fallback) {
    if (name != fallback) return name;
    const std::string stem = fallback.substr(0, fallback.rfind('.'));
    std::vector<std::string> found;
    for (const char* ending : {".npy", ".npz", ".csv", ".json", ".safetensors"}) {
        std::error_code error;
        if (fs::exists(fs::symlink_status(out / (stem + ending), error))) found.push_back(stem + ending);
    }
    if (found.size() > 1)
        failed("R0208", "there are " + join(found, " and ") +
                            "; keep one of them, or name a file of another name under trainer in the spec");
    return found.empty() ? name : found.front();
}

std::string shape_text(const Shape& shape) {
    return std::to_string(shape.n_inputs) + " x " + std::to_string(shape.n_classes);
}

NumericArray read_probabilities(const std::string& bytes, const std::string& name, const Decision& decision,
                                std::vector<std::string>& ids) {
    try {
        Answers answers = answers_of(read_number_table(bytes, name, "predictions"), decision);
        ids = std::move(answers.ids);
        return probabilities_of(std::move(answers), decision);
    } catch (const Error& error) {
        const bool names_itself = error.code() == "N0201" || error.code() == "N0202";
        failed(reason_code(error.code()), (names_itself ? "" : name + ": ") + error.what());
    }
}

// One id a line; nothing without such a file.
std::vector<std::string> read_ids(const fs::path& out) {
    const auto text = read_output(out, "ids.txt", k_ids_limit);
    if (!text) return {};
    if (!is_utf8(*text)) failed("R0233", "ids.txt is not UTF-8 text");
    std::vector<std::string> ids = split_lines(*text);
    while (!ids.empty() && ids.back().empty()) ids.pop_back();
    return ids;
}

void check_ids(const std::vector<std::string>& ids, std::size_t n_inputs, const std::string& name) {
    if (ids.size() != n_inputs)
        failed("R0233",
               name + " has " + plural(ids.size(), "id") + ", the predictions have " + plural(n_inputs, "row"));
    if (const auto problem = id_problem(ids)) failed("R0233", name + ": " + *problem);
    const auto odd =
        std::find_if(ids.begin(), ids.end(), [](const std::string& id) { return printable_line(id) != id; });
    if (odd != ids.end())
        failed("R0233",
               name + ": the id of row " + std::to_string(odd - ids.begin()) + " (from 0) has control characters");
}

// Of the column id, or of ids.txt; where there are both they must be the same.
std::vector<std::string> ids_of_rows(const fs::path& out, std::vector<std::string> of_column, const std::string& name,
                                     std::size_t n_inputs) {
    std::vector<std::string> of_file = read_ids(out);
    if (!of_column.empty()) check_ids(of_column, n_inputs, name);
    if (!of_file.empty()) check_ids(of_file, n_inputs, "ids.txt");
    if (of_column.empty()) return of_file;
    if (!of_file.empty() && of_file != of_column) failed("R0233", "ids.txt and the column id of " + name + " differ");
    return of_column;
}

// What is the first id that the others do not have.
[[noreturn]] void other_ids(const std::vector<std::string>& ids, const std::vector<std::string>& expected,
                            const std::string& what) {
    std::vector<std::string> known = expected;
    std::sort(known.begin(), known.end());
    const auto strange = std::find_if(
        ids.begin(), ids.end(), [&](const auto& id) { return !std::binary_search(known.begin(), known.end(), id); });
    failed("R0233", "row " + std::to_string(strange - ids.begin()) + " (from 0) has the id '" +
                        elide(strange == ids.end() ? "" : *strange, 40) + "', which " + what);
}

void check_shape(const std::string& name, const Shape& shape, const Expected& expected) {
    if (!expected.shape || *expected.shape == shape) return;
    failed("R0210", name + " is " + shape_text(shape) + ", other runs' is " + shape_text(*expected.shape) +
                        ": the held-out inputs must be the same in every run");
}

std::vector<std::int64_t> whole_labels(const NumericArray& array, const std::string& name) {
    if (array.type == NumericType::int64) return integers_of(array);
    std::vector<std::int64_t> labels(array.count());
    for (std::size_t i = 0; i < labels.size(); ++i) {
        double value = 0;
        if (array.type == NumericType::float32) {
            float single = 0;
            std::memcpy(&single, array.bytes.data() + i * sizeof single, sizeof single);
            value = single;
        } else {
            std::memcpy(&value, array.bytes.data() + i * sizeof value, sizeof value);
        }
        if (!(std::abs(value) < 1e15) || value != std::floor(value))
            failed("R0211", name + " holds fractions: row " + std::to_string(i) + " (from 0) is " +
                                (std::isfinite(value) ? scientific(value) : "not finite"));
        labels[i] = static_cast<std::int64_t>(value);
    }
    return labels;
}

NumberTable read_labels(const std::string& bytes, const std::string& name) {
    try {
        NumberTable table = read_number_table(bytes, name, "labels");
        if (table.numbers.shape.size() == 2 && table.numbers.shape[1] == 1) table.numbers.shape.pop_back();
        if (table.numbers.shape.size() == 1) return table;
    } catch (const Error& error) {
        failed(error.code() == "N0202" ? "R0231" : "R0211", error.what());
    }
    failed("R0211", name + " is no list; expected one whole number for each input");
}

std::string row_text(std::ptrdiff_t row) { return "row " + std::to_string(row) + " (from 0) "; }

void check_labels(const std::vector<std::int64_t>& labels, const std::string& name, const Shape& shape) {
    if (labels.size() != shape.n_inputs)
        failed("R0211", name + " has " + std::to_string(labels.size()) + " labels, the predictions have " +
                            std::to_string(shape.n_inputs) + " rows");
    const auto classes = static_cast<std::int64_t>(shape.n_classes);
    const auto outside =
        std::find_if(labels.begin(), labels.end(), [&](std::int64_t label) { return label < 0 || label >= classes; });
    if (outside == labels.end()) return;
    failed("R0211", name + " has labels outside 0 to " + std::to_string(classes - 1) + ": " +
                        row_text(outside - labels.begin()) + "is " + std::to_string(*outside));
}

void check_same_labels(const std::vector<std::int64_t>& labels, const std::string& name, const Expected& expected) {
    if (expected.labels.size() != labels.size()) return;
    const auto [mine, theirs] = std::mismatch(labels.begin(), labels.end(), expected.labels.begin());
    if (mine == labels.end()) return;
    failed("R0234", name + " differs from other runs': " + row_text(mine - labels.begin()) + "is " +
                        std::to_string(*mine) + ", theirs " + std::to_string(*theirs) +
                        ": the held-out inputs must be the same, in the same order, in every run");
}

// In the order of `order`, when these are other ids or in another order; `what` ends the sentence of a refusal.
NumericArray in_order(NumericArray array, const std::vector<std::string>& ids, const std::vector<std::string>& order,
                      const std::string& what) {
    if (ids.empty() || order.empty() || ids == order) return array;
    auto ordered = rows_by_id(array, ids, order);
    if (!ordered) other_ids(ids, order, what);
    return std::move(*ordered);
}

// The ids of the rows as they were written; the kept ones are in the order of other runs.
std::vector<std::string> take_predictions(const fs::path& out, const ResultNames& names, const Expected& expected,
                                          TrainerResults& results) {
    const std::string name = name_found(out, names.predictions, k_default_predictions);
    auto bytes = read_output(out, name, k_predictions_limit);
    if (!bytes) failed("R0208", "the trainer ended without writing " + name + what_is_there(out));
    std::vector<std::string> of_column;
    NumericArray array = read_probabilities(*bytes, name, names.decision, of_column);
    bytes.reset();
    const Shape shape{array.shape.at(0), array.shape.at(1)};
    std::vector<std::string> ids = ids_of_rows(out, std::move(of_column), name, shape.n_inputs);
    check_shape(name, shape, expected);
    array = in_order(std::move(array), ids, expected.ids, "no other run has");
    if (!ids.empty()) results.files["ids.txt"] = join(expected.ids.empty() ? ids : expected.ids, "\n") + "\n";
    const PredictionResult read = predictions_from_array(array);
    results.files["predictions.npy"] = write_npy(array);
    if (!read.predictions) {
        if (read.problem.diverged) throw Defect{RunState::diverged, "R0215: " + read.problem.reason};
        failed("R0209", name + ": " + read.problem.reason);
    }
    results.shape = shape;
    return ids;
}

void take_labels(const fs::path& out, const ResultNames& names, const Expected& expected,
                 const std::vector<std::string>& row_ids, TrainerResults& results) {
    const std::string name = name_found(out, names.labels, k_default_labels);
    const auto bytes = read_output(out, name, k_predictions_limit);
    if (!bytes) return;
    const NumberTable table = read_labels(*bytes, name);
    std::vector<std::int64_t> labels = whole_labels(table.numbers, name);
    if (!table.ids.empty()) check_ids(table.ids, results.shape->n_inputs, name);
    check_labels(labels, name, *results.shape);
    const std::vector<std::string>& ids = table.ids.empty() ? row_ids : table.ids;
    const std::vector<std::string>& order = expected.ids.empty() ? row_ids : expected.ids;
    NumericArray kept = array_of<std::int64_t>(NumericType::int64, {labels.size()}, labels);
    kept = in_order(std::move(kept), ids, order, "the predictions do not have (" + name + ")");
    check_same_labels(integers_of(kept), name, expected);
    results.files["labels.npy"] = write_npy(kept);
}

}  // namespace

void take_answers(const fs::path& out, const ResultNames& names, const Expected& expected, TrainerResults& results) {
    const std::vector<std::string> ids = take_predictions(out, names, expected, results);
    take_labels(out, names, expected, ids, results);
}

void learn(Expected& expected, const std::map<std::string, std::string>& files) {
    const auto bytes = [&](const char* name) {
        const auto it = files.find(name);
        return it == files.end() ? nullptr : &it->second;
    };
    if (const auto* predictions = bytes("predictions.npy"); predictions != nullptr && !expected.shape) {
        const NpyHeader header = read_npy_header(*predictions);
        if (header.shape.size() == 2) expected.shape = Shape{header.shape[0], header.shape[1]};
    }
    if (const auto* ids = bytes("ids.txt"); ids != nullptr && expected.ids.empty()) expected.ids = split_lines(*ids);
    if (const auto* labels = bytes("labels.npy"); labels != nullptr && expected.labels.empty())
        expected.labels = integers_of(parse_npy(*labels));
    if (const auto* environment = bytes("environment.json")) expected.environments.insert(sha256_hex(*environment));
}

}  // namespace assay
