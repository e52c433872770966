// What the statistics say, in words. Made from measured figures only, and never with a p-value: those are in the JSON.
#pragma once

#include <string>

#include "core/report.hpp"

namespace assay {

// "CI_TOO_FEW_UNITS" -> "no interval: too few independent seeds". Other flags stay as they are.
std::string flag_words(const std::string& flag);
// The same with the name of the unit that dominates, where there is one: "run 003 (seed.init 3) carries more than ...".
std::string flag_words(const std::string& flag, const std::optional<Dominating>& dominating);
std::string unit_words(const Dominating& unit);  // "run 003 (seed.init 3)", "block 2 (runs 005, 006)"

// Whether the factor moves the answers in one direction whatever the seed: "found", "none found", "no bit changed", "no
// change seen" (of a number), "UNTESTABLE" (no result could have been significant), "not tested".
std::string direction_word(const FactorTest& test);
// Why there is no answer, without p-values; "" where there is one.
std::string direction_reason(const FactorTest& test);

// The verdict with "+SHIFT" where a systematic direction was found and a bit changed.
std::string hardware_verdict(const Evidence& evidence, const HardwareEffect& effect);
// "Changing isa from avx2 to baseline altered the outputs of 4 of 8 seeds beyond rounding. ..."
std::string hardware_sentence(const Report& report, const HardwareEffect& effect);

// How sure it is that training repeats, after so many repeats without a difference. Precondition: none differs.
std::string repeats_sentence(const SelfAudit& control);
// What the runs that were repeated say about the tests.
std::string control_sentence(const SelfAudit& control);

}  // namespace assay
