// assay-torch through the whole of execute(): a spec, a store of its own, and what came of every run.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "base/file.hpp"
#include "core/npy.hpp"
#include "design/design.hpp"
#include "schedule/execute.hpp"
#include "schedule/identity.hpp"

namespace assay::testing {

struct Bench {
    TemporaryDirectory folder;
    Store store = Store::open_or_create(folder.path() / "store");
    ExecuteOptions options;
    AuditSpec spec;
    Plan plan;
    std::map<int, RunRecord> records;  // by index into Plan::runs
    ExecuteSummary summary;            // the last run()'s

    explicit Bench(const std::string& text, const std::filesystem::path& trainers = ASSAY_TRAINERS) {
        options.trainer_directory = trainers;
        options.scratch = folder.path() / "work";
        options.grace_s = 0.3;
        spec = parse_spec(text, folder.path() / "spec.yaml");
        plan = make_plan(spec, trainer_identity(spec, options));
    }
    // `watch` sees every event.
    ExecuteSummary run(const std::function<void(const RunEvent&)>& watch = {}) {
        records.clear();
        summary = execute(plan, spec, store, options, [&](const RunEvent& event) {
            if (event.kind == RunEvent::Kind::finished) records[event.index] = *event.record;
            if (watch) watch(event);
        });
        return summary;
    }
    std::filesystem::path work() const { return options.scratch / audit_id(plan).substr(0, 12); }
    std::string cell(int index) const { return cell_text(plan, plan.runs.at(static_cast<std::size_t>(index))); }
    NumericArray array(int index, const std::string& member) const {
        return parse_npy(store.get_object(records.at(index).members.at(member)));
    }
};

// Everything that a run answers, as digests; its reason when it did not complete.
inline std::map<std::string, std::string> answers(const RunRecord& record) {
    if (record.state != RunState::completed) return {{"reason", record.reason}};
    std::map<std::string, std::string> out = {{"weights", tensor_table_root(record.weights)},
                                              {"metrics", canonical_json(record.metrics)}};
    for (const char* name : {"predictions.npy", "labels.npy", "steps.npy", "environment.json", "fingerprint.json"}) {
        const auto it = record.members.find(name);
        out[name] = it == record.members.end() ? "missing" : it->second.sha256;
    }
    return out;
}

}  // namespace assay::testing
