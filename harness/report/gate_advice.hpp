// What to do about a rule that does not pass, the cheapest first, and how to look at it. Commands are complete.
#pragma once

#include <string>
#include <vector>

#include "core/verdict.hpp"

namespace assay {

// 1 to 4. `store_option` is put behind every command that reads the store.
// `changes`: since the baseline, each "lr 0.001 -> 0.1".
std::vector<std::string> gate_advice(const RuleResult& result, const std::vector<std::string>& changes,
                                     const std::string& store_option);
std::string gate_see_it(const RuleResult& result, const std::string& audit, const std::string& baseline,
                        const std::string& store_option);

}  // namespace assay
