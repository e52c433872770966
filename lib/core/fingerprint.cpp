#include "core/fingerprint.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "base/digest.hpp"
#include "base/error.hpp"
#include "base/utf8.hpp"
#include "core/fields.hpp"

namespace assay {
namespace {

constexpr std::array<std::string_view, 3> k_class_names = {"identity", "behaviour", "context"};

[[noreturn]] void fail(const std::string& what) {
    throw Error("E0201", Exit::unreadable, "not a fingerprint of an environment: " + what);
}

bool by_name(const FingerprintField& field, std::string_view name) { return field.name < name; }

FieldClass class_from_json(const Json& json) {
    const auto* const it = std::find(k_class_names.begin(), k_class_names.end(), json.as_string());
    if (it == k_class_names.end()) fail("a field of the unknown class '" + printable_line(json.as_string()) + "'");
    return static_cast<FieldClass>(it - k_class_names.begin());
}

bool is_value(const Json& json) { return json.is_string() || json.is_bool() || json.is_integer(); }

// A name and a value can be shown: one line, a group before the first dot.
bool is_name(const std::string& name) {
    const std::size_t dot = name.find('.');
    return dot != std::string::npos && dot > 0 && dot + 1 < name.size() && name.size() <= 256 &&
           printable_line(name) == name;
}

Json counted(const FingerprintField& field) { return Json::Array{field.name, field.value}; }

// Group -> the fields that count.
std::map<std::string, Json, std::less<>> counted_groups(const Fingerprint& fingerprint) {
    std::map<std::string, Json, std::less<>> groups;
    for (const FingerprintField& field : fingerprint.fields) {
        if (field.stability == FieldClass::context) continue;
        groups.try_emplace(std::string(field.group()), Json::Array{})
            .first->second.as_array()
            .push_back(counted(field));
    }
    return groups;
}

bool is_hex(const std::string& text, std::size_t length) {
    return text.size() == length && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

Json trace_json(const TraceFingerprint& trace) {
    return Json::Object{{"steps", trace.steps},
                        {"operations", trace.operations},
                        {"structure", trace.structure},
                        {"implementation", trace.implementation}};
}

TraceFingerprint trace_from_json(const Json& json) {
    TraceFingerprint trace{json.at("steps").as_string(), size_from_json(json.at("operations")),
                           json.at("structure").as_string(), json.at("implementation").as_string()};
    if (!is_hex(trace.structure, 32) || !is_hex(trace.implementation, 32)) fail("a digest of a trace");
    if (printable_line(trace.steps) != trace.steps) fail("the steps of a trace");
    return trace;
}

void read_fields(const Json& json, Fingerprint& fingerprint) {
    for (const Json& row : json.as_array()) {
        FingerprintField field{row.at("name").as_string(), class_from_json(row.at("class")), row.at("value")};
        if (!is_name(field.name)) fail("a field called '" + printable_line(field.name) + "'");
        if (!is_value(field.value)) fail("the value of " + field.name);
        if (!fingerprint.fields.empty() && fingerprint.fields.back().name >= field.name) {
            fail(field.name + " is not in its place, or there twice");
        }
        fingerprint.fields.push_back(std::move(field));
    }
}

void read_seeds(const Json& json, Fingerprint& fingerprint) {
    for (const Json& row : json.as_array()) {
        SeedFingerprint seed{row.at("stream").as_string(), seed_from_json(row.at("seed")),
                             row.at("generator").as_string(), row.at("draws_sha256").as_string()};
        if (!is_sha256_hex(seed.draws_sha256)) fail("a digest of the stream " + printable_line(seed.stream));
        if (printable_line(seed.stream + seed.generator) != seed.stream + seed.generator) fail("the name of a stream");
        if (!fingerprint.seeds.empty() && fingerprint.seeds.back().stream >= seed.stream) fail("streams out of order");
        fingerprint.seeds.push_back(std::move(seed));
    }
}

Json groups_json(const Fingerprint& fingerprint) {
    Json::Object groups;
    for (const auto& [group, fields] : counted_groups(fingerprint)) {
        groups.emplace(group, sha256_hex(canonical_json(fields)));
    }
    return groups;
}

}  // namespace

std::string_view field_class_name(FieldClass stability) { return k_class_names[static_cast<std::size_t>(stability)]; }

std::string_view FingerprintField::group() const { return std::string_view(name).substr(0, name.find('.')); }

void set_field(Fingerprint& fingerprint, FingerprintField field) {
    auto& fields = fingerprint.fields;
    const auto at = std::lower_bound(fields.begin(), fields.end(), field.name, by_name);
    if (at != fields.end() && at->name == field.name) {
        *at = std::move(field);
    } else {
        fields.insert(at, std::move(field));
    }
}

const FingerprintField* find_field(const Fingerprint& fingerprint, std::string_view name) {
    const auto& fields = fingerprint.fields;
    const auto at = std::lower_bound(fields.begin(), fields.end(), name, by_name);
    return at != fields.end() && at->name == name ? &*at : nullptr;
}

void add_reported_versions(Fingerprint& fingerprint, const Json& versions) {
    if (!versions.is_object()) return;
    for (const auto& [library, version] : versions.as_object()) {
        FingerprintField field{"reported." + printable_line(library), FieldClass::identity, version};
        if (version.is_string()) field.value = printable_line(version.as_string());
        if (version.is_number() && !version.is_integer()) field.value = number_text(version.as_number());
        if (is_name(field.name) && is_value(field.value)) set_field(fingerprint, std::move(field));
    }
}

std::string environment_id(const Fingerprint& fingerprint) {
    Json::Array all;
    for (const FingerprintField& field : fingerprint.fields) {
        if (field.stability != FieldClass::context) all.push_back(counted(field));
    }
    return sha256_hex(canonical_json(all));
}

Json fingerprint_json(const Fingerprint& fingerprint) {
    Json::Array fields, seeds;
    for (const FingerprintField& field : fingerprint.fields) {
        fields.push_back(
            Json::Object{{"name", field.name}, {"class", field_class_name(field.stability)}, {"value", field.value}});
    }
    for (const SeedFingerprint& seed : fingerprint.seeds) {
        seeds.push_back(Json::Object{{"stream", seed.stream},
                                     {"seed", std::to_string(seed.seed)},
                                     {"generator", seed.generator},
                                     {"draws_sha256", seed.draws_sha256}});
    }
    Json json = Json::Object{{"schema", k_fingerprint_schema},
                             {"kind", "environment"},
                             {"id", environment_id(fingerprint)},
                             {"groups", groups_json(fingerprint)},
                             {"fields", std::move(fields)}};
    if (!fingerprint.seeds.empty()) json["seeds"] = std::move(seeds);
    if (fingerprint.trace) json["trace"] = trace_json(*fingerprint.trace);
    return json;
}

Fingerprint fingerprint_from_json(const Json& json) {
    Fingerprint fingerprint;
    try {
        if (json.at("schema") != Json(k_fingerprint_schema))
            fail("another schema than " + std::string(k_fingerprint_schema));
        if (json.at("kind") != Json("environment")) fail("its kind is another");
        read_fields(json.at("fields"), fingerprint);
        if (const Json* seeds = json.find("seeds")) read_seeds(*seeds, fingerprint);
        if (const Json* trace = json.find("trace")) fingerprint.trace = trace_from_json(*trace);
        if (json.at("id") != Json(environment_id(fingerprint)) || json.at("groups") != groups_json(fingerprint)) {
            fail("its digests do not fit its fields: it was edited or damaged");
        }
    } catch (const Error& error) {
        if (error.code() == "E0201") throw;
        fail(error.what());
    }
    return fingerprint;
}

}  // namespace assay
