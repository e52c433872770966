// The command line as values. Reading it has no effects.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace assay {

struct Options {
    std::string command;  // "run"; empty: show the overview
    bool help = false;
    bool version = false;
    std::vector<std::string> arguments;          // what is left: a spec, an audit, a run
    std::vector<std::string> own_command;        // after `--`: a training command without a spec
    std::filesystem::path directory;             // -C: work there
    std::filesystem::path store;                 // empty: $ASSAY_STORE, else .assay
    std::filesystem::path output;                // -o
    std::vector<std::filesystem::path> outputs;  // -o of commands that take several
    std::filesystem::path baseline;              // --baseline: of a gate; empty: beside the spec
    std::string junit = "default";               // --junit: default, strict
    bool yes = false;                            // --yes
    bool suggest = false;                        // --suggest
    std::filesystem::path sign;                  // --sign: a private key for the verdict
    bool gate = false;                           // run --gate: judge at the end
    bool stop_when_decided = false;              // --stop-when-decided: judge seed by seed; run: start no more then
    std::string name;                            // --name: of the audit that `import` makes
    std::filesystem::path inputs;                // --inputs: `import`'s table of the held-out inputs
    std::string format;                          // --format: text, json or markdown; empty: text
    std::string color = "auto";                  // auto, always, never
    bool json = false;
    bool quiet = false;
    std::string ci;       // --ci: init writes a workflow for github or gitlab; empty: none
    bool python = false;  // --python: the helper for Python scripts, from `init`
    bool brief = false;   // the demo: the table, its sentences, what to do next
    bool no_progress = false;
    int jobs = 0;
    std::size_t limit = 0;
    double budget_s = 0;
    bool retry_failed = false;
    bool fail_fast = false;
    bool cold = false;
    bool deep = false;                        // --deep: verify decompresses everything
    double sample = 0;                        // --sample: verify reads this share of a store, in percent; 0: all
    double grace_s = 24 * 3600;               // --grace: gc takes nothing that is younger
    bool dry_run = false;                     // --dry-run: only says what would be done
    bool delta = false;                       // --delta: repack makes differences, too
    std::filesystem::path safetensors;        // --safetensors: export writes a run's weights there
    std::vector<std::string> retired;         // --retire: runs that were removed on purpose, for a checkpoint
    bool sig = false;                         // --sig: verify signatures, too
    std::vector<std::filesystem::path> keys;  // --key: private of sign, public of verify
    std::filesystem::path attach;             // --attach: sign keeps this signature, made elsewhere, with the run
};

// A command's place in the program: its row in the table of commands.
struct Command {
    const char* name;
    const char* usage;     // "assay run SPEC [options]"
    const char* summary;   // one line of the overview
    const char* examples;  // shown first by `--help`
    bool executes;         // takes the options of commands that start trainers
    int arguments_max;
    int (*main)(const Options&);
    bool names_audit = false;   // takes --name and --inputs
    bool takes_format = false;  // takes --format
    bool verifies = false;      // takes --deep and --sample
    bool collects = false;      // takes --safetensors, --grace, --dry-run, --delta
    bool gives_helper = false;  // takes --python
    bool judges = false;        // takes --baseline, --junit, --format github|gitlab and several -o
    bool asks = false;          // takes --baseline and --yes
    bool signs = false;         // takes --key, a private one
};

// Throws Error U01xx (exit 2): an unknown command or option, with the nearest one; a value that does not fit.
Options parse_options(int argc, const char* const* argv, const std::vector<Command>& commands);

// "90", "90s", "20m", "1h30m" -> seconds. Error U0104 otherwise.
double parse_duration(const std::string& text);

std::string overview_text(const std::vector<Command>& commands);
std::string help_text(const Command& command);

}  // namespace assay
