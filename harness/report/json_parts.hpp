// What every part of the JSON report is made of. Included by json.cpp and evidence_json.cpp only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "core/evidence.hpp"

namespace assay {

inline Json count(std::size_t value) { return Json(static_cast<std::uint64_t>(value)); }
inline Json optional_number(const std::optional<double>& value) { return value ? Json(*value) : Json(); }
inline Json text_or_null(const std::string& text) { return text.empty() ? Json() : Json(text); }

inline Json texts(const std::vector<std::string>& values) { return Json::Array(values.begin(), values.end()); }

template <class T, class Function>
Json list(const std::vector<T>& values, Function one) {
    Json::Array array;
    for (const T& value : values) array.push_back(one(value));
    return array;
}

inline Json interval_json(const Interval& interval) {
    return Json::Object{{"low", interval.low}, {"high", optional_number(interval.high)}};
}
inline Json dominating_json(const std::optional<Dominating>& unit) {
    if (!unit) return {};
    return Json::Object{{"unit", unit->unit}, {"runs", texts(unit->runs)}};
}
inline Json optional_interval(const std::optional<Interval>& interval) {
    return interval ? interval_json(*interval) : Json();
}

}  // namespace assay
