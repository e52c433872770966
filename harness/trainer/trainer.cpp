#include "trainer/trainer.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <optional>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "core/factor.hpp"
#include "core/npy.hpp"
#include "trainer/output.hpp"
#include "trainer/protocol.hpp"

namespace assay::trainer {
namespace {
namespace fs = std::filesystem;

// Read once: the run does not change.
const std::optional<TrainerInput>& input() {
    static const std::optional<TrainerInput> k_input = [] {
        const char* const config = std::getenv("ASSAY_CONFIG");
        return config == nullptr ? std::nullopt : std::optional(parse_run_json(parse_json(read_file(config), config)));
    }();
    return k_input;
}

void save(const std::string& name, std::string_view bytes) {
    if (active()) write_output(input()->out, name, bytes);
}

template <class T>
void save_probabilities(NumericType type, std::span<const T> values, std::size_t n_inputs, std::size_t n_classes) {
    if (n_classes == 0 || values.size() / n_classes != n_inputs || values.size() % n_classes != 0) {
        throw Error("P0103", Exit::usage,
                    "save_predictions: " + plural(values.size(), "value") + " for " + plural(n_inputs, "input") +
                        " x " + plural(n_classes, "class", "classes"),
                    "give n_inputs x n_classes probabilities, one input after the other");
    }
    save("predictions.npy", write_npy(array_of<T>(type, {n_inputs, n_classes}, values)));
}

void save_object(const std::string& name, const Json& object) {
    if (!object.is_object())
        throw Error("P0103", Exit::usage, name + " must be an object, got " + canonical_json(object));
    save(name, canonical_json(object));
}

int failed(int code, const std::string& text, const std::string& reason) {
    std::fputs(text.c_str(), stderr);
    try {
        save("failure", reason + "\n");
    } catch (const Error&) {  // its own folder, or run.json, is what is broken: said above
    }
    return code;
}

}  // namespace

bool active() { return input().has_value(); }

Json param(std::string_view name) {
    const Json* const level = active() ? input()->request.params.find(name) : nullptr;
    return level == nullptr ? Json() : *level;
}

void wrong_level(std::string_view name, const Json& level, const char* expected) {
    throw Error("P0103", Exit::usage,
                "parameter " + std::string(name) + " is " + canonical_json(level) + ", expected " + expected);
}

std::uint64_t seed(std::string_view stream, std::uint64_t fallback) {
    const auto& streams = seed_streams();
    if (stream != "master" && std::find(streams.begin(), streams.end(), stream) == streams.end())
        throw Error("P0103", Exit::usage, "there is no stream '" + std::string(stream) + "' of seeds",
                    "streams: master, " + join(streams, ", "));
    if (!active()) return fallback;
    const auto& seeds = input()->request.seeds;
    const auto it = seeds.find(std::string(stream));
    return it == seeds.end() ? seeds.at("master") : it->second;
}

Json hardware() { return active() ? input()->request.hardware : Json(Json::Object{}); }
fs::path out(const std::string& name) { return active() ? input()->out / name : fs::path(name); }

void save_predictions(std::span<const float> values, std::size_t n_inputs, std::size_t n_classes) {
    save_probabilities(NumericType::float32, values, n_inputs, n_classes);
}
void save_predictions(std::span<const double> values, std::size_t n_inputs, std::size_t n_classes) {
    save_probabilities(NumericType::float64, values, n_inputs, n_classes);
}
void save_labels(std::span<const std::int64_t> labels) {
    save("labels.npy", write_npy(array_of<std::int64_t>(NumericType::int64, {labels.size()}, labels)));
}
void save_weights(std::string_view safetensors) { save("weights.safetensors", safetensors); }

void save_metrics(const std::map<std::string, double>& metrics) {
    Json::Object finite;
    for (const auto& [name, value] : metrics) {
        if (std::isfinite(value)) finite.emplace(name, value);
    }
    save("metrics.json", canonical_json(finite));
}

void save_versions(const Json& versions) { save_object("versions.json", versions); }
void save_effective(const Json& levels) {
    if (!levels.is_object())
        throw Error("P0103", Exit::usage, "save_effective: expected an object, got " + canonical_json(levels));
    save("effective.json", canonical_json(Json::Object{{"hardware", levels}}));
}

void progress(std::int64_t step, std::int64_t of) {
    if (!active()) return;
    static ProgressLines lines(input()->out);
    lines(step, of);
}

int run(const std::function<void()>& train) {
    try {
        if (active()) save("run_id", input()->run_id);
        train();
        return 0;
    } catch (const Error& error) {
        return failed(static_cast<int>(error.exit()), format_error(error), error.what());
    } catch (const std::exception& error) {
        const auto lines = split_lines(error.what());
        return failed(1, std::string("error: ") + error.what() + "\n", lines.empty() ? "an error" : lines.front());
    }
}

}  // namespace assay::trainer
