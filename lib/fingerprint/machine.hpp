// What the probes look at: the files of a machine, and what only a running process knows. Both can be this machine's or
// a recorded one's, so that every probe is a function of values.
//
//   a recorded machine := a folder with /proc, /sys and /etc as far as probes read them, and process.json (below)
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"

namespace assay {

struct LoadedObject {
    std::string path;      // as the loader knows it; "" is the program itself
    std::string build_id;  // NT_GNU_BUILD_ID as hex; "" when it has none
    friend bool operator==(const LoadedObject&, const LoadedObject&) = default;
};

// A BLAS that is loaded, and what it says of itself.
struct BlasFacts {
    std::string path;    // of the object that holds its functions, links resolved
    std::string config;  // OpenBLAS: openblas_get_config(); others: their version text; "" when it tells nothing
    std::string core;    // OpenBLAS: the kernel set that it chose
    int threads = 0;     // 0: it does not tell
    int parallel = -1;   // OpenBLAS: 0 none, 1 its own threads, 2 OpenMP; -1: it does not tell
    friend bool operator==(const BlasFacts&, const BlasFacts&) = default;
};

struct OnednnFacts {
    std::string path;
    int version[3] = {0, 0, 0};
    int isa = -1;  // dnnl_get_effective_cpu_isa(): its meaning depends on the version; -1: it does not tell
    friend bool operator==(const OnednnFacts&, const OnednnFacts&) = default;
};

struct OpenmpFacts {
    std::string path;
    int max_threads = 0;
    bool dynamic = false;
    friend bool operator==(const OpenmpFacts&, const OpenmpFacts&) = default;
};

struct FloatFacts {
    std::string rounding;                                   // nearest, down, up, zero
    std::optional<bool> flush_to_zero, denormals_are_zero;  // of the calling thread
    friend bool operator==(const FloatFacts&, const FloatFacts&) = default;
};

struct GpuFacts {
    std::string name;
    std::string sm;  // compute capability, "9.0"
    std::optional<bool> ecc, mig;
    std::uint64_t memory_bytes = 0;
    friend bool operator==(const GpuFacts&, const GpuFacts&) = default;
};

struct ProcessFacts {
    std::string architecture, kernel, libc;  // "x86_64", "Linux 6.1.0-18-amd64", "glibc 2.36"
    int cpus_allowed = 0;
    std::vector<LoadedObject> objects;
    std::vector<BlasFacts> blas;  // those that say what they are first, then in the order of loading
    std::vector<OnednnFacts> onednn;
    std::vector<OpenmpFacts> openmp;
    FloatFacts floats;
    std::string gpu_driver;  // "" without NVML
    std::vector<GpuFacts> gpus;
    std::map<std::string, std::string> variables;  // those of the list in probes/variables.cpp only
    friend bool operator==(const ProcessFacts&, const ProcessFacts&) = default;
};

Json process_facts_json(const ProcessFacts& facts);
ProcessFacts process_facts_from_json(const Json& json);  // Error J0002 (74)

struct Machine {
    // The text of a file without blanks and line ends at its end; nothing when it cannot be read. `path` is absolute.
    std::function<std::optional<std::string>(std::string_view path)> read;
    std::function<std::vector<std::string>(std::string_view path)> list;  // names in a folder, sorted
    ProcessFacts process;
};

// Files below `root`, process facts from its process.json. Error (74) when that cannot be read.
Machine recorded_machine(const std::filesystem::path& root);
// The files of this machine, with the facts that observe.hpp gathers.
Machine machine_of(ProcessFacts facts);

}  // namespace assay
