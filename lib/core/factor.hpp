// What an audit varies.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"

namespace assay {

enum class FactorKind { seed, hyperparameter, architecture, hardware, software, environment, data };

std::string_view kind_name(FactorKind kind);
std::optional<FactorKind> kind_from_name(std::string_view name);
const std::vector<std::string>& kind_names();

// The seed streams, each with a generator of its own; "all" is a factor that feeds every stream at once.
const std::vector<std::string>& seed_streams();  // init shuffle dropout augment data

// One thing that is varied. Levels are JSON scalars (arrays for list-valued parameters such as `hidden`), in the
// order of the spec. Levels of a seed factor are decimal strings (a seed is a uint64, a JSON number is not).
struct Factor {
    FactorKind kind = FactorKind::hyperparameter;
    std::string name;  // "lr", "init", "isa"
    std::vector<Json> levels;

    friend bool operator==(const Factor&, const Factor&) = default;
};

// "seed.init", "hardware.isa": unique within an audit, used in JSON and in messages.
std::string full_name(const Factor& factor);
// A level as a person writes it: "0.001", "relu", "[64]".
std::string level_text(const Json& level);

}  // namespace assay
