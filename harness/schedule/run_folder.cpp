#include "schedule/run_folder.hpp"

#include <sys/stat.h>

#include <fstream>

#include "base/error.hpp"
#include "base/file.hpp"
#include "trainer/effectors.hpp"
#include "trainer/placeholders.hpp"

namespace assay {
namespace fs = std::filesystem;
namespace {

std::string quoted(const std::string& text) {
    std::string out = "'";
    for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return out + "'";
}

std::string script(const ProcessStart& start) {
    std::string text = "#!/bin/sh\n# The run by hand: the same directory, environment and command.\n";
    text += "cd " + quoted(start.directory.string()) + " || exit 1\n";
    text += "mkdir -p " + quoted(start.environment.at("ASSAY_OUT")) + "\nexec env -i \\\n";
    for (const auto& [name, value] : start.environment) text += "  " + name + "=" + quoted(value) + " \\\n";
    for (const std::string& word : start.argv) text += "  " + quoted(word);
    return text + "\n";
}

}  // namespace

void write_scratch(const fs::path& path, const std::string& text) {
    std::ofstream file(path, std::ios::binary);
    file << text;
    file.close();
    if (!file) throw Error("F0001", Exit::unreadable, "cannot write " + path.string());
}

std::vector<std::string> trainer_command(const AuditSpec& spec, const ExecuteOptions& options) {
    if (spec.trainer.kind == "torch") return {(options.trainer_directory / "assay-torch").string()};
    if (spec.trainer.kind == "synthetic") return {(options.trainer_directory / "assay-synthetic").string()};
    return spec.trainer.command;
}

fs::path trainer_directory(const AuditSpec& spec) {
    return spec.trainer.directory.empty() ? fs::current_path() : fs::absolute(spec.trainer.directory);
}

std::map<std::string, std::string> shared_variables(const AuditSpec& spec, const RunRequest& request) {
    std::map<std::string, std::string> v = kept_environment(spec.trainer.keep_environment);
    if (spec.trainer.kind == "exec") {
        // numpy's and Python's range; a set's order must not depend on who starts the run.
        v["PYTHONHASHSEED"] = std::to_string(request.seeds.at("master") & 0xffffffffU);
    }
    for (const auto& [name, value] : spec.trainer.environment) v[name] = value;
    for (const auto& [name, value] : hardware_variables(request.hardware)) v[name] = value;
    for (const auto& [name, value] : request.environment) v[name] = value;
    return v;
}

RunFolder make_run_folder(const fs::path& path, const AuditSpec& spec, const PlannedRun& run, const std::string& label,
                          const std::string& audit, int attempt, const ExecuteOptions& options) {
    RunFolder folder;
    folder.path = fs::absolute(path);
    std::error_code ignored;
    fs::remove_all(folder.path, ignored);
    make_directories(folder.path / "out");
    folder.input = {label, audit, attempt, run.request, folder.path / "out"};
    write_scratch(folder.path / "run.json", pretty_json(run_json(folder.input)));
    folder.shared = shared_variables(spec, run.request);
    folder.own = protocol_variables(folder.input, folder.path / "run.json");
    if (spec.trainer.checkpoints) {
        folder.checkpoints = checkpoint_folder(folder.path);
        make_directories(folder.checkpoints);
        folder.own["ASSAY_CHECKPOINT_DIR"] = folder.checkpoints.string();
    }

    folder.start.argv = trainer_command(spec, options);
    if (spec.trainer.kind == "exec") {
        write_scratch(folder.path / "parameters.json", pretty_json(run.request.params));
        folder.start.argv = expand_command(folder.start.argv, folder.input, {folder.path / "parameters.json"});
    }
    folder.start.environment = folder.shared;
    folder.start.environment.insert(folder.own.begin(), folder.own.end());
    folder.start.directory = trainer_directory(spec);
    return folder;
}

fs::path checkpoint_folder(const fs::path& run_folder) { return fs::path(run_folder) += ".checkpoints"; }

Limits limits_of(const AuditSpec& spec, const ExecuteOptions& options) {
    return {spec.trainer.timeout_s, spec.trainer.disk_bytes, options.grace_s};
}

void write_script(const RunFolder& folder) {
    write_file_atomic(folder.path / "run.sh", script(folder.start));
    ::chmod((folder.path / "run.sh").c_str(), 0755);
}

}  // namespace assay
