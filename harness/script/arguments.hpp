// The command line of a Python script that uses argparse, from its text alone.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"

namespace assay {

struct ScriptOption {
    std::string flag;  // "--lr", or "data" for a positional one
    std::string name;  // argparse's dest, a name that a spec can use: "lr", "weight_decay"
    bool positional = false;
    bool is_switch = false;  // store_true, store_false: takes no value
    bool required = false;
    std::string type;                   // "int", "float", "str", "bool"; "" when another function makes it
    std::optional<Json> default_value;  // if it is a literal
    std::vector<Json> choices;          // if they are literals
    int line = 0;
};

struct ScriptFacts {
    std::vector<ScriptOption> options;  // in the order of the script, each name once
    std::vector<std::string> modules;   // top-level modules that it imports, sorted
    bool reads_seed = false;            // it names ASSAY_SEED, or a stream's variable
    bool writes_predictions = false;    // it names a file predictions.npy, .csv, ...
};

ScriptFacts read_script(std::string_view text);

// "seed" of --seed, --random-seed, ...; "out" of --out, --output-dir, ...; "" of any other.
std::string role_of(const ScriptOption& option);

}  // namespace assay
