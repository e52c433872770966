#include "core/manifest.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <utility>

#include "base/digest.hpp"
#include "base/error.hpp"
#include "core/fields.hpp"

namespace assay {
namespace {

constexpr std::size_t k_inline_env_bytes = 1024;
constexpr JsonLimits k_limits = {.bytes = k_manifest_bytes, .values = 1'000'000, .depth = 32};

[[noreturn]] void refuse(const std::string& what) {
    throw Error("A0101", Exit::unreadable, "not a manifest of a run: " + what,
                "restore it from a copy, or run the audit again");
}

Json id_of(const Json& block) { return sha256_hex(canonical_json(block)); }
Json object_or_empty(const Json& json) { return json.is_null() ? Json(Json::Object()) : json; }

Json part_of(const Json& request, std::initializer_list<const char*> keys) {
    Json::Object part;
    for (const char* key : keys) part.emplace(key, request.at(key));
    return part;
}
Json recipe_of(const Json& request) { return part_of(request, {"params", "seeds", "trainer"}); }
Json rest_of(const Json& request) { return part_of(request, {"environment", "hardware", "replicate", "software"}); }

std::string bits_text(double value) {
    auto bits = std::bit_cast<std::uint64_t>(value);
    std::string text(16, '0');
    for (std::size_t i = 16; i-- > 0; bits >>= 4) text[i] = "0123456789abcdef"[bits & 15];
    return text;
}

double value_of_bits(const std::string& text) {
    std::uint64_t bits = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bits, 16);
    const bool read = error == std::errc() && end == text.data() + text.size();
    if (!read || text != bits_text(std::bit_cast<double>(bits))) refuse("bits '" + text + "', expected 16 hex digits");
    return std::bit_cast<double>(bits);
}

// Other things than numbers are kept as they are.
Json metrics_json(const Json& metrics) {
    const Json all = object_or_empty(metrics);
    Json::Object out;
    for (const auto& [name, value] : all.as_object()) {
        Json::Object metric{{"value", value}};
        if (value.is_number()) metric.emplace("bits", bits_text(value.as_number()));
        out.emplace(name, std::move(metric));
    }
    return out;
}

Json metrics_from_json(const Json& json) {
    Json::Object out;
    for (const auto& [name, metric] : json.as_object()) {
        const Json& value = metric.at("value");
        const Json* const bits = metric.find("bits");
        if (value.is_number() != (bits != nullptr))
            refuse("bits of a metric that is no number, or none of one that is");
        if (bits == nullptr) {
            out.emplace(name, value);
            continue;
        }
        const double exact = value_of_bits(bits->as_string());
        if (exact != value.as_number()) refuse("metric '" + name + "' has other bits than its value");
        out.emplace(name, exact);
    }
    return out;
}

// What the result's id covers of the metrics: bits of numbers, the others as they are.
Json result_metrics(const Json& metrics) {
    Json::Object out;
    for (const auto& [name, metric] : metrics.as_object()) {
        const Json* const bits = metric.find("bits");
        out.emplace(name, bits != nullptr ? *bits : metric);
    }
    return out;
}

struct Role {
    std::string_view name, role;
};
constexpr std::array<Role, 15> k_roles = {{{"predictions.npy", "outputs"},
                                           {"outputs.pst", "outputs"},
                                           {"labels.npy", "labels"},
                                           {"steps.npy", "steps"},
                                           {"steps.pst", "steps"},
                                           {"weights.pst", "weights"},
                                           {"weights.safetensors", "weights"},
                                           {"weights.npz", "weights"},
                                           {"weights.npy", "weights"},
                                           {"optimizer.pst", "optimizer"},
                                           {"trace.jsonl", "trace"},
                                           {"log.txt", "log"},
                                           {"environment.json", "environment"},
                                           {"fingerprint.json", "fingerprint"},
                                           {"env.json", "env"}}};

std::string role_of(std::string_view name) {
    for (const Role& row : k_roles) {
        if (row.name == name) return std::string(row.role);
    }
    return "other";
}

struct MediaType {
    std::string_view ending, type;
};
constexpr std::array<MediaType, 6> k_media_types = {{{".npy", "application/vnd.assay.npy"},
                                                     {".pst", "application/vnd.assay.pst"},
                                                     {".jsonl", "application/jsonl"},
                                                     {".json", "application/json"},
                                                     {".csv", "text/csv"},
                                                     {".txt", "text/plain"}}};

std::string media_type_of(std::string_view name) {
    for (const MediaType& row : k_media_types) {
        if (name.ends_with(row.ending)) return std::string(row.type);
    }
    return "application/octet-stream";
}

Json member_json(const std::string& name, const MemberRef& member) {
    return Json::Object{{"mediaType", media_type_of(name)},
                        {"name", name},
                        {"role", role_of(name)},
                        {"sha256", member.sha256},
                        {"size", member.size_bytes}};
}

ManifestMember member_from_json(const Json& json) {
    ManifestMember member{json.at("name").as_string(),
                          json.at("role").as_string(),
                          json.at("mediaType").as_string(),
                          {json.at("sha256").as_string(), size_from_json(json.at("size"))}};
    if (!is_member_name(member.name)) refuse("a member whose name is no file name: '" + member.name + "'");
    if (!is_sha256_hex(member.content.sha256)) refuse("member '" + member.name + "' without a SHA-256");
    return member;
}

std::vector<ManifestMember> members_from_json(const Json& json) {
    if (json.as_array().size() > k_members_max) refuse("more than " + std::to_string(k_members_max) + " members");
    std::vector<ManifestMember> members;
    for (const Json& row : json.as_array()) {
        members.push_back(member_from_json(row));
        if (members.size() > 1 && members[members.size() - 2].name >= members.back().name)
            refuse("members are not sorted, or '" + members.back().name + "' stands there twice");
    }
    return members;
}

Json digest_of_role(const RunRecord& record, std::string_view role) {
    for (const auto& [name, member] : record.members) {
        if (role_of(name) == role) return member.sha256;
    }
    return {};
}

void read_env(const Json& env, RunRecord& record) {
    record.hardware = {object_from_json(env.at("requested")), object_from_json(env.at("hardware"))};
    record.versions = object_from_json(env.at("versions"));
}

std::vector<TensorDigest> tensors_of(const Json& tensors) {
    const Json* const weights = tensors.find("weights");
    return weights == nullptr ? std::vector<TensorDigest>() : tensor_table_from_json(*weights);
}

void check_keys(const Json& json) {
    static constexpr std::array<std::string_view, 16> k_keys = {
        "env",    "env_id",    "format",  "members",    "metrics", "occurrence", "path",    "path_id",
        "recipe", "recipe_id", "request", "request_id", "result",  "result_id",  "tensors", "x"};
    for (const auto& [key, value] : json.as_object()) {
        if (std::find(k_keys.begin(), k_keys.end(), key) == k_keys.end())
            refuse("an unknown key '" + key + "' (private ones belong below \"x\")");
    }
}

void check_format(const Json& json) {
    const std::string& format = json.at("format").as_string();
    if (format == k_run_format) return;
    if (format.starts_with("assay-run/")) {
        throw Error("A0107", Exit::unreadable,
                    "a run of format " + format + "; this assay reads " + std::string(k_run_format),
                    "a newer assay wrote it; read it with that one");
    }
    refuse("format '" + format + "', expected " + std::string(k_run_format));
}

std::string checked_id(const Json& json, const char* name, const Json& block) {
    const std::string& id = json.at(name).as_string();
    if (Json(id) != id_of(block)) refuse(std::string(name) + " is not the digest of what it names");
    return id;
}

}  // namespace

