// What the built-in trainers draw from each stream of random numbers, and when they draw nothing.
#pragma once

#include <optional>
#include <string>

#include "base/json.hpp"

namespace assay {

// Why nothing that a run with these (complete) parameters draws from `stream` reaches its answers, and what would
// change that. Nothing where it does, where only the run can tell (whether every image of a file trains), and for
// commands. `stream`: a name of seed_streams(), or "all", which feeds every one.
struct IdleStream {
    std::string because;  // "dropout is 0"
    std::string remedy;   // "give it dropout above 0"
};
std::optional<IdleStream> idle_stream(const std::string& trainer, const std::string& stream, const Json& params);

}  // namespace assay
