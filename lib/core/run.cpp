#include "core/run.hpp"

#include <algorithm>
#include <array>

#include "base/digest.hpp"
#include "base/error.hpp"
#include "core/fields.hpp"

namespace assay {
namespace {

constexpr std::array<std::string_view, 5> k_state_names = {"completed", "diverged", "failed", "timed_out", "skipped"};
constexpr std::string_view k_format = "assay-run/1";

Json text_map_json(const std::map<std::string, std::string>& map) {
    Json::Object object;
    for (const auto& [key, value] : map) object.emplace(key, value);
    return object;
}

std::map<std::string, std::string> text_map(const Json& json) {
    std::map<std::string, std::string> map;
    for (const auto& [key, value] : json.as_object()) map.emplace(key, value.as_string());
    return map;
}

Json object_or_empty(const Json& json) { return json.is_null() ? Json(Json::Object()) : json; }

Json seeds_json(const std::map<std::string, std::uint64_t>& seeds) {
    Json::Object object;
    for (const auto& [stream, seed] : seeds) object.emplace(stream, std::to_string(seed));
    return object;
}

Json recipe_json(const RunRequest& request) {
    return Json::Object{{"params", object_or_empty(request.params)},
                        {"seeds", seeds_json(request.seeds)},
                        {"trainer", object_or_empty(request.trainer)}};
}

Json members_json(const std::map<std::string, MemberRef>& members) {
    Json::Array array;
    for (const auto& [name, member] : members) {
        array.push_back(Json::Object{{"name", name}, {"sha256", member.sha256}, {"size", member.size_bytes}});
    }
    return array;
}

Json tensors_json(const std::vector<TensorDigest>& tensors) {
    std::vector<TensorDigest> sorted = tensors;
    std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    Json::Array table;
    for (const TensorDigest& tensor : sorted) {
        Json::Array shape;
        for (const std::uint64_t dimension : tensor.shape) shape.push_back(dimension);
        table.push_back(Json::Array{tensor.name, tensor.dtype, std::move(shape), tensor.sha256});
    }
    return table;
}

std::vector<TensorDigest> tensors_from_json(const Json& json) {
    std::vector<TensorDigest> tensors;
    for (const Json& row : json.as_array()) {
        const auto& cells = row.as_array();
        if (cells.size() != 4) throw Error("J0002", Exit::unreadable, "JSON: expected a tensor row of 4 entries");
        TensorDigest tensor{cells[0].as_string(), cells[1].as_string(), {}, cells[3].as_string()};
        for (const Json& dimension : cells[2].as_array()) {
            tensor.shape.push_back(size_from_json(dimension));
        }
        tensors.push_back(std::move(tensor));
    }
    return tensors;
}

Json id_of(const Json& block) { return sha256_hex(canonical_json(block)); }

Json member_digest(const RunRecord& record, const std::string& name) {
    const auto it = record.members.find(name);
    return it == record.members.end() ? Json() : Json(it->second.sha256);
}

}  // namespace

Json to_json(const RunRequest& request) {
    Json json = recipe_json(request);
    json["environment"] = text_map_json(request.environment);
    json["hardware"] = object_or_empty(request.hardware);
    json["replicate"] = request.replicate;
    json["software"] = text_map_json(request.software);
    return json;
}

RunRequest run_request_from_json(const Json& json) {
    RunRequest request;
    request.trainer = object_from_json(json.at("trainer"));
    request.params = object_from_json(json.at("params"));
    for (const auto& [stream, seed] : json.at("seeds").as_object()) {
        request.seeds.emplace(stream, seed_from_json(seed));
    }
    request.hardware = object_from_json(json.at("hardware"));
    request.environment = text_map(json.at("environment"));
    request.software = text_map(json.at("software"));
    request.replicate = count_from_json(json.at("replicate"));
    return request;
}

std::string request_id(const RunRequest& request) { return sha256_hex(canonical_json(to_json(request))); }
std::string recipe_id(const RunRequest& request) { return sha256_hex(canonical_json(recipe_json(request))); }

std::string_view state_name(RunState state) { return k_state_names[static_cast<std::size_t>(state)]; }

std::optional<RunState> state_from_name(std::string_view name) {
    const auto* const it = std::find(k_state_names.begin(), k_state_names.end(), name);
    if (it == k_state_names.end()) return std::nullopt;
    return static_cast<RunState>(it - k_state_names.begin());
}

Json tensor_table_json(const std::vector<TensorDigest>& tensors) { return tensors_json(tensors); }

std::string tensor_table_root(const std::vector<TensorDigest>& tensors) {
    return sha256_hex(canonical_json(tensors_json(tensors)));
}

Json manifest_json(const RunRecord& record) {
    const Json recipe = recipe_json(record.request);
    const Json request = to_json(record.request);
    const Json env = Json::Object{{"hardware", object_or_empty(record.hardware.effective)},
                                  {"versions", object_or_empty(record.versions)}};
    const Json path = Json::Object{{"steps", member_digest(record, "steps.npy")}};
    const Json result = Json::Object{
        {"metrics", object_or_empty(record.metrics)},
        {"outputs", member_digest(record, "predictions.npy")},
        {"state", state_name(record.state)},
        {"weights", record.weights.empty() ? Json() : Json(tensor_table_root(record.weights))},
    };
    return Json::Object{
        {"format", k_format},
        {"recipe_id", id_of(recipe)},
        {"request", request},
        {"request_id", id_of(request)},
        {"env", env},
        {"env_id", id_of(env)},
        {"path", path},
        {"path_id", id_of(path)},
        {"result", result},
        {"result_id", id_of(result)},
        {"reason", record.reason},
        {"requested_hardware", object_or_empty(record.hardware.requested)},
        {"members", members_json(record.members)},
        {"weights", tensors_json(record.weights)},
        {"occurrence", Json::Object{{"attempt", record.attempt},
                                    {"host", record.host},
                                    {"started", record.started},
                                    {"wall_s", record.wall_s}}},
    };
}

RunRecord run_record_from_manifest(const Json& manifest) {
    const std::string& format = manifest.at("format").as_string();
    if (format != k_format) {
        throw Error("A0101", Exit::unreadable, "a run of format '" + format + "'; this assay reads assay-run/1");
    }
    RunRecord record;
    record.request = run_request_from_json(manifest.at("request"));
    const auto state = state_from_name(manifest.at("result").at("state").as_string());
    if (!state) throw Error("A0101", Exit::unreadable, "a run with an unknown state");
    record.state = *state;
    record.reason = manifest.at("reason").as_string();
    record.hardware = {object_from_json(manifest.at("requested_hardware")),
                       object_from_json(manifest.at("env").at("hardware"))};
    record.versions = object_from_json(manifest.at("env").at("versions"));
    record.metrics = object_from_json(manifest.at("result").at("metrics"));
    for (const Json& member : manifest.at("members").as_array()) {
        record.members.emplace(member.at("name").as_string(),
                               MemberRef{member.at("sha256").as_string(), size_from_json(member.at("size"))});
    }
    record.weights = tensors_from_json(manifest.at("weights"));
    const Json& occurrence = manifest.at("occurrence");
    record.attempt = count_from_json(occurrence.at("attempt"));
    record.host = occurrence.at("host").as_string();
    record.started = occurrence.at("started").as_string();
    record.wall_s = occurrence.at("wall_s").as_number();
    return record;
}

}  // namespace assay
