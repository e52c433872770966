// An audit spec: YAML text -> AuditSpec, strictly. Grammar: audits/README.md, audits/assay-1.schema.json.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/json.hpp"
#include "core/answers.hpp"
#include "core/factor.hpp"
#include "core/verdict.hpp"
#include "spec/problems.hpp"

namespace assay {

struct TrainerSpec {
    std::string kind = "torch";        // "torch", "synthetic", "exec"
    std::vector<std::string> command;  // exec: argv with ${placeholders}
    std::vector<std::string> predict;  // exec: asks the saved model again, in a fresh process; empty: nobody does
    std::filesystem::path directory;   // where it runs; relative to the spec's folder
    double timeout_s = 3600;
    std::uint64_t disk_bytes = std::uint64_t{10} << 30;  // that a run may write into its folder
    int retries = 0;
    bool checkpoints = false;  // a folder that one run's attempts share
    bool warm = true;          // torch: one fork server per environment; exec: only if true is written
    std::map<std::string, std::string> environment;  // trainer.env: set for every run
    std::vector<std::string> keep_environment;       // trainer.keep_env: handed through
    std::vector<std::string> inputs;                 // files whose content makes a run reusable, relative to the folder
    std::string predictions = "predictions.npy";     // names in ASSAY_OUT
    std::string labels = "labels.npy";
    std::string weights;       // "": what the protocol calls weights
    bool keep_weights = true;  // else their digests only
    std::string progress;      // how what it prints says how far it is (own_progress.hpp); not in the resolved spec
    Decision decision;         // how answers that are no probabilities become decisions
};

struct DesignSpec {
    std::string kind = "factorial";  // "factorial", "repeat", "screen", "hardware", "seeds"
    int blocks = 1;                  // design seeds
};

struct AuditSpec {
    std::filesystem::path path;  // as given; "" for built-in specs
    std::string name;
    TrainerSpec trainer;
    Json params;                  // object: parameters that are not factors, defaults filled in for built-ins
    std::vector<Factor> factors;  // in the order of the file; seed levels drawn where a count was written
    Json pins;                    // object: hardware held at one value in every run
    std::map<std::string, std::string> pinned_environment;
    std::map<std::string, std::uint64_t> base_seeds;  // seeds of streams that are not factors, and "master"
    DesignSpec design;
    int replicates = 1;  // runs of each cell
    int replays = 1;     // runs replayed in a fresh process in each combination of non-seed levels
    std::uint64_t root_seed = 1;
    std::filesystem::path input_table;    // of the held-out inputs, relative to the spec's folder resolved; "" for none
    std::vector<GateRule> gate;           // in the order of the file; no part of the resolved spec: no run hangs on it
    std::map<std::string, Place> places;  // full names of factors, and "seed": where the file names them
};
// "study.yaml:9:5"; "" where it is not known.
std::string spec_place(const AuditSpec& spec, const std::string& factor);

// All errors at once (up to 20), each with file:line:column, the line, a caret and a suggestion where there is
// one: thrown as one SpecError (exit 2) whose what() is the whole text.
class SpecError : public Error {
public:
    using Error::Error;
};
AuditSpec parse_spec(std::string_view text, const std::filesystem::path& path);
AuditSpec read_spec(const std::filesystem::path& path);

// {"logits":true}, {"threshold":0.5}, {"classes":10}, or {}.
Json decision_json(const Decision& decision);

// The spec with every default filled in: what is hashed and kept. No paths of this machine.
Json resolved_spec(const AuditSpec& spec);

}  // namespace assay
