// Two audits: archives months apart, or the same spec with another library.
#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "cli/diff_parts.hpp"
#include "cli/diff_runs.hpp"
#include "stats/distance.hpp"

namespace assay {
namespace {

// What was asked of a run, but for the trainer: the same audit with another libtorch asks the same of other programs.
std::string task_of(const PlannedRun& run) {
    Json json = to_json(run.request);
    json.as_object().erase("trainer");
    return canonical_json(json);
}

struct Pair {
    std::string label, cell;
    const PlannedRun *a, *b;
};

std::vector<Pair> pairs_of(const Plan& a, const Plan& b) {
    std::map<std::string, const PlannedRun*> tasks;
    for (const PlannedRun& run : b.runs) tasks.emplace(task_of(run), &run);
    std::vector<Pair> pairs;
    for (const PlannedRun& run : a.runs) {
        const auto it = tasks.find(task_of(run));
        if (it != tasks.end()) pairs.push_back({run_label(a, run.number), cell_text(a, run), &run, it->second});
    }
    return pairs;
}

std::map<std::string, RunRecord> records_of(const Store& store, const Plan& plan) {
    std::set<std::string> ids;
    for (const PlannedRun& run : plan.runs) ids.insert(request_id(run.request));
    std::map<std::string, RunRecord> records;
    for (StoredRun& run : store.find_runs(ids)) {
        const std::string id = request_id(run.record.request);
        records.emplace(id, std::move(run.record));
    }
    return records;
}

const RunRecord* record_of(const std::map<std::string, RunRecord>& records, const PlannedRun& run) {
    const auto it = records.find(request_id(run.request));
    return it == records.end() ? nullptr : &it->second;
}

// The row of one pair; nothing when both gave the same bits, or the same kind of failure.
std::optional<ComparisonRow> pair_row(const Store& store, const Pair& pair, const RunRecord& a, const RunRecord& b) {
    ComparisonRow row{pair.label + " " + pair.cell, "", "", ""};
    if (a.state != b.state) {
        row.how_far = std::string(state_name(a.state)) + " in a, " + std::string(state_name(b.state)) + " in b";
        return row;
    }
    const auto x = stored_predictions(store, a), y = stored_predictions(store, b);
    if (!x || !y || x->sha256 == y->sha256) return std::nullopt;
    if (x->n_inputs != y->n_inputs || x->n_classes != y->n_classes) {
        row.how_far = "predictions of another shape";
        return row;
    }
    const Distance d = distance_between(x->probabilities, y->probabilities, x->n_classes, x->threshold);
    row.how_far = plural(d.flips, "label") + " (" + percent(d.flip_share()) + "), max |dp| " +
                  scientific(d.max_abs_dp) + ", Hellinger " + scientific(d.hellinger2);
    row.numbers = Json::Object{{"different", static_cast<std::uint64_t>(d.flips)},
                               {"inputs", static_cast<std::uint64_t>(d.inputs)},
                               {"max_abs_dp", d.max_abs_dp},
                               {"hellinger2", d.hellinger2}};
    return row;
}

struct Stored {
    std::map<std::string, RunRecord> a, b;
};

ComparisonSection runs_section(const Store& store, const AuditSide& a, const AuditSide& b, const Stored& stored,
                               const std::vector<Pair>& pairs) {
    ComparisonSection section;
    section.name = "runs";
    std::size_t compared = 0;
    for (const Pair& pair : pairs) {
        const RunRecord *const x = record_of(stored.a, *pair.a), *const y = record_of(stored.b, *pair.b);
        if (x == nullptr || y == nullptr) continue;
        ++compared;
        if (auto row = pair_row(store, pair, *x, *y)) section.rows.push_back(std::move(*row));
    }
    const bool all = compared == a.plan.runs.size() && compared == b.plan.runs.size();
    section.same = section.rows.empty() && all;
    section.headline = plural(compared, "run") + " in both: " + std::to_string(compared - section.rows.size()) +
                       " with the same bits, " + std::to_string(section.rows.size()) + " with others";
    if (!all) {
        section.headline += "; not compared: " + std::to_string(a.plan.runs.size() - compared) + " of a, " +
                            std::to_string(b.plan.runs.size() - compared) + " of b";
    }
    return section;
}

// A name is no setting.
Json spec_of(const Plan& plan) {
    Json spec = plan.spec;
    spec.as_object().erase("name");
    return spec;
}

Json trainer_of(const Plan& plan) { return plan.runs.empty() ? Json(Json::Object()) : plan.runs[0].request.trainer; }

}  // namespace

std::vector<ComparisonSection> audit_sections(const Store& store, const AuditSide& a, const AuditSide& b) {
    const std::vector<Pair> pairs = pairs_of(a.plan, b.plan);
    const Stored stored{records_of(store, a.plan), records_of(store, b.plan)};
    std::vector<ComparisonSection> sections = {leaves_section("spec", spec_of(a.plan), spec_of(b.plan)),
                                               leaves_section("trainer", trainer_of(a.plan), trainer_of(b.plan))};
    for (const Pair& pair : pairs) {
        const RunRecord *const x = record_of(stored.a, *pair.a), *const y = record_of(stored.b, *pair.b);
        if (x == nullptr || y == nullptr) continue;
        // One pair speaks for the environment: runs of one audit run in as many as its hardware factors make.
        for (ComparisonSection& section :
             environment_sections(run_environment(store, *x), run_environment(store, *y))) {
            section.headline += " (run " + pair.label + ")";
            sections.push_back(std::move(section));
        }
        break;
    }
    sections.push_back(runs_section(store, a, b, stored, pairs));
    return sections;
}

}  // namespace assay
