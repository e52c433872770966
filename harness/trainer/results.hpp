// What a trainer left in its output folder, checked on arrival. A defect is an outcome of the run, never an exception.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/answers.hpp"
#include "core/run.hpp"
#include "trainer/protocol.hpp"

namespace assay {

inline constexpr const char* k_default_predictions = "predictions.npy";
inline constexpr const char* k_default_labels = "labels.npy";

// Names in ASSAY_OUT. A default name stands for any ending that is read: predictions.csv is found as well.
struct ResultNames {
    std::string predictions = k_default_predictions;
    std::string labels = k_default_labels;
    std::string weights = {};  // empty: weights.safetensors, weights.npz, weights.npy or the folder weights
    Decision decision = {};
};

struct Shape {
    std::size_t n_inputs = 0, n_classes = 0;
    friend bool operator==(const Shape&, const Shape&) = default;
};

// What other runs of the audit wrote, and this one must agree with; what none of them wrote is empty.
struct Expected {
    std::optional<Shape> shape;
    std::vector<std::string> ids;        // rows come in this order
    std::vector<std::int64_t> labels;    // in the order of the rows
    std::set<std::string> environments;  // digests of environment.json files that are fingerprints
};

struct TrainerResults {
    RunState state = RunState::completed;
    std::string reason;          // one line: what, got, expected; empty when completed
    std::optional<Shape> shape;  // of readable predictions
    HardwareReport hardware;
    Json versions = Json(Json::Object());
    Json metrics = Json(Json::Object());
    // Name and bytes of what is kept: predictions.npy (float32 or float64 probabilities in C order, whatever was
    // written), labels.npy (int64), ids.txt (one a line), steps.npy, environment.json, fingerprint.json;
    // weights.safetensors, .npz or .npy as the trainer wrote it; of a folder of arrays one weights.safetensors.
    std::map<std::string, std::string> files;
    std::vector<TensorDigest> weights;
};

// Reads and checks everything: files regular and of bounded size, the run's own id, probabilities (NaN or infinities:
// diverged), what is `expected`, hardware as asked. `must_verify`: a hardware level that no library reported on is a
// defect too (the built-in trainers report on all).
TrainerResults read_results(const TrainerInput& input, const ResultNames& names, const Expected& expected,
                            bool must_verify);

// Takes over what the kept files of a completed run say and no earlier run said.
void learn(Expected& expected, const std::map<std::string, std::string>& files);

// The text that a trainer left in `failure`, on one line; empty when there is none.
std::string failure_text(const std::filesystem::path& out);

}  // namespace assay
