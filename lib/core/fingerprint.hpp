// The fingerprint of an environment: what computed, how it was set, and where. Values and their document; no I/O.
//
//   {"schema": "assay/fingerprint/1", "kind": "environment", "id": sha256,
//    "groups": {"blas": sha256, ...},                                  one for each group with fields that count
//    "fields": [{"name": "blas.core", "class": "behaviour", "value": "SkylakeX"}, ...],         sorted by name
//    "seeds": [{"stream": "init", "seed": "17", "generator": "...", "draws_sha256": "..."}],    of a run; else left out
//    "trace": {...}}                                                                            of a run; else left out
//
// id = SHA-256 of the canonical JSON of [[name, value], ...] of all fields of the classes identity and behaviour; the
// digest of a group likewise. A reader computes them again: a document that was edited is refused.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"

namespace assay {

// What a difference in a field means. Written by name; names are never reused.
enum class FieldClass {
    identity,   // other hardware or other software: bits may differ
    behaviour,  // the same, set or chosen differently: kernels, threads, variables, rounding; bits may differ
    context,    // no influence on bits by itself: limits, kernel, governor. Outside every digest
};
std::string_view field_class_name(FieldClass stability);

struct FingerprintField {
    std::string name;  // "cpu.model": a group, a dot, the rest
    FieldClass stability = FieldClass::identity;
    Json value;  // text, a whole number, true or false. What could not be read has no field

    std::string_view group() const;
    friend bool operator==(const FingerprintField&, const FingerprintField&) = default;
};

// A stream of random numbers: which generator with which seed, and what it gave first.
struct SeedFingerprint {
    std::string stream;
    std::uint64_t seed = 0;
    std::string generator;
    std::string draws_sha256;  // of the first draws, as the generator's name says
    friend bool operator==(const SeedFingerprint&, const SeedFingerprint&) = default;
};

// Which operations a step called, in order. Equal `structure`: the same operations on the same types and shapes. Equal
// `implementation`: by the same kernels, too, as far as the libraries tell.
struct TraceFingerprint {
    std::string steps;  // which: "first", "all"
    std::uint64_t operations = 0;
    std::string structure, implementation;  // XXH3-128, 32 hex digits
    friend bool operator==(const TraceFingerprint&, const TraceFingerprint&) = default;
};

struct Fingerprint {
    std::vector<FingerprintField> fields;  // sorted by name, each name once
    std::vector<SeedFingerprint> seeds;    // sorted by stream
    std::optional<TraceFingerprint> trace;
    friend bool operator==(const Fingerprint&, const Fingerprint&) = default;
};

// Puts a field in its place; one of that name that is there already is replaced.
void set_field(Fingerprint& fingerprint, FingerprintField field);
const FingerprintField* find_field(const Fingerprint& fingerprint, std::string_view name);

// Library -> version as a trainer reports it (versions.json), as fields `reported.NAME`. Members that are no scalars
// are left out.
void add_reported_versions(Fingerprint& fingerprint, const Json& versions);

std::string environment_id(const Fingerprint& fingerprint);
Json fingerprint_json(const Fingerprint& fingerprint);
// Error E0201 (74): not a fingerprint of an environment, or its digests do not fit its fields.
Fingerprint fingerprint_from_json(const Json& json);

inline constexpr std::string_view k_fingerprint_schema = "assay/fingerprint/1";

}  // namespace assay
