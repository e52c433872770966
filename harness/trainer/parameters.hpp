// The parameters of the built-in trainers: names, types, ranges, defaults. One table, read by the spec reader (to
// reject a misspelt or ill-typed parameter), by the documentation and by the trainers themselves.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"

namespace assay {

struct Parameter {
    std::string block;  // spec block it is written in: "data", "model", "train"
    std::string key;    // key in that block ("builtin")
    std::string name;   // flat name in params and factors ("model")
    std::string type;   // "number", "integer", "choice", "integers", "text"
    std::vector<std::string> choices;
    double minimum = 0, maximum = 0;  // for numbers, inclusive
    Json default_value;
    std::string help;  // one line, units included
};

// `trainer`: "torch" or "synthetic".
const std::vector<Parameter>& trainer_parameters(const std::string& trainer);
const Parameter* find_parameter(const std::string& trainer, const std::string& name);
// What is wrong with a value, or nothing.
std::optional<std::string> value_problem(const Parameter& parameter, const Json& value);

}  // namespace assay
