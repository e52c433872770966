// What the spec's `decision` says of a stored run, as its request holds it.
#pragma once

#include "core/run.hpp"

namespace assay {

// Above which probability of class 1 an answer is class 1: decision.threshold of a command's spec; 0.5 without one.
double decision_threshold(const Json& trainer);  // a request's trainer
inline double decision_threshold(const RunRequest& request) { return decision_threshold(request.trainer); }

}  // namespace assay
