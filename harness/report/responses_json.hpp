// The numbers of runs and what the statistics say of them, for json_report().
#pragma once

#include <vector>

#include "base/json.hpp"
#include "core/response.hpp"

namespace assay {
Json responses_json(const std::vector<Response>& responses);
}  // namespace assay
