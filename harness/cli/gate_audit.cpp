#include "cli/gate_audit.hpp"

#include <algorithm>
#include <set>

#include "base/digest.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "cli/diff_runs.hpp"
#include "cli/inputs.hpp"
#include "gate/sequence.hpp"
#include "schedule/identity.hpp"

namespace assay {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t k_shown_differences = 4;

AuditSpec spec_of_audit(const Store& store, const std::string& id, const Options& options) {
    const Plan plan = store.get_audit(id);
    const fs::path note = work_path(options, plan);
    if (!fs::exists(note / "path")) {
        throw Error("G0101", Exit::usage, "where the spec of " + plan.name + " lies is not known here",
                    "name it: assay gate SPEC");
    }
    return read_spec(read_file(note / "path"));
}

bool names_a_file(const std::string& argument) {
    return argument.ends_with(".yaml") || argument.ends_with(".yml") || fs::exists(argument);
}

// The file that is named, or assay.yaml where nothing is; nothing: an audit is meant.
std::optional<fs::path> wanted_file(const Options& options) {
    if (options.arguments.empty())
        return fs::exists("assay.yaml") ? std::optional<fs::path>("assay.yaml") : std::nullopt;
    return names_a_file(options.arguments[0]) ? std::optional<fs::path>(options.arguments[0]) : std::nullopt;
}

// Of a command the files that it reads are compared, too: runs of other code are not judged as this one's.
bool ran_as_it_is(const Plan& plan, const AuditSpec& spec) {
    if (spec.trainer.kind != "exec") return true;
    return plan.runs.front().request.trainer == trainer_identity(spec, {});
}

std::string stored_audit(const Store& store, const AuditSpec& spec) {
    const Json wanted = resolved_spec(spec);
    bool of_name = false, of_spec = false;
    for (const std::string& id : store.list_audits()) {
        const Plan plan = store.get_audit(id);
        of_name = of_name || plan.name == spec.name;
        if (plan.spec != wanted) continue;
        of_spec = true;
        if (ran_as_it_is(plan, spec)) return id;
    }
    const std::string path = spec.path.string();
    const std::string help = "run it: assay run " + path + "; runs that are stored already are not trained again";
    if (of_spec)
        throw Error("G0102", Exit::incomplete, "the files that the training command reads have changed since the runs",
                    help);
    throw Error("G0102", Exit::incomplete,
                of_name ? "no runs are stored of " + path + " as it is now, only of earlier ones"
                        : "no runs of " + path + " are stored in " + store.path().string() + " yet",
                help);
}

GateSide side_of(const Store& store, Plan plan, StoredRuns& stored) {
    GateSide side;
    side.plan = std::move(plan);
    side.runs = stored.runs;
    side.labels = stored.labels;
    for (const RunData& run : side.runs)
        side.fingerprints.push_back(run.record ? identity_id(identity_fields(store, *run.record)) : "");
    return side;
}

// What is another now, in few words: the reader must see it in the first line.
std::vector<std::string> environment_differences(const std::map<std::string, std::string>& there,
                                                 const std::map<std::string, std::string>& here) {
    std::vector<std::string> out;
    std::size_t more = 0;
    std::set<std::string> names;
    for (const auto* const side : {&there, &here}) {
        for (const auto& [name, value] : *side) names.insert(name);
    }
    for (const std::string& name : names) {
        const auto a = there.find(name), b = here.find(name);
        const std::string before = a == there.end() ? "not recorded" : a->second;
        const std::string now = b == here.end() ? "not recorded" : b->second;
        if (before == now) continue;
        if (out.size() == k_shown_differences) {
            ++more;
        } else {
            out.push_back(name + " " + elide(before, 40) + " there, " + elide(now, 40) + " here");
        }
    }
    if (more > 0) out.push_back("and " + plural(more, "more field"));
    return out;
}

// Of the first run from an environment that no run of the baseline comes from, and of how many runs that is so.
std::vector<std::string> new_environments(const Store& store, const GateAudit& audit, const Baseline& accepted) {
    std::vector<std::string> differences;
    std::size_t count = 0, there = 0;
    for (std::size_t run = 0; run < audit.side.runs.size(); ++run) {
        if (!audit.side.runs[run].record) continue;
        ++there;
        const std::string& id = audit.side.fingerprints[run];
        if (accepted.environments.contains(id.empty() ? std::string(k_unknown_environment) : id)) continue;
        if (count++ == 0)
            differences =
                environment_differences(accepted.environment, identity_fields(store, *audit.side.runs[run].record));
    }
    if (count > 0 && count < there)
        differences.push_back("in " + std::to_string(count) + " of " + plural(there, "run"));
    return differences;
}

// Which settings are others than the baseline's: the first thing to look at where a rule fails.
std::vector<std::string> changes_between(const Plan& before, const Plan& now) {
    std::vector<std::string> changes;
    const auto compare = [&](const Json* a, const Json* b, bool values) {
        const Json none = Json::Object{};
        const Json& x = a == nullptr ? none : *a;
        const Json& y = b == nullptr ? none : *b;
        if (!x.is_object() || !y.is_object()) return;
        std::set<std::string> names;
        for (const Json* const side : {&x, &y}) {
            for (const auto& [name, value] : side->as_object()) names.insert(name);
        }
        for (const std::string& name : names) {
            const Json *const was = x.find(name), *const is = y.find(name);
            if (was != nullptr && is != nullptr && *was == *is) continue;
            const auto text = [](const Json* value) { return value == nullptr ? "none" : level_text(*value); };
            changes.push_back(values ? name + " " + text(was) + " -> " + text(is) : name);
        }
    };
    compare(before.spec.find("params"), now.spec.find("params"), true);
    for (const auto& [part, value] : now.spec.as_object()) {  // "factors", "design"
        const Json* const was = before.spec.find(part);
        if (part != "params" && (was == nullptr || *was != value)) changes.push_back(part);
    }
    compare(before.runs.front().request.trainer.find("inputs"), now.runs.front().request.trainer.find("inputs"), false);
    return changes;
}

}  // namespace

