// The built program in a folder of its own: what a person types, and what comes back.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/file.hpp"
#include "base/json.hpp"
#include "support/command.hpp"

namespace assay::testing {

inline const std::filesystem::path k_programs = std::filesystem::path(ASSAY_BINARY_DIR) / "bin";

using Words = std::vector<std::string>;
using Variables = std::map<std::string, std::string>;

// What the caller's terminal and habits could change; an empty variable counts as none.
inline Variables plain_environment(const Variables& changes = {}) {
    Variables v = {{"NO_COLOR", ""}, {"ASSAY_STORE", ""}, {"COLUMNS", "80"}, {"LC_ALL", "C.UTF-8"}, {"TERM", "xterm"}};
    for (const auto& [name, value] : changes) v[name] = value;
    return v;
}

inline Words assay_words(const Words& words) {
    Words argv = {(k_programs / "assay").string()};
    argv.insert(argv.end(), words.begin(), words.end());
    return argv;
}

// One folder: specs, the store "store", trainers.
struct Bench {
    TemporaryDirectory folder;

    CommandResult assay(const Words& words, const Variables& environment = {}) const {
        return run_command(assay_words(words), folder.path(), plain_environment(environment));
    }
    pid_t start(const Words& words) const {
        return start_command(assay_words(words), folder.path(), plain_environment());
    }
    // A line of sh in which $ASSAY is the program.
    CommandResult shell(const std::string& line) const {
        return run_command({"/bin/sh", "-c", line}, folder.path(),
                           plain_environment({{"ASSAY", (k_programs / "assay").string()}}));
    }
    std::string write(const std::string& name, const std::string& text) const {
        write_file_atomic(folder.path() / name, text);
        return name;
    }
    // The report of the last audit in `store`.
    Json report(const std::string& store = "store") const {
        const CommandResult result = assay({"report", "--json", "--store", store});
        return parse_json(result.out, "assay report --json: " + result.err);
    }
};

// An audit of the synthetic trainer: `model` holds its parameters, `seeds` the seed factors.
inline std::string synthetic_spec(const std::string& model = "{inputs: 60}", const std::string& seeds = "{init: 4}") {
    return "assay: 1\nname: t\ntrainer: synthetic\nmodel: " + model + "\nfactors: {seed: " + seeds + "}\n";
}

// Five runs of the synthetic trainer in `store`.
struct StoredBench : Bench {
    StoredBench() {
        write("spec.yaml", synthetic_spec());
        EXPECT_EQ(assay({"run", "spec.yaml", "--store", "store"}).exit, 0);
    }
};

// The synthetic trainer as somebody's own script: $PLANT is its defect, $INIT the seed that it takes instead of the one
// it was given. Of POSIX sh only.
inline constexpr const char* k_foreign_trainer = R"sh(
seed=${INIT:+"s/\"init\": \"[0-9]*\"/\"init\": \"$INIT\"/"}
tr -d '\n' < "$ASSAY_CONFIG" | sed -e "s/\"params\": {[^}]*}/\"params\": {\"inputs\": 60, \"classes\": 4, \
\"sd_init\": 0.5, \"sd_shuffle\": 0.2, \"sd_dropout\": 0, \"sd_interaction\": 0, \"sd_hardware\": 0, \"effect\": 0, \
\"level\": 0, \"sleep_ms\": 0, \"plant\": \"${PLANT:-none}\"}/" -e "$seed" > "$ASSAY_OUT/own.json"
ASSAY_CONFIG=$ASSAY_OUT/own.json exec "$SYNTHETIC"
)sh";

// An audit of a line of sh. In it $$ is one dollar; $SYNTHETIC is the synthetic trainer.
inline std::string shell_spec(const std::string& script, const std::string& factors = "{seed: {init: 2}}",
                              const std::string& more = "") {
    return "assay: 1\nname: t\ntrainer:\n  exec: [/bin/sh, -c, '" + script +
           "']\n  env: {SYNTHETIC: " + (k_programs / "assay-synthetic").string() + "}\n" + more +
           "factors: " + factors + "\n";
}

// The JSON report without its block `context`, which holds all that time and place decide. Cut out of the text, so that
// every other byte counts.
inline std::string without_context(const std::string& json) {
    const std::string begin = "\n  \"context\": {";
    const std::size_t from = json.find(begin);
    const std::size_t to = json.find("\n  }", from);
    if (from == std::string::npos || to == std::string::npos) {
        ADD_FAILURE() << "no context block in: " << json.substr(0, 300);
        return json;
    }
    EXPECT_EQ(json.find(begin, to), std::string::npos);
    return json.substr(0, from) + json.substr(to + 4);
}

inline bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace assay::testing
