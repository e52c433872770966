// Between the files that read what a trainer left.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "trainer/results.hpp"

namespace assay {

// A defect found while reading; caught in read_results, where it becomes the run's reason.
struct Defect {
    RunState state;
    std::string reason;
};
[[noreturn]] void failed(const std::string& code, const std::string& reason);

// Nothing when it is not there. Links, pipes and devices are never followed (R0212): a trainer may be anybody's code.
// R0213 above the limit.
std::optional<std::string> read_output(const std::filesystem::path& out, const std::string& name, std::size_t limit);

// Predictions, ids and labels.
void take_answers(const std::filesystem::path& out, const ResultNames& names, const Expected& expected,
                  TrainerResults& results);
void take_weights(const std::filesystem::path& out, const std::string& name, TrainerResults& results);

inline constexpr std::size_t k_predictions_limit = std::size_t{2} << 30;

}  // namespace assay