std::map<std::string, std::string> identity_fields(const Store& store, const RunRecord& record) {
    std::map<std::string, std::string> fields;
    for (const FingerprintField& field : run_environment(store, record).fields) {
        if (field.stability == FieldClass::identity) fields.emplace(field.name, scalar_text(field.value));
    }
    return fields;
}

std::string identity_id(const std::map<std::string, std::string>& fields) {
    if (fields.empty()) return "";
    Json::Object object;
    for (const auto& [name, value] : fields) object.emplace(name, value);
    return sha256_hex(canonical_json(object));
}

std::string spec_digest(const Plan& plan) { return sha256_hex(canonical_json(plan.spec)); }

void check_rules(const AuditSpec& spec) {
    if (!spec.gate.empty()) return;
    throw Error("G0101", Exit::usage, spec.path.string() + " has no rules: there is nothing to judge",
                "write gate: {replay: identical, 'flips.seed': '< 5%'}; assay explain replay, and others, tell what "
                "each measures");
}

GateAudit gate_audit_of(const Store& store, AuditSpec spec, const Plan& plan) {
    check_rules(spec);
    GateAudit audit;
    audit.spec = std::move(spec);
    audit.id = audit_id(plan);
    audit.stored = load_runs(store, plan);
    audit.side = side_of(store, plan, audit.stored);
    return audit;
}

GateAudit gate_audit(const Store& store, const Options& options) {
    if (const auto file = wanted_file(options)) {
        AuditSpec spec = read_spec(*file);
        const Plan plan = store.get_audit(stored_audit(store, spec));
        return gate_audit_of(store, std::move(spec), plan);
    }
    const std::string id = resolve_audit(store, options.arguments.empty() ? "last" : options.arguments[0]);
    AuditSpec spec = spec_of_audit(store, id, options);
    const Plan plan = store.get_audit(id);
    if (plan.spec != resolved_spec(spec) || !ran_as_it_is(plan, spec)) {
        throw Error("G0102", Exit::incomplete,
                    "audit " + id.substr(0, 12) + " is not of " + spec.path.string() + " as it is now",
                    "the rules stand in the spec: bring back the one that was run, or name the file to judge its runs");
    }
    return gate_audit_of(store, std::move(spec), plan);
}

