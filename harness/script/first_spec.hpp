// The first spec of somebody's script, with comments: what `assay init SCRIPT` writes.
#pragma once

#include <string>
#include <vector>

#include "script/arguments.hpp"

namespace assay {

struct FirstSpec {
    std::string yaml;
    std::vector<std::string> found;    // for people: "train.py:12 --seed is the seed"
    std::vector<std::string> missing;  // what the person has to do before it runs, one line each
};

// `script` as it is named from the spec's folder; `cores` of this machine decide whether threads are varied.
FirstSpec first_spec(const std::string& script, const ScriptFacts& facts, int cores);

}  // namespace assay
