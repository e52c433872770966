// assay-torch as a trainer: the protocol around one training. The same function for a cold process and for the child of
// a warm server. No torch header here.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "torch/train.hpp"

namespace assay {

// Data sets decoded before the fork, so that children share them.
struct Preloaded {
    std::optional<DataSets> mnist;
    std::set<std::string> shapes;  // of nets that were trained a little
};
Preloaded preload();

// What a process pays once (kernels, oneDNN's code for each shape, the trial of Adam's passes, the heap), paid before
// the fork of the run that `config` describes and of all that are like it. Not on a GPU, which no fork could use after
// that; and only where one thread is asked for: a parallel region starts OpenMP's threads, which a fork leaves behind,
// and its child would wait for them for ever.
void warm_up(const std::filesystem::path& config, Preloaded& preloaded);

// Does the run that ASSAY_CONFIG describes and writes its files; returns the exit code. What went wrong is on standard
// error and in the file `failure`. With a hardware level that did not take hold nothing is trained.
int run_from_environment(const Preloaded& preloaded);

// {"kind":"torch",...}: the libraries and the content of the data sets that are named; no path, no machine. Data that
// cannot be read: {"error":{"code","message","help"}}, so that an audit ends before its first run.
Json identity(const std::vector<std::string>& data_sets, const Preloaded& preloaded = {});

// {"hardware":{..},"identity":{..}}: what the libraries make of a hardware block, after a step with each kind of net.
Json probe(const Json& hardware, const std::vector<std::string>& data_sets, const Preloaded& preloaded = {});

}  // namespace assay