fs::path baseline_path(const AuditSpec& spec, const Options& options) {
    return options.baseline.empty() ? spec.path.parent_path() / k_baseline_file : options.baseline;
}

GateBaseline load_baseline(const Store& store, const GateAudit& audit, const Options& options) {
    GateBaseline out;
    out.path = baseline_path(audit.spec, options);
    const std::string source = out.path.string();
    if (!fs::exists(out.path) && !options.baseline.empty())
        throw Error("G0306", Exit::usage, "there is no baseline " + source, "name the file that assay accept wrote");
    if (!fs::exists(out.path)) {
        out.notes.push_back("no baseline yet: " + source +
                            " is not there, so rules about a baseline are not judged; "
                            "assay accept makes one");
        return out;
    }
    const std::string text = read_file(out.path, k_baseline_bytes);
    out.digest = sha256_hex(text);
    out.accepted = parse_baseline(text, source);
    check_baseline_of(*out.accepted, audit.spec.name, source);
    const bool same_spec = out.accepted->spec == spec_digest(audit.side.plan);
    BaselineFacts facts;
    facts.audit = out.accepted->audit;
    facts.created = out.accepted->accepted;
    facts.runs = out.accepted->runs.size();
    const std::vector<std::string> audits = store.list_audits();
    if (std::find(audits.begin(), audits.end(), facts.audit) == audits.end()) {
        facts.missing = facts.runs;
    } else {
        const Plan plan = store.get_audit(facts.audit);
        out.changes = changes_between(plan, audit.side.plan);
        const std::vector<std::string> there = store.list_runs();
        std::vector<StoredRun> accepted;
        for (const auto& [number, id] : out.accepted->runs) {
            if (std::binary_search(there.begin(), there.end(), id)) accepted.push_back(store.get_run(id));
        }
        facts.missing = facts.runs - accepted.size();
        StoredRuns stored = load_runs(store, plan, std::move(accepted));
        if (facts.missing == 0) out.side = side_of(store, plan, stored);
    }
    if (!same_spec)
        out.notes.push_back("the spec is another than the accepted one" +
                            (out.changes.empty() ? std::string() : ": " + join(out.changes, ", ")));
    if (facts.missing > 0) {
        out.notes.push_back("the baseline's data is not here: " + std::to_string(facts.missing) + " of its " +
                            plural(facts.runs, "run") + " are not in " + store.path().string() +
                            ". That says nothing about the candidate: bring the store that has them (a CI cache may "
                            "have dropped it; assay archive import takes an exported audit), or run the accepted "
                            "commit and assay accept that");
    }
    facts.environment_differences = new_environments(store, audit, *out.accepted);
    facts.same_environment = facts.environment_differences.empty();
    out.facts = std::move(facts);
    return out;
}

void check_sequence(const Plan& plan) {
    if (seed_groups(plan).count >= k_gate_seeds) return;
    throw Error("G0105", Exit::usage,
                "--stop-when-decided takes one seed after another, and this plan has " +
                    plural(seed_groups(plan).count, "independent seed"),
                "take seeds side by side, 4 or more: seed: {all: 24} and design: repeat");
}

Verdict decide_gate(const GateAudit& audit, const GateBaseline& baseline, const Store& store, const Options& options) {
    const auto table = stored_inputs(store, audit.side.plan);
    GateInput input;
    input.rules = audit.spec.gate;
    input.candidate = audit.side;
    input.baseline = baseline.side;
    input.facts = baseline.facts;
    input.inputs = table ? &*table : nullptr;
    if (!options.stop_when_decided) return decide(input);
    check_sequence(audit.side.plan);
    return decide_in_sequence(input);
}

}  // namespace assay
