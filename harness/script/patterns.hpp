// A look at a training script for what is known to break repeatability: twelve patterns, each from a report of somebody
// it happened to. The text is read, never executed; a finding is a place to look at, never a verdict.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace assay {

struct Pattern {
    const char* code;    // D0201 to D0212, never reused
    const char* title;   // what is there
    const char* why;     // what comes of it
    const char* advice;  // what to do
    const char* thread;  // where it was reported: "owner/repository#number"
};
const std::vector<Pattern>& patterns();

struct ScriptFinding {
    const Pattern* pattern = nullptr;
    int line = 0;
    std::string what;  // "os.listdir()", "DataLoader(num_workers=4)"
};
// By line, then by code.
std::vector<ScriptFinding> look_at(std::string_view script);

}  // namespace assay
