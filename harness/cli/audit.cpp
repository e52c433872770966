#include "cli/audit.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <map>
#include <set>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "cli/inputs.hpp"
#include "cli/refuse.hpp"
#include "core/decision.hpp"
#include "core/npy.hpp"
#include "core/reload.hpp"
#include "design/design.hpp"
#include "schedule/identity.hpp"
#include "schedule/server_pool.hpp"

namespace assay {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t k_spec_limit_bytes = std::size_t{16} << 20;  // the reader has a tighter limit, with its own words

// `assay run -- CMD`: five seeds and one replay of it, every seed stream fed at once.
std::string spec_for_command(const std::vector<std::string>& words) {
    Json::Array command;
    for (const std::string& word : words) command.push_back(word);
    const Json spec = Json::Object{
        {"assay", 1},
        {"name", k_command_audit},
        {"trainer", Json::Object{{"exec", std::move(command)}}},
        {"factors", Json::Object{{"seed", Json::Object{{"all", 5}}}}},
    };
    return canonical_json(spec);
}

std::vector<std::string> audit_names(const Store& store, const std::vector<std::string>& ids) {
    std::vector<std::string> lines;
    for (const std::string& id : ids) lines.push_back(id.substr(0, 12) + "  " + store.get_audit(id).name);
    return lines;
}

Error nothing_yet(const fs::path& store) {
    return Error("U0107", Exit::nothing, "there is no audit in " + store.string() + " yet", "assay run SPEC makes one");
}

Error unknown_audit(const Store& store, const std::string& reference, const std::vector<std::string>& ids) {
    if (ids.empty()) return nothing_yet(store.path());
    return Error("U0107", Exit::usage, "no audit is called '" + reference + "' in " + store.path().string(),
                 "there is: " + join(audit_names(store, ids), "\n          "));
}

std::optional<std::size_t> last_index(const std::string& reference) {
    if (reference.empty() || reference == "last") return 0;
    if (!reference.starts_with("last~")) return std::nullopt;
    std::size_t index = 0;
    const char* const end = reference.data() + reference.size();
    const auto [next, error] = std::from_chars(reference.data() + 5, end, index);
    return error == std::errc() && next == end ? std::optional(index) : std::nullopt;
}

void take_labels(const Store& store, const RunRecord& record, StoredRuns& out, std::string& digest) {
    const auto it = record.members.find("labels.npy");
    if (it == record.members.end()) return;
    if (!out.labels) {
        out.labels = integers_of(parse_npy(store.get_object(it->second)));
        digest = it->second.sha256;
    } else if (digest != it->second.sha256) {
        throw Error("A0106", Exit::unreadable, "the runs of this audit were judged on different labels",
                    "the held-out inputs must be the same, in the same order, in every run: check what the trainer "
                    "writes to labels.npy");
    }
}

std::optional<Reload> stored_reload(const Store& store, const RunRecord& record) {
    const auto it = record.members.find(k_reload_member);
    if (it == record.members.end()) return std::nullopt;
    return reload_from_json(parse_json(store.get_object(it->second), k_reload_member));
}

}  // namespace

fs::path store_path(const Options& options) {
    if (!options.store.empty()) return options.store;
    const char* const named = std::getenv("ASSAY_STORE");
    return named != nullptr && *named != '\0' ? fs::path(named) : fs::path(k_default_store);
}

Store open_store(const Options& options) {
    const fs::path path = store_path(options);
    if (!fs::exists(path)) throw nothing_yet(path);
    return Store::open(path);
}

fs::path work_path(const Options& options, const Plan& plan) {
    return fs::absolute(store_path(options)) / "work" / audit_id(plan).substr(0, 12);
}

ExecuteOptions execute_options(const Options& options) {
    ExecuteOptions out;
    out.jobs = options.jobs;
    out.limit = options.limit;
    out.budget_s = options.budget_s;
    out.retry_failed = options.retry_failed;
    out.fail_fast = options.fail_fast;
    out.cold = options.cold;
    out.trainer_directory = fs::read_symlink("/proc/self/exe").parent_path();  // they lie beside this program
    out.scratch = fs::absolute(store_path(options)) / "work";
    out.servers = std::make_shared<ServerPool>();
    return out;
}

