#include "cli/sides.hpp"

#include <filesystem>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "cli/audit.hpp"
#include "cli/run_reference.hpp"
#include "fingerprint/environment.hpp"

namespace assay {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t k_file_limit = std::size_t{4} << 30;
constexpr std::size_t k_document_limit = std::size_t{64} << 20;

// A document of ours, or nothing when the file is none. One that says that it is ours must be whole.
std::optional<Side> document_in(const std::string& name, const std::string& bytes) {
    if (bytes.size() > k_document_limit || bytes.empty() || bytes[0] != '{') return std::nullopt;
    Json json;
    try {
        json = parse_json(bytes, name);
    } catch (const Error&) {
        if (!name.ends_with(".json")) return std::nullopt;
        throw;
    }
    const Json* const schema = json.find("schema");
    if (schema == nullptr || *schema != Json(k_fingerprint_schema)) return std::nullopt;
    if (json.at("kind") == Json("weights")) return Side{name, weights_from_json(json)};
    return Side{name, fingerprint_from_json(json)};
}

Side read_named_file(const std::string& name) {
    const fs::path path = name;
    std::error_code error;
    if (fs::is_directory(path, error)) throw Error("U0131", Exit::usage, name + " is a folder", "name a file in it");
    // Pipes and devices could be read for ever.
    if (fs::exists(path, error) && !fs::is_regular_file(path, error))
        throw Error("F0001", Exit::unreadable, name + " is not a plain file");
    std::string bytes = read_file(path, k_file_limit);
    if (auto side = document_in(name, bytes)) return std::move(*side);
    try {
        return Side{name, read_weights(std::move(bytes), path.filename().string())};
    } catch (const Error& damaged) {
        throw Error(damaged.code(), damaged.exit(), name + ": " + damaged.what(), damaged.help());
    }
}

// A person who means a file and mistypes it must not be told about audits.
bool looks_like_file(const std::string& name) {
    return name.find('/') != std::string::npos || name.find('.') != std::string::npos;
}

Side read_run(const std::string& name, const RunReference& reference, const Store& store) {
    const Plan plan = store.get_audit(resolve_audit(store, reference.audit));
    if (reference.number > static_cast<int>(plan.runs.size())) {
        throw Error(
            "U0109", Exit::usage,
            plan.name + " has " + plural(plan.runs.size(), "run") + ", no run " + std::to_string(reference.number));
    }
    const PlannedRun& run = plan.runs[static_cast<std::size_t>(reference.number - 1)];
    const auto stored = store.find_runs({request_id(run.request)});
    if (stored.empty()) {
        throw Error("U0110", Exit::nothing,
                    "run " + run_label(plan, run.number) + " of " + plan.name + " is not in the store yet",
                    "assay run SPEC");
    }
    return Side{name, RunSide{plan, reference.number, stored[0].record}};
}

}  // namespace

Side read_side(const std::string& name, const Options& options) {
    if (name == "env") return Side{name, this_environment(true)};
    std::error_code error;
    if (fs::exists(name, error)) return read_named_file(name);
    const auto reference = run_reference(name);
    if (!reference && looks_like_file(name)) return read_named_file(name);
    if (!reference && !fs::exists(store_path(options), error)) {
        throw Error("U0130", Exit::usage,
                    name + " is no file, and there is no store " + store_path(options).string() + " to look it up in",
                    "env, a file, a run or an audit: assay diff --help");
    }
    const Store store = open_store(options);
    if (reference) return read_run(name, *reference, store);
    const std::string id = resolve_audit(store, name);
    return Side{name, AuditSide{id, store.get_audit(id)}};
}

std::string kind_of(const Side& side) {
    struct {
        std::string operator()(const Fingerprint&) const { return "an environment"; }
        std::string operator()(const WeightFile&) const { return "a file"; }
        std::string operator()(const WeightsFingerprint&) const { return "a fingerprint of weights"; }
        std::string operator()(const RunSide&) const { return "a run"; }
        std::string operator()(const AuditSide&) const { return "an audit"; }
    } const name;
    return std::visit(name, side.value);
}

}  // namespace assay
