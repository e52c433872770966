#include "cli/meant.hpp"

#include <set>

#include "base/error.hpp"
#include "base/text.hpp"
#include "cli/audit.hpp"
#include "cli/run_reference.hpp"

namespace assay {
namespace {

std::optional<std::string> run_by_id(const Store& store, const std::string& begin) {
    if (begin.size() < 4 || begin.find_first_not_of("0123456789abcdef") != std::string::npos) return std::nullopt;
    std::vector<std::string> ids = store.list_runs();
    std::erase_if(ids, [&](const std::string& id) { return !id.starts_with(begin); });
    if (ids.size() > 1)
        throw Error("U0142", Exit::usage, "'" + begin + "' is the beginning of " + std::to_string(ids.size()) + " runs",
                    "give more digits: assay archive ls");
    return ids.empty() ? std::nullopt : std::optional(ids[0]);
}

}  // namespace

Meant meant_by(const Store& store, const std::string& word) {
    if (const auto id = run_by_id(store, word)) return {*id, ""};
    const auto reference = run_reference(word);
    if (!reference) return {"", resolve_audit(store, word)};
    const Plan plan = store.get_audit(resolve_audit(store, reference->audit));
    if (reference->number > static_cast<int>(plan.runs.size())) {
        throw Error(
            "U0109", Exit::usage,
            plan.name + " has " + plural(plan.runs.size(), "run") + ", no run " + std::to_string(reference->number));
    }
    const PlannedRun& run = plan.runs[static_cast<std::size_t>(reference->number - 1)];
    const auto stored = store.find_runs({request_id(run.request)});
    if (!stored.empty()) return {stored[0].run_id, ""};
    throw Error("U0110", Exit::nothing,
                "run " + run_label(plan, run.number) + " of " + plan.name + " is not in the store yet",
                "assay run SPEC");
}

std::pair<std::vector<std::string>, std::size_t> stored_run_ids(const Store& store, const Plan& plan) {
    std::set<std::string> wanted;
    for (const PlannedRun& run : plan.runs) wanted.insert(request_id(run.request));
    std::vector<std::string> ids;
    // Who signs or exports vouches for them: their manifests are read, not only looked into.
    for (const StoredRun& run : store.find_runs(wanted)) ids.push_back(run.run_id);
    return {ids, wanted.size() - ids.size()};
}

}  // namespace assay
