// Answers as probabilities, by what the spec calls a decision; rows in the order of their ids.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <unordered_map>

#include "base/error.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "core/answers.hpp"

namespace assay {
namespace {

constexpr std::size_t k_values_limit = std::size_t{1} << 28;

[[noreturn]] void unfit(const std::string& what) { throw Error("N0204", Exit::unreadable, what); }

std::vector<double> doubles_of(const NumericArray& array) {
    std::vector<double> values(array.count());
    const auto fill = [&]<class T>(T) {
        for (std::size_t i = 0; i < values.size(); ++i) {
            T value;
            std::memcpy(&value, array.bytes.data() + i * sizeof(T), sizeof(T));
            values[i] = static_cast<double>(value);
        }
    };
    if (array.type == NumericType::float32) {
        fill(float{});
    } else if (array.type == NumericType::float64) {
        fill(double{});
    } else {
        fill(std::int64_t{});
    }
    return values;
}

NumericArray rows_of(std::size_t classes, const std::vector<double>& values) {
    return array_of<double>(NumericType::float64, {values.size() / classes, classes}, values);
}

// exp(x - largest) / sum: no overflow; a class of -infinity has no chance, +infinity and NaN stay not finite.
NumericArray softmax(const NumericArray& logits) {
    std::vector<double> values = doubles_of(logits);
    const std::size_t classes = logits.shape[1];
    for (std::size_t begin = 0; begin < values.size(); begin += classes) {
        double* const row = values.data() + begin;
        const double largest = *std::max_element(row, row + classes);
        double sum = 0;
        for (std::size_t c = 0; c < classes; ++c) sum += row[c] = std::exp(row[c] - largest);
        for (std::size_t c = 0; c < classes; ++c) row[c] /= sum;
    }
    return rows_of(classes, values);
}

NumericArray logistic(const NumericArray& logits) {
    std::vector<double> rows;
    for (const double x : doubles_of(logits)) {
        rows.push_back(1 / (1 + std::exp(x)));
        rows.push_back(1 / (1 + std::exp(-x)));
    }
    return rows_of(2, rows);
}

NumericArray from_scores(const NumericArray& scores) {
    std::vector<double> rows;
    for (const double s : doubles_of(scores)) {
        if (s < 0 || s > 1) {
            unfit("row " + std::to_string(rows.size() / 2) + " (from 0) of the predictions is " + scientific(s) +
                  "; expected probabilities of class 1, from 0 to 1 (decision: {logits: true} where they are logits)");
        }
        rows.push_back(1 - s);
        rows.push_back(s);
    }
    return rows_of(2, rows);
}

NumericArray from_labels(const NumericArray& labels, std::size_t classes) {
    const std::vector<std::int64_t> values = integers_of(labels);
    if (classes > k_values_limit / values.size())
        unfit(std::to_string(values.size()) + " labels of " + std::to_string(classes) + " classes are too many");
    std::vector<float> rows(values.size() * classes, 0.0F);
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (values[i] < 0 || values[i] >= static_cast<std::int64_t>(classes)) {
            unfit("row " + std::to_string(i) + " (from 0) of the predictions is " + std::to_string(values[i]) +
                  "; expected a label from 0 to " + std::to_string(classes - 1) + ", as decision.classes says");
        }
        rows[i * classes + static_cast<std::size_t>(values[i])] = 1.0F;
    }
    return array_of<float>(NumericType::float32, {values.size(), classes}, rows);
}

}  // namespace

NumericArray probabilities_of(Answers answers, const Decision& decision) {
    NumericArray& values = answers.values;
    switch (answers.kind) {
        case AnswerKind::labels:
            return from_labels(values, *decision.classes);
        case AnswerKind::scores:
            return from_scores(values);
        case AnswerKind::logits:
            return values.shape.size() == 1 ? logistic(values) : softmax(values);
        case AnswerKind::probabilities:
            break;
    }
    if (values.type != NumericType::int64) return std::move(values);
    return rows_of(values.shape[1], doubles_of(values));
}

std::optional<NumericArray> rows_by_id(const NumericArray& array, const std::vector<std::string>& ids,
                                       const std::vector<std::string>& wanted) {
    if (ids.size() != wanted.size()) return std::nullopt;
    std::unordered_map<std::string_view, std::size_t> rows;
    for (std::size_t i = 0; i < ids.size(); ++i) rows.emplace(ids[i], i);
    NumericArray ordered{array.type, array.shape, std::string(array.bytes.size(), '\0')};
    const std::size_t row_bytes = array.bytes.size() / ids.size();
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        const auto it = rows.find(wanted[i]);
        if (it == rows.end()) return std::nullopt;
        std::memcpy(ordered.bytes.data() + i * row_bytes, array.bytes.data() + it->second * row_bytes, row_bytes);
    }
    return ordered;
}

std::optional<std::string> id_problem(const std::vector<std::string>& ids) {
    std::unordered_map<std::string_view, std::size_t> rows;
    for (std::size_t i = 0; i < ids.size(); ++i) {
        if (ids[i].empty()) return "row " + std::to_string(i) + " (from 0) has no id";
        const auto [it, fresh] = rows.emplace(ids[i], i);
        if (fresh) continue;
        return "the id '" + elide(printable_line(ids[i]), 40) + "' stands in rows " + std::to_string(it->second) +
               " and " + std::to_string(i) + " (from 0)";
    }
    return std::nullopt;
}

}  // namespace assay