SpecSource requested_spec(const Options& options) {
    if (!options.own_command.empty()) {
        return {spec_for_command(options.own_command), fs::current_path() / "(command line)"};
    }
    const fs::path path = options.arguments.empty() ? fs::path("assay.yaml") : fs::path(options.arguments[0]);
    if (options.arguments.empty() && !fs::exists(path)) {
        const std::string command = "assay " + options.command + (options.command == "trainer" ? " check" : "");
        throw Error("U0106", Exit::usage, command + " needs a spec",
                    "name one: " + command +
                        " audits/origin_seeds.yaml; write assay.yaml here; or give\n    a command: " + command +
                        " -- python3 train.py --seed '${seed}' --out '${out}'");
    }
    return {read_file(path, k_spec_limit_bytes), path};
}

Audit prepare_audit(const SpecSource& source, const Options& options) {
    AuditSpec spec = parse_spec(source.text, source.path);
    Audit audit;
    audit.execution = execute_options(options);
    const Json identity = identify_or_refuse(make_plan(spec, Json()), spec, audit.execution);
    audit.plan = make_plan(spec, identity);
    audit.spec = spec;
    if (spec.input_table.empty()) return audit;
    audit.inputs = read_input_file(spec.input_table);
    check_input_count(audit.inputs->ids.size(), audit.plan);
    audit.plan.inputs = reference_to(input_table_bytes(*audit.inputs));
    return audit;
}

std::string resolve_audit(const Store& store, const std::string& reference) {
    const std::vector<std::string> ids = store.list_audits();
    if (const auto index = last_index(reference)) {
        if (*index < ids.size()) return ids[*index];
        throw unknown_audit(store, reference, ids);
    }
    std::vector<std::string> matches;
    if (reference.size() >= 4) {
        std::copy_if(ids.begin(), ids.end(), std::back_inserter(matches),
                     [&](const std::string& id) { return id.starts_with(reference); });
    }
    if (matches.size() > 1) {
        throw Error("U0107", Exit::usage, "'" + reference + "' is the beginning of several audits",
                    "give more digits: " + join(audit_names(store, matches), "\n          "));
    }
    if (!matches.empty()) return matches[0];
    for (const std::string& id : ids) {
        if (store.get_audit(id).name == reference) return id;
    }
    throw unknown_audit(store, reference, ids);
}

StoredRuns load_runs(const Store& store, const Plan& plan) {
    std::set<std::string> wanted;
    for (const PlannedRun& run : plan.runs) wanted.insert(request_id(run.request));
    return load_runs(store, plan, store.find_runs(wanted));
}

StoredRuns load_runs(const Store& store, const Plan& plan, std::vector<StoredRun> runs) {
    std::map<std::string, RunRecord> found;
    for (StoredRun& run : runs) found.emplace(request_id(run.record.request), std::move(run.record));

    StoredRuns out;
    std::string labels_digest;
    for (const PlannedRun& run : plan.runs) {
        RunData data;
        const auto it = found.find(request_id(run.request));
        if (it != found.end()) {
            const RunRecord& record = it->second;
            data.record = record;
            ++out.stored;
            if (record.state == RunState::failed || record.state == RunState::timed_out) ++out.failed;
            const auto answers = record.members.find("predictions.npy");
            if (record.state == RunState::completed && answers != record.members.end()) {
                const NumericArray array = parse_npy(store.get_object(answers->second));
                data.predictions = predictions_from_array(array).predictions;
                if (data.predictions) data.predictions->threshold = decision_threshold(record.request);
                take_labels(store, record, out, labels_digest);
                data.reload = stored_reload(store, record);
            }
        }
        out.runs.push_back(std::move(data));
    }
    return out;
}

}  // namespace assay
