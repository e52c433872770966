// The one exception type, and the exit codes it can end a command with.
//
// Error is thrown for what ends a command: a bad spec, an unreadable file, a damaged store. Outcomes
// that a run can have (failed, diverged, missing) are values, never exceptions.
#pragma once

#include <stdexcept>
#include <string>

namespace assay {

// The exit codes of `assay`: a contract with scripts and CI systems, each produced by a test.
// Values are never reused.
enum class Exit : int {
    yes = 0,          // done, the answer is yes
    no = 1,           // done, the answer is no: runs differ, the gate fails
    usage = 2,        // the request is wrong: usage, spec, unknown name; nothing ran, but for one thing that only runs
                      // tell: a seed stream was varied that the trainer does not read (the report is there)
    undecided = 3,    // more runs would decide
    incomplete = 4,   // runs failed or are missing
    nothing = 5,      // nothing was selected
    bug = 70,         // our bug
    unreadable = 74,  // a file cannot be read or written, or is damaged
    again = 75,       // stopped early on purpose: run the same command again
    interrupted = 130,
    terminated = 143,
};

// Of two exits that hold at once, the one that is reported: 70 > 74 > 2 > 1 > 4 > 3 > 5 > 0.
// A signal or an early stop comes before all but 70, since the rest was not looked at.
Exit worse(Exit a, Exit b);

// `code` is stable and greppable ("S0103": S spec, R runs, A archive, E environment, U usage).
// `message` may have several lines; `help` says what to do next and may be empty.
class Error : public std::runtime_error {
public:
    Error(std::string code, Exit exit, const std::string& message, std::string help = {});

    const std::string& code() const { return code_; }
    Exit exit() const { return exit_; }
    const std::string& help() const { return help_; }

private:
    std::string code_;
    Exit exit_;
    std::string help_;
};

// "error[S0103]: message\n  = help\n", as `assay` prints it on stderr.
std::string format_error(const Error& error);

}  // namespace assay
