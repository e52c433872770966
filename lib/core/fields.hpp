// Fields of the JSON documents that are kept: checked while they are read, so that what was read can be written again.
#pragma once

#include <cstdint>

#include "base/json.hpp"

namespace assay {

// A count: an integer from 0 to 2^31 - 1. Error J0002 otherwise.
int count_from_json(const Json& json);
// A size or a dimension: an integer from 0 to 2^53 - 1. Error J0002 otherwise.
std::uint64_t size_from_json(const Json& json);
// A seed: a decimal string, since a JSON number does not hold every uint64. Error J0002 otherwise.
std::uint64_t seed_from_json(const Json& json);
// The value itself, which must be an object. Error J0002 otherwise.
const Json& object_from_json(const Json& json);

}  // namespace assay
