// The statistics beyond matched pairs, with every p-value, for json_report().
#pragma once

#include "base/json.hpp"
#include "core/evidence.hpp"

namespace assay {
Json figure_json(const Figure& figure);
Json evidence_json(const Evidence& evidence);
}  // namespace assay
