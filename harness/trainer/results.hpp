// What a trainer left in its output folder, checked on arrival. A defect is an outcome of the run, never an exception.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/run.hpp"
#include "trainer/protocol.hpp"

namespace assay {

struct ResultNames {  // files in ASSAY_OUT
    std::string predictions = "predictions.npy";
    std::string labels = "labels.npy";
};

struct Shape {
    std::size_t n_inputs = 0, n_classes = 0;
    friend bool operator==(const Shape&, const Shape&) = default;
};

struct TrainerResults {
    RunState state = RunState::completed;
    std::string reason;          // one line: what, got, expected; empty when completed
    std::optional<Shape> shape;  // of readable predictions
    HardwareReport hardware;
    Json versions = Json(Json::Object());
    Json metrics = Json(Json::Object());
    std::map<std::string, std::string> files;  // name and bytes of what is kept as it is, predictions.npy among them
    std::vector<TensorDigest> weights;
};

// Reads and checks everything: files regular and of bounded size, the run's own id, probabilities (NaN or infinities:
// diverged), `expected` shape where one is known, hardware as asked. `must_verify`: a hardware level that no library
// reported on is a defect too (the built-in trainers report on all).
TrainerResults read_results(const TrainerInput& input, const ResultNames& names, const std::optional<Shape>& expected,
                            bool must_verify);

// The text that a trainer left in `failure`, on one line; empty when there is none.
std::string failure_text(const std::filesystem::path& out);

}  // namespace assay
