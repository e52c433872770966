// Two fingerprints beside each other: only what differs.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/fingerprint.hpp"
#include "fingerprint/weights.hpp"

namespace assay {

// A field that is not the same in both. A side that has no such field did not record it, which is not the same as
// having another value.
struct FieldDifference {
    std::string name;
    FieldClass stability = FieldClass::identity;  // where the sides disagree, the one that counts
    std::optional<Json> a, b;
};

struct EnvironmentComparison {
    std::vector<FieldDifference> differences;  // sorted by name
    std::size_t fields = 0;                    // in either
    bool same_counted = true;                  // no field of the classes identity and behaviour differs
};
EnvironmentComparison compare_environments(const Fingerprint& a, const Fingerprint& b);

// A seed stream that is not the same in both: its seed, its generator or its draws.
struct SeedDifference {
    std::string stream;
    std::optional<SeedFingerprint> a, b;
};
std::vector<SeedDifference> compare_seeds(const std::vector<SeedFingerprint>& a, const std::vector<SeedFingerprint>& b);

enum class TensorChange { only_a, only_b, dtype, shape, values };
struct TensorDifference {
    std::string name;
    TensorChange change = TensorChange::values;
    std::string a, b;             // for dtype and shape: "F32", "[3, 4]"
    std::uint64_t elements = 0;   // from here on for values
    std::uint64_t different = 0;  // elements whose bits differ
    std::uint64_t nan_on_one_side = 0;
    std::optional<double> max_abs;  // largest |a - b| of elements that are numbers in both; none when none is
    bool infinite = false;          // one of them differs by infinity
};

struct WeightsComparison {
    std::vector<TensorDifference> differences;  // sorted by name
    std::size_t tensors = 0;                    // names in either
    bool same = true;
};
// By bits: -0 and 0 differ. Of files that are not opened only the digests are compared.
WeightsComparison compare_weights(const WeightFile& a, const WeightFile& b);
// From tables alone: which tensors differ, not how far.
WeightsComparison compare_tables(const std::vector<TensorDigest>& a, const std::vector<TensorDigest>& b);

// The largest max_abs; nothing when no pair of numbers differs.
std::optional<double> largest_difference(const WeightsComparison& comparison);

}  // namespace assay
