// Where the spec of a stored audit names its factors, as far as this machine knows.
#pragma once

#include <map>
#include <string>

#include "cli/options.hpp"
#include "core/plan.hpp"

namespace assay {

// Full names of factors, and "seed", to "study.yaml:9:5". Empty where the spec's file is not known here, is gone, or
// says something else by now. Reads only.
std::map<std::string, std::string> factor_places(const Plan& plan, const Options& options);

}  // namespace assay
