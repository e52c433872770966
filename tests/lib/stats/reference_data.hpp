// The reference data of fixtures/reference/statistics, read once more by every test that needs them.
#pragma once

#include <charconv>
#include <map>
#include <string>
#include <vector>

#include "base/check.hpp"
#include "base/file.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "stats/symmetric.hpp"

namespace assay {

inline std::string reference_path(const std::string& name) {
    return ASSAY_SOURCE_DIR "/fixtures/reference/statistics/" + name;
}

inline double number_of(const std::string& text) {
    double value = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
    ASSAY_CHECK(result.ec == std::errc() && result.ptr == text.data() + text.size());
    return value;
}

// Fields of each line that is not empty; the first line too, whether or not it is a heading.
inline std::vector<std::vector<std::string>> reference_rows(const std::string& name) {
    std::vector<std::vector<std::string>> rows;
    for (const std::string& line : split_lines(read_file(reference_path(name)))) {
        if (!line.empty()) rows.push_back(split(line, ','));
    }
    return rows;
}

// A square table of numbers without headings.
inline Symmetric reference_matrix(const std::string& name) {
    const auto rows = reference_rows(name);
    Symmetric matrix(rows.size());
    for (std::size_t r = 0; r < rows.size(); ++r) {
        ASSAY_CHECK(rows[r].size() == rows.size());
        for (std::size_t s = 0; s < r; ++s) matrix.set(r, s, number_of(rows[r][s]));
    }
    return matrix;
}

inline Json reference_json(const std::string& name) { return parse_json(read_file(reference_path(name)), name); }

// Squared distances of vectors, one row each.
inline Symmetric squared_distances(const std::vector<std::vector<double>>& points) {
    Symmetric d2(points.size());
    for (std::size_t r = 0; r < points.size(); ++r) {
        for (std::size_t s = 0; s < r; ++s) {
            double sum = 0;
            for (std::size_t k = 0; k < points[r].size(); ++k)
                sum += (points[r][k] - points[s][k]) * (points[r][k] - points[s][k]);
            d2.set(r, s, sum);
        }
    }
    return d2;
}

}  // namespace assay
