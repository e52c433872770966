// What `assay diff` found, as values: sections of rows, each row one thing that is not the same.
#pragma once

#include <string>
#include <vector>

#include "base/json.hpp"

namespace assay {

struct ComparisonRow {
    std::string what;  // "blas.core", "layer1.weight"
    std::string a, b;  // the two values; both empty when only `how_far` says something
    std::string how_far;
    Json numbers = Json(Json::Object());  // the figures of `how_far`, for machines
    Json value_a = {}, value_b = {};      // the values themselves, where a and b show only a part of them
};

struct ComparisonSection {
    std::string name;      // "identity", "weights", "predictions"
    std::string headline;  // "2 of 4 tensors differ", "same: 500 x 10"
    bool same = true;
    bool counts = true;  // false: shown, but two things may be called the same when only this differs
    std::vector<ComparisonRow> rows;
};

struct Comparison {
    std::string kind;  // "environments", "weights", "predictions", "runs", "audits"
    std::string a, b;  // as they were named
    std::vector<ComparisonSection> sections;

    bool same() const;
};

// At most `width` columns; long lists are cut, and say so.
std::string comparison_text(const Comparison& comparison, std::size_t width = 80);
Json comparison_json(const Comparison& comparison);  // "assay/diff/1"

}  // namespace assay
