#include "trainer/protocol.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

#include "base/error.hpp"
#include "core/factor.hpp"
#include "core/fields.hpp"

namespace assay {
namespace {

// "sd_init" -> "SD_INIT"; what a variable's name cannot hold becomes an underscore.
std::string variable_name(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return std::isalnum(c) != 0 ? static_cast<char>(std::toupper(c)) : '_'; });
    return text;
}

}  // namespace

Json run_json(const TrainerInput& input) {
    const Json request = to_json(input.request);
    return Json::Object{{"protocol", k_protocol_version},
                        {"run_id", input.run_id},
                        {"audit", input.audit},
                        {"attempt", input.attempt},
                        {"out", input.out.string()},
                        {"params", request.at("params")},
                        {"seeds", request.at("seeds")},
                        {"hardware", request.at("hardware")},
                        {"environment", request.at("environment")},
                        {"software", request.at("software")},
                        {"trainer", request.at("trainer")},
                        {"replicate", input.request.replicate}};
}

TrainerInput parse_run_json(const Json& json) {
    try {
        if (json.at("protocol").as_integer() != k_protocol_version) {
            throw Error("P0102", Exit::usage,
                        "run.json speaks protocol " + scalar_text(json.at("protocol")) + ", this trainer 1");
        }
        TrainerInput input;
        input.run_id = json.at("run_id").as_string();
        input.audit = json.at("audit").as_string();
        input.attempt = count_from_json(json.at("attempt"));
        input.out = json.at("out").as_string();
        input.request = run_request_from_json(json);
        return input;
    } catch (const Error& error) {
        if (error.code() == "P0102") throw;
        throw Error("P0101", Exit::usage,
                    std::string("run.json does not follow the trainer protocol: ") + error.what());
    }
}

std::map<std::string, std::string> protocol_variables(const TrainerInput& input, const std::filesystem::path& config) {
    std::map<std::string, std::string> v = {
        {"ASSAY_PROTOCOL", std::to_string(k_protocol_version)},
        {"ASSAY_CONFIG", config.string()},
        {"ASSAY_OUT", input.out.string()},
        {"ASSAY_RUN_ID", input.run_id},
        {"ASSAY_ATTEMPT", std::to_string(input.attempt)},
        {"ASSAY_PARAMS", canonical_json(input.request.params)},
    };
    for (const auto& [stream, seed] : input.request.seeds) {
        v[stream == "master" ? "ASSAY_SEED" : "ASSAY_SEED_" + variable_name(stream)] = std::to_string(seed);
    }
    for (const auto& [name, value] : input.request.params.as_object()) {
        v["ASSAY_PARAM_" + variable_name(name)] = level_text(value);
    }
    const Json& hardware = input.request.hardware;
    if (const Json* device = hardware.find("device")) v["ASSAY_DEVICE"] = level_text(*device);
    if (const Json* threads = hardware.find("threads")) v["ASSAY_THREADS"] = level_text(*threads);
    if (const Json* on = hardware.find("deterministic")) v["ASSAY_DETERMINISTIC"] = *on == Json(true) ? "1" : "0";
    return v;
}

}  // namespace assay
