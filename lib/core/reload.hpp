// What came of `trainer.predict`: the saved model of a run, reloaded in a fresh process, asked about the same inputs.
// A value and its JSON, which a run keeps as its member reload.json:
//
//   {"schema":"assay/reload/1","state":"differs","labels":3,"inputs":60,"max_abs_dp":0.25,"reason":""}
#pragma once

#include <cstddef>
#include <string>

#include "base/json.hpp"
#include "core/predictions.hpp"

namespace assay {

enum class ReloadState {
    same,     // every probability, in single precision
    differs,  // predictions that can be read, and other bits
    failed,   // none: the command did not end well, or what it wrote cannot be read
};

struct Reload {
    ReloadState state = ReloadState::failed;
    std::size_t labels = 0;  // inputs whose most probable class differs
    std::size_t inputs = 0;
    double max_abs_dp = 0;  // largest change of a probability
    std::string reason;     // one line, where it failed
    friend bool operator==(const Reload&, const Reload&) = default;
};

inline constexpr const char* k_reload_member = "reload.json";

// Precondition: both have the same shape.
Reload compare_reloaded(const Predictions& trained, const Predictions& reloaded);

Json to_json(const Reload& reload);
Reload reload_from_json(const Json& json);  // Error J0002 (74) when it is none

}  // namespace assay