bool is_member_name(std::string_view name) {
    const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
    return !name.empty() && name.size() <= 91 && plain(name[0]) &&
           std::all_of(name.begin(), name.end(), [&](char c) { return plain(c) || c == '.' || c == '_' || c == '-'; });
}

Json manifest_json(const RunRecord& record) {
    const Json request = to_json(record.request);
    const Json recipe = recipe_of(request);
    const Json env = Json::Object{{"environment", request.at("environment")},
                                  {"hardware", object_or_empty(record.hardware.effective)},
                                  {"requested", object_or_empty(record.hardware.requested)},
                                  {"software", request.at("software")},
                                  {"versions", object_or_empty(record.versions)}};
    const Json path =
        Json::Object{{"steps", digest_of_role(record, "steps")}, {"trace", digest_of_role(record, "trace")}};
    const Json metrics = metrics_json(record.metrics);
    const Json result = Json::Object{
        {"metrics", result_metrics(metrics)},
        {"outputs", digest_of_role(record, "outputs")},
        {"state", state_name(record.state)},
        {"weights", record.weights.empty() ? Json() : Json(tensor_table_root(record.weights))},
    };
    Json::Array members;
    for (const auto& [name, member] : record.members) members.push_back(member_json(name, member));
    Json tensors = Json::Object{};
    if (!record.weights.empty()) tensors["weights"] = tensor_table_json(record.weights);
    return Json::Object{
        {"format", k_run_format},
        {"recipe", recipe},
        {"recipe_id", id_of(recipe)},
        {"request", rest_of(request)},
        {"request_id", id_of(request)},
        {"env", env},
        {"env_id", id_of(env)},
        {"path", path},
        {"path_id", id_of(path)},
        {"result", result},
        {"result_id", id_of(result)},
        {"metrics", metrics},
        {"members", std::move(members)},
        {"tensors", std::move(tensors)},
        {"occurrence", Json::Object{{"attempt", record.attempt},
                                    {"host", record.host},
                                    {"reason", record.reason},
                                    {"started", record.started},
                                    {"wall_s", record.wall_s}}},
    };
}

