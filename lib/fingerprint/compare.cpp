#include "fingerprint/compare.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "core/tensor_values.hpp"

namespace assay {
namespace {

// Walks two lists that are sorted by `key`, and calls with the two of one key, or with null for the side that lacks it.
template <class T, class Key, class Visit>
void side_by_side(const std::vector<T>& a, const std::vector<T>& b, Key key, Visit visit) {
    auto i = a.begin();
    auto j = b.begin();
    while (i != a.end() || j != b.end()) {
        const bool take_a = j == b.end() || (i != a.end() && key(*i) <= key(*j));
        const bool take_b = i == a.end() || (j != b.end() && key(*j) <= key(*i));
        visit(take_a ? &*i : nullptr, take_b ? &*j : nullptr);
        if (take_a) ++i;
        if (take_b) ++j;
    }
}

std::string shape_text(const std::vector<std::uint64_t>& shape) {
    std::string text = "[";
    for (std::size_t i = 0; i < shape.size(); ++i) text += (i == 0 ? "" : ", ") + std::to_string(shape[i]);
    return text + "]";
}

// What tells two tensors of one name apart before their values do.
template <class T>
std::optional<TensorDifference> other_kind(const T* a, const T* b) {
    TensorDifference difference;
    difference.name = a != nullptr ? a->name : b->name;
    if (a == nullptr || b == nullptr) {
        difference.change = a == nullptr ? TensorChange::only_b : TensorChange::only_a;
    } else if (a->dtype != b->dtype) {
        difference.change = TensorChange::dtype;
        difference.a = a->dtype;
        difference.b = b->dtype;
    } else if (a->shape != b->shape) {
        difference.change = TensorChange::shape;
        difference.a = shape_text(a->shape);
        difference.b = shape_text(b->shape);
    } else {
        return std::nullopt;
    }
    return difference;
}

void take_distance(double distance, TensorDifference& difference) {
    if (std::isnan(distance)) {
        ++difference.nan_on_one_side;
    } else if (std::isinf(distance)) {
        difference.infinite = true;
    } else {
        difference.max_abs = std::max(difference.max_abs.value_or(0), distance);
    }
}

std::optional<TensorDifference> other_values(const TensorView& a, const TensorView& b) {
    if (a.bytes == b.bytes) return std::nullopt;
    TensorDifference difference;
    difference.name = a.name;
    const auto reader = element_reader(a.dtype);
    const std::uint64_t size = reader ? reader->bytes : dtype_bytes(a.dtype).value_or(1);
    difference.elements = a.bytes.size() / size;
    for (std::uint64_t i = 0; i < difference.elements; ++i) {
        const char *const x = a.bytes.data() + i * size, *const y = b.bytes.data() + i * size;
        if (std::memcmp(x, y, size) == 0) continue;
        ++difference.different;
        if (!reader) continue;
        // Two NaN of other bits differ, but not in what they are.
        if (std::isnan(reader->value(x)) && std::isnan(reader->value(y))) continue;
        take_distance(reader->distance(x, y), difference);
    }
    return difference;
}

}  // namespace

EnvironmentComparison compare_environments(const Fingerprint& a, const Fingerprint& b) {
    EnvironmentComparison comparison;
    const auto name = [](const FingerprintField& field) -> const std::string& { return field.name; };
    side_by_side(a.fields, b.fields, name, [&](const FingerprintField* x, const FingerprintField* y) {
        ++comparison.fields;
        if (x != nullptr && y != nullptr && x->value == y->value) return;
        FieldDifference difference{
            x != nullptr ? x->name : y->name, x != nullptr ? x->stability : y->stability, {}, {}};
        if (x != nullptr) difference.a = x->value;
        if (y != nullptr) {
            difference.b = y->value;
            difference.stability = std::min(difference.stability, y->stability);
        }
        comparison.same_counted = comparison.same_counted && difference.stability == FieldClass::context;
        comparison.differences.push_back(std::move(difference));
    });
    return comparison;
}

std::vector<SeedDifference> compare_seeds(const std::vector<SeedFingerprint>& a,
                                          const std::vector<SeedFingerprint>& b) {
    std::vector<SeedDifference> differences;
    const auto stream = [](const SeedFingerprint& seed) -> const std::string& { return seed.stream; };
    side_by_side(a, b, stream, [&](const SeedFingerprint* x, const SeedFingerprint* y) {
        if (x != nullptr && y != nullptr && *x == *y) return;
        SeedDifference difference{x != nullptr ? x->stream : y->stream, {}, {}};
        if (x != nullptr) difference.a = *x;
        if (y != nullptr) difference.b = *y;
        differences.push_back(std::move(difference));
    });
    return differences;
}

WeightsComparison compare_weights(const WeightFile& a, const WeightFile& b) {
    WeightsComparison comparison;
    if (a.container == "bytes" || b.container == "bytes") {
        comparison.same = a.sha256 == b.sha256;
        return comparison;
    }
    const auto name = [](const TensorView& tensor) -> const std::string& { return tensor.name; };
    side_by_side(a.tensors, b.tensors, name, [&](const TensorView* x, const TensorView* y) {
        ++comparison.tensors;
        auto difference = other_kind(x, y);
        if (!difference && x != nullptr && y != nullptr) difference = other_values(*x, *y);
        if (difference) comparison.differences.push_back(std::move(*difference));
    });
    comparison.same = comparison.differences.empty();
    return comparison;
}

WeightsComparison compare_tables(const std::vector<TensorDigest>& a, const std::vector<TensorDigest>& b) {
    WeightsComparison comparison;
    const auto sorted = [](std::vector<TensorDigest> table) {
        std::sort(table.begin(), table.end(), [](const auto& x, const auto& y) { return x.name < y.name; });
        return table;
    };
    const auto name = [](const TensorDigest& tensor) -> const std::string& { return tensor.name; };
    side_by_side(sorted(a), sorted(b), name, [&](const TensorDigest* x, const TensorDigest* y) {
        ++comparison.tensors;
        auto difference = other_kind(x, y);
        if (!difference && x != nullptr && y != nullptr && x->sha256 != y->sha256) difference.emplace().name = x->name;
        if (difference) comparison.differences.push_back(std::move(*difference));
    });
    comparison.same = comparison.differences.empty();
    return comparison;
}

std::optional<double> largest_difference(const WeightsComparison& comparison) {
    std::optional<double> largest;
    for (const TensorDifference& difference : comparison.differences) {
        if (difference.max_abs) largest = std::max(largest.value_or(0), *difference.max_abs);
    }
    return largest;
}

}  // namespace assay
