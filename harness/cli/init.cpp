// assay init: a first spec for somebody's training script, whose text is read and never executed.
#include <unistd.h>

#include <filesystem>
#include <iostream>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "cli/ci_workflow.hpp"
#include "cli/commands.hpp"
#include "cli/python_helper.hpp"
#include "cli/render.hpp"
#include "script/first_spec.hpp"
#include "spec/spec.hpp"
#include "trainer/effectors.hpp"

namespace assay {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t k_script_limit_bytes = std::size_t{4} << 20;

// Nothing of a person's is ever replaced.
void write_new(const fs::path& path, const std::string& text, const std::string& elsewhere) {
    if (fs::exists(fs::symlink_status(path))) {
        throw Error("U0140", Exit::usage, path.string() + " is there already, and is not replaced",
                    "write elsewhere: " + elsewhere + "; or move it away");
    }
    write_file_atomic(path, text);
}

std::string option_names(const ScriptFacts& facts) {
    std::vector<std::string> names;
    for (const ScriptOption& option : facts.options) names.push_back(option.flag);
    return names.empty() ? "no options of argparse" : "argparse options " + join(names, " ");
}

std::string bullets(const std::string& title, const std::vector<std::string>& lines) {
    std::string text = lines.empty() ? "" : title + "\n";
    for (const std::string& line : lines) text += wrap("- " + line, 78, "    ").replace(0, 4, "  ") + "\n";
    return text;
}

std::string init_text(const std::string& script, const ScriptFacts& facts, const FirstSpec& spec, const fs::path& path,
                      const std::string& crossed) {
    std::string text = wrap("Read " + script + ": " + option_names(facts) +
                                (facts.modules.empty() ? "" : "; imports " + join(facts.modules, " ")),
                            80, "  ")
                           .substr(2) +
                       "\n";
    text += "Wrote " + path.string() + ": " + crossed + ", and a repeat of each setting\n";
    text += bullets("\nFound", spec.found) + bullets("\nTo do", spec.missing);
    return text + "\nNext   assay plan " + (path == "assay.yaml" ? "" : path.string() + " ") +
           "   what would run\n       assay doctor " + script + "   what in it may break repeatability\n";
}

Json texts(const std::vector<std::string>& lines) { return Json::Array(lines.begin(), lines.end()); }

Json init_document(const std::string& script, const ScriptFacts& facts, const FirstSpec& spec, const fs::path& path) {
    Json::Array options;
    for (const ScriptOption& option : facts.options) {
        options.push_back(Json::Object{{"flag", option.flag},
                                       {"name", option.name},
                                       {"type", option.type},
                                       {"required", option.required},
                                       {"default", option.default_value.value_or(Json())},
                                       {"choices", option.choices},
                                       {"line", option.line}});
    }
    return Json::Object{{"schema", "assay/init/1"},        {"script", script},
                        {"spec", path.string()},           {"options", std::move(options)},
                        {"modules", texts(facts.modules)}, {"found", texts(spec.found)},
                        {"missing", texts(spec.missing)}};
}

// Beside the script, where Python finds it; without a script -o names the file or its folder.
fs::path helper_path(const Options& options) {
    if (!options.arguments.empty()) return fs::path(options.arguments[0]).parent_path() / "assay.py";
    if (options.output.empty()) return "assay.py";
    return fs::is_directory(options.output) ? options.output / "assay.py" : options.output;
}

void write_helper(const Options& options) {
    const fs::path path = helper_path(options);
    const bool same = fs::exists(path) && read_file(path, k_script_limit_bytes) == k_python_helper;
    if (!same) write_new(path, std::string(k_python_helper), "assay init --python -o FOLDER");
    if (!options.json && !options.quiet) {
        std::cout << (same ? "Up to date: " : "Wrote ") << path.string()
                  << "\nIn the script: import assay; assay.start(); it does nothing outside a run of assay.\n";
    }
}

}  // namespace

int init_command(const Options& options) {
    if (!options.ci.empty()) return init_ci(options);
    if (options.python) write_helper(options);
    if (options.python && options.arguments.empty()) return 0;
    if (options.arguments.empty()) {
        throw Error("U0106", Exit::usage, "assay init needs a training script",
                    "name one: assay init train.py; without a script: assay run -- CMD...");
    }
    const fs::path script = options.arguments[0];
    const fs::path path = options.output.empty() ? fs::path("assay.yaml") : options.output;
    const ScriptFacts facts = read_script(read_file(script, k_script_limit_bytes));
    const fs::path folder = fs::absolute(path).parent_path();
    const std::string named =
        fs::absolute(script).lexically_normal().lexically_relative(folder.lexically_normal()).string();
    const FirstSpec first = first_spec(named, facts, read_machine().cores);
    const AuditSpec spec = parse_spec(first.yaml, path);  // what is written is a spec
    write_new(path, first.yaml, "assay init " + script.string() + " -o OTHER.yaml");
    if (options.json) {
        std::cout << pretty_json(init_document(script.string(), facts, first, path));
    } else {
        std::string crossed;
        for (const Factor& factor : spec.factors) {
            const std::string what = factor.kind == FactorKind::seed ? "seeds" : "levels of " + factor.name;
            crossed += (crossed.empty() ? "" : " x ") + std::to_string(factor.levels.size()) + " " + what;
        }
        std::cout << shown_text(init_text(script.string(), facts, first, path, crossed),
                                terminal_of(STDOUT_FILENO, options));
    }
    return 0;
}

}  // namespace assay
