// A run of the built-in nets as the trainer gets it: every parameter at its default but those named.
#pragma once

#include "core/factor.hpp"
#include "core/run.hpp"
#include "trainer/parameters.hpp"

namespace assay::testing {

inline Json torch_params(const Json::Object& changes = {}) {
    Json params = Json::Object{};
    for (const Parameter& parameter : trainer_parameters("torch")) params[parameter.name] = parameter.default_value;
    for (const auto& [name, value] : changes) params[name] = value;
    return params;
}

// Seeds: 11 for the first stream, 12 for the second, ...; master 7.
inline RunRequest torch_request(const Json::Object& changes = {}) {
    RunRequest request;
    request.trainer = Json::Object{};
    request.params = torch_params(changes);
    request.hardware = Json::Object{{"device", "cpu"}, {"threads", 1}, {"flush_denormals", true}};
    request.seeds["master"] = 7;
    std::uint64_t seed = 11;
    for (const std::string& stream : seed_streams()) request.seeds[stream] = seed++;
    return request;
}

}  // namespace assay::testing
