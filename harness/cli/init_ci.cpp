// assay init --ci: the model workflow of a release gate.
#include <iostream>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "cli/ci_workflow.hpp"
#include "cli/gate_audit.hpp"

namespace assay {
namespace fs = std::filesystem;
namespace {

// The workflow stands at the root of the repository: so does the path in it.
std::string spec_from_here(const Options& options) {
    const fs::path spec = options.arguments.empty() ? fs::path("assay.yaml") : fs::path(options.arguments[0]);
    if (!fs::exists(spec)) {
        throw Error("U0106", Exit::usage,
                    "assay init --ci needs a spec with rules, and " + spec.string() + " is not there",
                    "make one first: assay init train.py, then write its block gate");
    }
    const std::string path = spec.lexically_normal().generic_string();
    const bool plain = path.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./") ==
                       std::string::npos;
    if (!plain || spec.is_absolute() || path.starts_with("..") || path.starts_with("-")) {
        throw Error("U0103", Exit::usage, "'" + elide(path, 60) + "' cannot stand in a workflow",
                    "work in the root of the repository, and name the spec from there with plain letters");
    }
    return path;
}

}  // namespace

int init_ci(const Options& options) {
    const std::string spec = spec_from_here(options);
    check_rules(read_spec(spec));
    const CiWorkflow workflow = ci_workflow(options.ci, spec);
    const fs::path path = options.output.empty() ? fs::path(workflow.path) : options.output;
    if (fs::exists(fs::symlink_status(path))) {
        throw Error("U0140", Exit::usage, path.string() + " is there already, and is not replaced",
                    "write elsewhere: assay init --ci " + options.ci + " -o OTHER.yml, or move it away");
    }
    if (path.has_parent_path()) make_directories(path.parent_path());
    write_file_atomic(path, workflow.text);
    if (options.json) {
        std::cout << pretty_json(Json::Object{{"schema", "assay/init/1"},
                                              {"service", options.ci},
                                              {"spec", spec},
                                              {"workflow", path.string()},
                                              {"missing", Json::Array{workflow.hint}}});
    } else if (!options.quiet) {
        std::cout << "Wrote " << path.string() << "\n\nTo do\n"
                  << wrap("- " + workflow.hint, 78, "    ").replace(0, 4, "  ") << "\n"
                  << "\nNext   assay run " << spec << "   then assay accept " << spec << "; commit both\n";
    }
    return 0;
}

}  // namespace assay
