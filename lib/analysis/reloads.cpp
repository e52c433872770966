#include "analysis/reloads.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace assay {
namespace {

bool is_worse(const Reload& reload, const Reloads& so_far) {
    if (so_far.differ == 0 || reload.labels != so_far.labels)
        return so_far.differ == 0 || reload.labels > so_far.labels;
    return reload.max_abs_dp > so_far.max_abs_dp;
}

void add(const Reload& reload, const std::string& label, Reloads& out) {
    ++out.runs;
    if (reload.state == ReloadState::same) ++out.same;
    if (reload.state == ReloadState::failed) {
        if (out.failed++ == 0) out.reason = reload.reason + " (run " + label + ")";
    }
    if (reload.state != ReloadState::differs) return;
    if (is_worse(reload, out)) {
        out.labels = reload.labels;
        out.inputs = reload.inputs;
        out.max_abs_dp = reload.max_abs_dp;
        out.worst = label;
    }
    ++out.differ;
}

std::string share_of(std::size_t count, std::size_t runs) {
    return count == runs && runs == 1 ? "in the only run"
                                      : "in " + std::to_string(count) + " of " + plural(runs, "run");
}

}  // namespace

std::optional<Reloads> reloads_of(const Plan& plan, const std::vector<RunData>& runs) {
    Reloads out;
    for (std::size_t i = 0; i < runs.size(); ++i) {
        if (runs[i].reload) add(*runs[i].reload, run_label(plan, plan.runs[i].number), out);
    }
    return out.runs == 0 ? std::nullopt : std::optional(out);
}

std::vector<Finding> reload_findings(const std::optional<Reloads>& reloads) {
    std::vector<Finding> findings;
    if (!reloads) return findings;
    const Reloads& r = *reloads;
    if (r.differ > 0) {
        findings.push_back({"D0111", "RELOAD_DIFFERS: " + share_of(r.differ, r.runs) +
                                         " the saved model, reloaded in a fresh process, does not predict what the "
                                         "training predicted: " +
                                         std::to_string(r.labels) + " of " + plural(r.inputs, "label") +
                                         " differ, max |dp| " + scientific(r.max_abs_dp) + " (run " + r.worst +
                                         (r.differ > 1 ? ", the worst)" : ")")});
    }
    if (r.failed > 0) {
        findings.push_back({"D0112", "RELOAD_FAILED: " + share_of(r.failed, r.runs) +
                                         " trainer.predict gave no predictions of the saved model: " + r.reason});
    }
    return findings;
}

}  // namespace assay