RunRecord run_record_from_manifest(const Json& manifest) {
    check_format(manifest);
    RunRecord record;
    Json request = manifest.at("recipe");
    for (const auto& [key, value] : manifest.at("request").as_object()) request[key] = value;
    record.request = run_request_from_json(request);
    const auto state = state_from_name(manifest.at("result").at("state").as_string());
    if (!state) refuse("a state that is none: '" + manifest.at("result").at("state").as_string() + "'");
    record.state = *state;
    if (manifest.at("env").find("ref") == nullptr) read_env(manifest.at("env"), record);
    record.metrics = metrics_from_json(manifest.at("metrics"));
    for (ManifestMember& member : members_from_json(manifest.at("members"))) {
        if (member.name != k_env_member) record.members.emplace(std::move(member.name), std::move(member.content));
    }
    record.weights = tensors_of(manifest.at("tensors"));
    const Json& occurrence = manifest.at("occurrence");
    record.reason = occurrence.at("reason").as_string();
    record.attempt = count_from_json(occurrence.at("attempt"));
    record.host = occurrence.at("host").as_string();
    record.started = occurrence.at("started").as_string();
    record.wall_s = occurrence.at("wall_s").as_number();
    return record;
}

ManifestBytes write_manifest(const RunRecord& record) {
    Json manifest = manifest_json(record);
    std::string env = canonical_json(manifest.at("env"));
    if (env.size() <= k_inline_env_bytes) return {canonical_json(manifest), std::nullopt};
    const Json id = manifest.at("env_id");
    manifest["env"] = Json::Object{{"ref", id}};
    auto& members = manifest["members"].as_array();
    Json own = member_json(std::string(k_env_member), {id.as_string(), env.size()});
    const auto place = std::find_if(members.begin(), members.end(),
                                    [](const Json& member) { return member.at("name").as_string() > k_env_member; });
    members.insert(place, std::move(own));
    return {canonical_json(manifest), std::move(env)};
}

namespace {

// What is said twice is said alike, and nothing besides: each block is what the record of this manifest would get.
void check_blocks(const Json& json, const Manifest& manifest) {
    const Json expected = manifest_json(manifest.record);
    for (const char* const block : {"metrics", "recipe", "request", "path", "result", "tensors"}) {
        if (json.at(block) != expected.at(block))
            refuse("its block '" + std::string(block) + "' contradicts the rest, or has keys that are none");
    }
    for (const ManifestMember& member : manifest.members) {
        const std::string role = role_of(member.name);
        if (role != "other" && member.role != role)
            refuse("member '" + member.name + "' in the role '" + member.role + "', expected '" + role + "'");
    }
}

}  // namespace

Manifest read_manifest(std::string_view text, std::string_view source_name) {
    const Json json = parse_json(text, source_name, k_limits);
    check_format(json);
    if (canonical_json(json) != text) refuse("its bytes are not the canonical ones (RFC 8785)");
    check_keys(json);
    Manifest manifest;
    manifest.run_id = sha256_hex(text);
    manifest.record = run_record_from_manifest(json);
    manifest.members = members_from_json(json.at("members"));
    manifest.recipe_id = checked_id(json, "recipe_id", json.at("recipe"));
    manifest.request_id = checked_id(json, "request_id", to_json(manifest.record.request));
    manifest.path_id = checked_id(json, "path_id", json.at("path"));
    manifest.result_id = checked_id(json, "result_id", json.at("result"));
    const auto env = std::find_if(manifest.members.begin(), manifest.members.end(),
                                  [](const ManifestMember& member) { return member.name == k_env_member; });
    const Json* const reference = json.at("env").find("ref");
    if ((reference != nullptr) != (env != manifest.members.end())) refuse("env and env.json: one without the other");
    if (reference == nullptr) {
        manifest.env_id = checked_id(json, "env_id", json.at("env"));
    } else {
        manifest.env_id = json.at("env_id").as_string();
        manifest.env = env->content;
        if (reference->as_string() != manifest.env_id || env->content.sha256 != manifest.env_id)
            refuse("env, env_id and env.json differ");
    }
    check_blocks(json, manifest);
    return manifest;
}

void add_env(Manifest& manifest, std::string_view env_bytes) {
    if (!manifest.env) return;
    if (sha256_hex(env_bytes) != manifest.env_id) refuse("its env is another one");
    const Json env = parse_json(env_bytes, k_env_member, k_limits);
    if (canonical_json(env) != env_bytes) refuse("its env is not canonical (RFC 8785)");
    read_env(env, manifest.record);
}

}  // namespace assay
