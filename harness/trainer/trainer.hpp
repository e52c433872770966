// A trainer of one's own in C++: what this run is, and where its results go. Installed as <assay/trainer.hpp>, in
// assay::core; needs no libtorch, and libtorch's users pair it with <assay/torch/...>.
//
//   int main() {
//       return assay::trainer::run([] {
//           const double rate = assay::trainer::param("lr", 0.001);              // this run's level, or 0.001
//           torch::manual_seed(assay::trainer::seed("init"));
//           ...
//           assay::trainer::save_predictions(probabilities, n_inputs, n_classes);  // all that is compulsory
//       });
//   }
//
// Outside `assay run` the program does what it did before: param and seed give the fallback, nothing is written. Under
// it, a mistake in run.json or in what is saved is an Error (P0101, P0102, P0103: exit 2); a file that cannot be
// written F0001 (74). One run a process; not thread-safe.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/json.hpp"

namespace assay::trainer {

// Whether `assay run` started this process (ASSAY_CONFIG is set).
bool active();

// The level of a hyperparameter or architecture factor in this run; null where it does not vary.
Json param(std::string_view name);
[[noreturn]] void wrong_level(std::string_view name, const Json& level, const char* expected);  // Error P0103

// The same as a T, or `fallback`: bool, a whole number, a floating-point number (0.1 and 1 are levels of one), or a
// text. Error P0103 when the level is no T.
template <class T>
T param(std::string_view name, T fallback) {
    const Json level = param(name);
    if (level.is_null()) return fallback;
    if constexpr (std::is_same_v<T, bool>) {
        return level.is_bool() ? level.as_bool() : (wrong_level(name, level, "true or false"), fallback);
    } else if constexpr (std::is_integral_v<T>) {
        return level.is_integer() ? static_cast<T>(level.as_integer())
                                  : (wrong_level(name, level, "a whole number"), fallback);
    } else if constexpr (std::is_floating_point_v<T>) {
        return level.is_number() ? static_cast<T>(level.as_number()) : (wrong_level(name, level, "a number"), fallback);
    } else {
        return scalar_text(level);
    }
}
inline std::string param(std::string_view name, const char* fallback) { return param<std::string>(name, fallback); }

// The seed of a stream: master, init, shuffle, dropout, augment, data; 0 to 2^32 - 1 unless the spec names a larger
// one. Error P0103 for another name, also outside.
std::uint64_t seed(std::string_view stream = "master", std::uint64_t fallback = 0);

// What is asked of the hardware: {"threads":1,"device":"cpu"}; empty outside. For force_hardware of
// <assay/torch/environment.hpp>, or to be read.
Json hardware();

// Where a file of this run belongs; outside, the name as it is.
std::filesystem::path out(const std::string& name = "");

// Probabilities of the held-out inputs, n_inputs x n_classes, row-major; the same inputs in the same order in every
// run. Error P0103 when the sizes do not fit.
void save_predictions(std::span<const float> probabilities, std::size_t n_inputs, std::size_t n_classes);
void save_predictions(std::span<const double> probabilities, std::size_t n_inputs, std::size_t n_classes);
void save_labels(std::span<const std::int64_t> labels);  // the true ones, n_inputs
// The bytes of a safetensors file: safetensors_bytes(module_tensors(net)) of <assay/torch/weights.hpp>.
void save_weights(std::string_view safetensors);
// Values that are no finite numbers are left out.
void save_metrics(const std::map<std::string, double>& metrics);
// Library -> version: an object. library_versions() of <assay/torch/environment.hpp> for libtorch.
void save_versions(const Json& versions);
// What the libraries say took hold, {"threads":1}: effective_hardware(hardware()) for libtorch. A level counts as
// verified only when it stands here; one that contradicts what was asked fails the run.
void save_effective(const Json& hardware);
// After a step or an epoch; written at most twice a second.
void progress(std::int64_t step, std::int64_t of);

inline constexpr int k_skip = 125;  // exit code: this combination makes no sense
inline constexpr int k_again = 75;  // exit code: again, please

// Calls `train` and returns the exit code of the process: 0, or of an exception its own (Error) or 1, with its text on
// standard error and in the file `failure`, which assay shows as the reason.
int run(const std::function<void()>& train);

}  // namespace assay::trainer
