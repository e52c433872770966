#include "schedule/identity.hpp"

#include <filesystem>

#include "base/digest.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "schedule/run_folder.hpp"

namespace assay {
namespace fs = std::filesystem;
namespace {

constexpr double k_question_s = 120;

std::string torch_trainer(const ExecuteOptions& options) {
    const fs::path path = options.trainer_directory / "assay-torch";
    if (fs::exists(path)) return path.string();
    throw Error(
        "R0104", Exit::usage, "the libtorch trainer is not there: " + path.string(),
        "build assay where libtorch is found (libtorch-dev, or CMAKE_PREFIX_PATH), or use a command of your own");
}

// The data sets that any run of the audit reads.
std::vector<std::string> data_sets(const AuditSpec& spec) {
    std::vector<std::string> names;
    if (const Json* name = spec.params.find("data")) names.push_back(name->as_string());
    for (const Factor& factor : spec.factors) {
        if (factor.name != "data" || factor.kind == FactorKind::seed) continue;
        for (const Json& level : factor.levels) names.push_back(level.as_string());
    }
    return names;
}

// What assay-torch says of itself; the error that it had instead.
Json checked_identity(Json identity) {
    if (const Json* error = identity.find("error")) {
        throw Error(error->at("code").as_string(), Exit::unreadable, error->at("message").as_string(),
                    error->at("help").as_string());
    }
    return identity;
}

Json torch_identity(const AuditSpec& spec, const ExecuteOptions& options) {
    std::vector<std::string> command = {torch_trainer(options), "--identity"};
    for (const std::string& name : data_sets(spec)) command.push_back(name);
    const std::string text = output_of({std::move(command), kept_environment(), {}, -1, -1, -1}, k_question_s);
    return checked_identity(parse_json(last_line(text), "assay-torch --identity"));
}

Json exec_identity(const AuditSpec& spec) {
    Json::Array command;
    for (const std::string& word : spec.trainer.command) command.emplace_back(word);
    Json::Object inputs;
    const auto add = [&](const std::string& name) {
        inputs[name] = sha256_hex(read_file(spec.trainer.directory / name, std::size_t{1} << 30));
    };
    for (const std::string& name : spec.trainer.inputs) add(name);
    if (spec.trainer.inputs.empty()) {
        for (const std::string& word : spec.trainer.command) {
            const bool relative = !word.empty() && word.front() != '/' && word.find('$') == std::string::npos;
            if (relative && fs::is_regular_file(spec.trainer.directory / word)) add(word);
        }
    }
    Json::Object environment;
    for (const auto& [name, value] : spec.trainer.environment) environment.emplace(name, value);
    return Json::Object{{"kind", "exec"},
                        {"command", std::move(command)},
                        {"env", std::move(environment)},
                        {"inputs", std::move(inputs)}};
}

}  // namespace

Json trainer_identity(const AuditSpec& spec, const ExecuteOptions& options) {
    if (spec.trainer.kind == "torch") return torch_identity(spec, options);
    if (spec.trainer.kind == "synthetic") return Json::Object{{"kind", "synthetic"}, {"version", "0.1.0"}};
    return exec_identity(spec);
}

TrainerProbe probe_trainer(const AuditSpec& spec, const ExecuteOptions& options, const Json& hardware) {
    RunRequest request;
    request.hardware = hardware;
    request.seeds["master"] = 0;
    std::vector<std::string> command = {torch_trainer(options), "--probe", canonical_json(hardware)};
    for (const std::string& name : data_sets(spec)) command.push_back(name);
    ProcessStart start{std::move(command), shared_variables(spec, request), {}, -1, -1, -1};
    const Json answer = parse_json(last_line(output_of(std::move(start), k_question_s)), "assay-torch --probe");
    return {checked_identity(answer.at("identity")), answer.at("hardware")};
}

}  // namespace assay
