#include "core/attribution.hpp"

#include <array>

namespace assay {

std::string_view outcome_name(Outcome outcome) {
    constexpr std::array<std::string_view, k_outcomes> k_names = {"completed", "collapsed", "diverged", "failed",
                                                                  "timed_out", "skipped",   "missing"};
    return k_names[static_cast<std::size_t>(outcome)];
}

}  // namespace assay
