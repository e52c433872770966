#include "trainer/streams.hpp"

namespace assay {
namespace {

bool is_zero(const Json& params, const char* name) {
    const Json* const value = params.find(name);
    return value != nullptr && value->is_number() && value->as_number() == 0;
}

bool is_word(const Json& params, const char* name, const char* word) {
    const Json* const value = params.find(name);
    return value != nullptr && *value == Json(word);
}

std::optional<IdleStream> idle_in_torch(const std::string& stream, const Json& params) {
    const bool one_seed = is_word(params, "seed_mode", "torch");
    if (stream == "all") return std::nullopt;  // whatever else is idle, it draws the initial weights
    if (one_seed && stream != "augment")
        return IdleStream{"seed_mode is torch: one manual_seed for all",
                          "vary seed: all, or write seed_mode: separate"};
    if (stream == "init") return std::nullopt;
    for (const char* name : {"epochs", "lr"}) {
        if (is_zero(params, name))
            return IdleStream{std::string(name) + " is 0: no step changes a weight", "give it a value above 0"};
    }
    for (const char* name : {"dropout", "augment"}) {
        if (stream == name && is_zero(params, name))
            return IdleStream{std::string(name) + " is 0", "give " + std::string(name) + " a value above 0"};
    }
    if (stream == "shuffle" && params.find("order") != nullptr && !is_word(params, "order", "shuffled"))
        return IdleStream{"order is " + params.at("order").as_string(), "write order: shuffled"};
    return std::nullopt;
}

// The interaction and the hardware part are keyed by the first three streams together.
std::optional<IdleStream> idle_in_synthetic(const std::string& stream, const Json& params) {
    if (!is_zero(params, "sd_interaction") || !is_zero(params, "sd_hardware")) {
        if (stream != "augment" && stream != "data") return std::nullopt;
    }
    const bool known = stream == "init" || stream == "shuffle" || stream == "dropout";
    if (stream == "all") {
        const bool idle = is_zero(params, "sd_init") && is_zero(params, "sd_shuffle") && is_zero(params, "sd_dropout");
        return idle ? std::optional(IdleStream{"every sd is 0", "give sd_init a value above 0"}) : std::nullopt;
    }
    if (!known) return IdleStream{"the synthetic trainer has no such stream", "vary init, shuffle or dropout"};
    const std::string name = "sd_" + stream;
    if (!is_zero(params, name.c_str())) return std::nullopt;
    return IdleStream{name + " is 0", "give " + name + " a value above 0"};
}

}  // namespace

std::optional<IdleStream> idle_stream(const std::string& trainer, const std::string& stream, const Json& params) {
    if (trainer == "torch") return idle_in_torch(stream, params);
    if (trainer == "synthetic") return idle_in_synthetic(stream, params);
    return std::nullopt;
}

}  // namespace assay
