// One run: what was asked of it (RunRequest) and what came of it (RunRecord). Values; no I/O.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"

namespace assay {

// Everything that is asked of a run and can change its answers. Two requests with the same bytes of
// canonical JSON are the same request: the second is never run again, its result is taken from the store.
// Time, host, paths and run numbers are not part of it.
struct RunRequest {
    Json trainer;  // identity: {"kind","version",...,"inputs":{path: sha256}}; never a path of this machine
    Json params;   // object: every parameter, resolved: {"model":"dense","lr":0.001,...}
    std::map<std::string, std::uint64_t> seeds;  // "master" and one per stream
    Json hardware;  // object: what was asked, by factors and pins only: {"threads":1,"isa":"avx2"}
    std::map<std::string, std::string> environment;  // variables that are factors or pins
    std::map<std::string, std::string> software;     // e.g. {"python": ".venv/bin/python"}
    int replicate = 0;                               // 0 the run itself; 1, 2, ... the same run again (a replay)

    friend bool operator==(const RunRequest&, const RunRequest&) = default;
};

Json to_json(const RunRequest& request);
RunRequest run_request_from_json(const Json& json);

// SHA-256 of the canonical JSON. `recipe_id` leaves out hardware, environment, software and replicate: runs with
// one recipe differ in the machine only (archive.md 6.4).
std::string request_id(const RunRequest& request);
std::string recipe_id(const RunRequest& request);

// How a run ended. Written to disk by name; names are never reused.
enum class RunState {
    completed,  // predictions are there and valid; may still be collapsed, which the analysis decides
    diverged,   // predictions hold NaN or infinities
    failed,     // exit code, bad output, or a hardware level that did not take hold
    timed_out,
    skipped,  // the trainer said with exit code 125 that this combination makes no sense
};
std::string_view state_name(RunState state);
std::optional<RunState> state_from_name(std::string_view name);

struct MemberRef {  // a file of the run, kept in the store under the digest of its content
    std::string sha256;
    std::uint64_t size_bytes = 0;
    friend bool operator==(const MemberRef&, const MemberRef&) = default;
};

// One entry of a tensor table: [name, dtype, dims, sha256 of the little-endian C-order bytes].
struct TensorDigest {
    std::string name;
    std::string dtype;  // safetensors names: F32, F64, I64, ...
    std::vector<std::uint64_t> shape;
    std::string sha256;
    friend bool operator==(const TensorDigest&, const TensorDigest&) = default;
};
Json tensor_table_json(const std::vector<TensorDigest>& tensors);         // sorted by name
std::vector<TensorDigest> tensor_table_from_json(const Json& json);       // Error J0002 (74) when it is none
std::string tensor_table_root(const std::vector<TensorDigest>& tensors);  // SHA-256 of its canonical JSON

// Hardware factors as they were asked for and as the trainer's libraries reported them. `effective` has a
// member only for what a library was asked about; a requested level without one was set but not verified.
struct HardwareReport {
    Json requested;
    Json effective;
    friend bool operator==(const HardwareReport&, const HardwareReport&) = default;
};

struct RunRecord {
    RunRequest request;
    RunState state = RunState::failed;
    std::string reason;  // one line; empty when completed
    HardwareReport hardware;
    Json versions;                             // object: library -> version, as the trainer reported
    Json metrics;                              // object: flat name -> number
    std::map<std::string, MemberRef> members;  // "predictions.npy", "labels.npy", "steps.npy", "log.txt", ...
    std::vector<TensorDigest> weights;         // empty when the trainer wrote none
    // Occurrence: true of this happening only, outside every identity but the run's own.
    int attempt = 0;
    double wall_s = 0;
    std::string started;  // UTC, ISO 8601
    std::string host;

    friend bool operator==(const RunRecord&, const RunRecord&) = default;
};

}  // namespace assay
