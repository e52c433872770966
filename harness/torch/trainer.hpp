// assay-torch as a trainer: the protocol around one training. The same function for a cold process and for the child of
// a warm server. No torch header here.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/json.hpp"
#include "torch/train.hpp"

namespace assay {

// Data sets decoded before the fork, so that children share them.
struct Preloaded {
    std::optional<DataSets> mnist;
};
Preloaded preload();

// Does the run that ASSAY_CONFIG describes and writes its files; returns the exit code. What went wrong is on standard
// error and in the file `failure`. With a hardware level that did not take hold nothing is trained.
int run_from_environment(const Preloaded& preloaded);

Json identity();                   // {"kind":"torch",...}: libraries and data, no path, no machine
Json probe(const Json& hardware);  // {"hardware":{..},"versions":{..}} without training

}  // namespace assay
