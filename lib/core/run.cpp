#include "core/run.hpp"

#include <algorithm>
#include <array>

#include "base/digest.hpp"
#include "base/error.hpp"
#include "core/fields.hpp"

namespace assay {
namespace {

constexpr std::array<std::string_view, 5> k_state_names = {"completed", "diverged", "failed", "timed_out", "skipped"};

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

std::vector<TensorDigest> tensor_table_from_json(const Json& json) {
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

std::string tensor_table_root(const std::vector<TensorDigest>& tensors) {
    return sha256_hex(canonical_json(tensors_json(tensors)));
}

}  // namespace assay
