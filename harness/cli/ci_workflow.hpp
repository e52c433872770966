// The jobs that `assay init --ci` writes: what a pull request runs so that nobody merges a changed training unseen.
#pragma once

#include <string>

#include "cli/options.hpp"

namespace assay {

struct CiWorkflow {
    std::string path;  // where the service looks for it, from the root of the repository
    std::string text;  // YAML
    std::string hint;  // what is left to do for this service
};

// service: "github" or "gitlab". spec: the path of the spec from the root of the repository, of plain characters.
CiWorkflow ci_workflow(const std::string& service, const std::string& spec);

// Writes it for the spec that is named, or assay.yaml; never replaces a file. Errors U0106 (2) without a spec, G0101
// (2) for one without rules, U0103 (2) for a path that a shell or YAML would read otherwise, U0140 (2) where the file
// is.
int init_ci(const Options& options);

}  // namespace assay
