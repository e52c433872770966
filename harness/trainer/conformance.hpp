// Whether a trainer follows the protocol, judged by three of its runs: one, the same again, and one with other seeds.
// Pure: what was observed in, one line for each rule out.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/run.hpp"

namespace assay {

struct ObservedRun {
    RunRecord record;
    std::map<std::string, std::string> files;  // what is kept of it, by name
    std::vector<std::string> names;            // of all that stands in ${out}
};

enum class ConformanceResult { pass, fail, skip };

struct Rule {
    std::string name;  // "seed": never reused for another rule
    std::string says;  // "another seed gives other bits"
    ConformanceResult result = ConformanceResult::skip;
    std::string detail;  // why; empty for most that pass
};

// The rules in their order; one that cannot be judged is skipped and says why. All are skipped where the trainer
// declined all three runs (exit 125).
std::vector<Rule> judge_trainer(const ObservedRun& run, const ObservedRun& again, const ObservedRun& other_seeds);

// Whether any rule could be judged.
bool was_judged(const std::vector<Rule>& rules);
// Whether no rule is broken.
bool conforms(const std::vector<Rule>& rules);

}  // namespace assay
