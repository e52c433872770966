#include "cli/gate_outputs.hpp"

#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iostream>

#include "base/error.hpp"
#include "base/file.hpp"
#include "cli/gate_sign.hpp"
#include "cli/render.hpp"
#include "report/gate_formats.hpp"
#include "report/gate_text.hpp"

namespace assay {
namespace fs = std::filesystem;
namespace {

std::string variable(const char* name) {
    const char* const value = std::getenv(name);
    return value == nullptr ? "" : value;
}

// GitHub's runner reads these files when the step ends; others may have written to them.
void append(const fs::path& path, const std::string& text) {
    std::ofstream file(path, std::ios::app | std::ios::binary);
    file << text << std::flush;
    if (!file) throw Error("F0001", Exit::unreadable, "cannot write " + path.string());
}

template <class Write>
Exit attempt(Write write) {
    try {
        write();
        return Exit::yes;
    } catch (const Error& error) {
        std::cerr << format_error(error);
        return Exit::unreadable;
    }
}

Exit write_file(const GateReport& report, const fs::path& path, const Options& options) {
    return attempt([&] {
        const GateFormat* const format = gate_format_of(path.filename().string());
        write_file_atomic(path, format->write(report, {options.junit == "strict"}));
        if (!options.quiet) std::cerr << "wrote " << path.string() << "\n";
    });
}

bool is_signature(const fs::path& path) { return path.string().ends_with(k_verdict_ending); }

Exit write_github(const GateReport& report) {
    Exit exit = Exit::yes;
    if (const std::string path = variable("GITHUB_STEP_SUMMARY"); !path.empty())
        exit = worse(exit, attempt([&] { append(path, gate_markdown(report, k_summary_bytes)); }));
    if (const std::string path = variable("GITHUB_OUTPUT"); !path.empty())
        exit = worse(exit, attempt([&] { append(path, gate_github_output(report)); }));
    return exit;
}

}  // namespace

void check_gate_outputs(const Options& options) {
    for (const fs::path& path : options.outputs) {
        if (!options.sign.empty() && is_signature(path)) continue;
        if (!is_signature(path) && gate_format_of(path.filename().string()) != nullptr) continue;
        if (is_signature(path))
            throw Error("U0108", Exit::usage, "-o " + path.string() + ": a signature needs a key",
                        "assay gate --sign key.pem -o " + path.string());
        throw Error("U0108", Exit::usage, "-o " + path.string() + ": no such format of a gate",
                    "end the name in .txt, .json, .md, .xml (JUnit), metrics.txt, badge.json or codequality.json");
    }
}

Exit write_gate(const GateReport& report, const Options& options) {
    Exit exit = Exit::yes;
    for (const fs::path& path : options.outputs) {
        if (!is_signature(path)) exit = worse(exit, write_file(report, path, options));
    }
    if (options.format == "gitlab") {
        for (const char* name : {"gl-code-quality-report.json", "metrics.txt"})
            exit = worse(exit, write_file(report, name, options));
    }
    const Terminal terminal = terminal_of(STDOUT_FILENO, options);
    if (options.json) {
        std::cout << pretty_json(gate_json(report));
    } else {
        std::cout << gate_text(report, {terminal.width, terminal.color, terminal.unicode});
    }
    const bool github = options.format == "github" || (options.format.empty() && variable("GITHUB_ACTIONS") == "true");
    if (github && !options.json) std::cout << gate_github_commands(report);
    if (github) exit = worse(exit, write_github(report));
    return exit;
}

Exit write_signed(const std::string& envelope, const fs::path& path, const Options& options) {
    return attempt([&] {
        write_file_atomic(path, envelope);
        if (!options.quiet) std::cerr << "wrote " << path.string() << "\n";
    });
}

}  // namespace assay
