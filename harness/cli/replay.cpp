// assay replay: one stored run again, in a fresh process, compared bit for bit with what is stored.
#include <algorithm>
#include <iostream>

#include "base/digest.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "cli/audit.hpp"
#include "cli/commands.hpp"
#include "cli/render.hpp"
#include "cli/run_reference.hpp"
#include "cli/steps.hpp"
#include "core/decision.hpp"
#include "core/safetensors.hpp"
#include "stats/distance.hpp"
#include "trainer/results.hpp"

namespace assay {
namespace fs = std::filesystem;
namespace {

RunReference parse_reference(const Options& options) {
    const auto wrong = [](const std::string& message) {
        return Error("U0109", Exit::usage, message, "assay replay 013, or AUDIT/013; assay report lists the runs");
    };
    if (options.arguments.empty()) throw wrong("assay replay needs a run");
    const std::string& text = options.arguments[0];
    const auto reference = run_reference(text);
    if (!reference) throw wrong("'" + text.substr(text.rfind('/') + 1) + "' is not the number of a run");
    return *reference;
}

// The stored plan says what ran; where a command of one's own lies on this machine only its spec file knows.
AuditSpec spec_of(const Plan& plan, const Options& options) {
    const std::string kind = plan.spec.at("trainer").at("kind").as_string();
    if (kind == "import") {
        throw Error("U0111", Exit::usage, "the runs of " + plan.name + " were imported: assay cannot train them again",
                    "repeat one with the tool that made it, and import both as equal rows of the table");
    }
    if (kind != "exec") {
        AuditSpec spec;
        spec.name = plan.name;
        spec.trainer.kind = kind;
        return spec;
    }
    const fs::path note = work_path(options, plan);
    if (!fs::exists(note / "path")) {
        throw Error("A0107", Exit::unreadable, "where the training command of this audit lies is not known here",
                    "run the audit once on this machine: assay run SPEC");
    }
    return parse_spec(read_file(note / "spec.yaml"), fs::path(read_file(note / "path")));
}

struct Comparison {
    std::string what;
    bool same = true;
    std::string detail;
};

Comparison compare_predictions(const Store& store, const RunRecord& before, const LoneRun& again) {
    const RunRecord& after = again.record;
    const auto it = before.members.find("predictions.npy");
    if (before.state != RunState::completed || after.state != RunState::completed) {
        return {"outcome", before.state == after.state && before.reason == after.reason,
                std::string(state_name(before.state)) + ", now " + std::string(state_name(after.state)) +
                    (after.reason.empty() ? "" : ": " + after.reason)};
    }
    const auto a = predictions_from_array(parse_npy(store.get_object(it->second))).predictions;
    const auto b = predictions_from_array(parse_npy(again.files.at("predictions.npy"))).predictions;
    if (!a || !b || a->n_inputs != b->n_inputs || a->n_classes != b->n_classes)
        return {"predictions", false, "of another shape"};
    const std::string shape = std::to_string(a->n_inputs) + " x " + std::to_string(a->n_classes);
    if (a->sha256 == b->sha256) return {"predictions", true, shape};
    const Distance d =
        distance_between(a->probabilities, b->probabilities, a->n_classes, decision_threshold(before.request));
    return {"predictions", false,
            shape + ": " + plural(d.flips, "label") + " differ (" + percent(d.flip_share()) + "), max |dp| " +
                scientific(d.max_abs_dp)};
}

// Nothing where other bytes say nothing: of a file that is not opened and may hold the time.
std::optional<Comparison> compare_weights(const RunRecord& before, const RunRecord& after) {
    if (before.weights.empty() && after.weights.empty()) return Comparison{"weights", true, "none written"};
    if (is_opaque(before.weights) && is_opaque(after.weights) && before.weights != after.weights) return std::nullopt;
    std::size_t different = 0;
    for (const TensorDigest& tensor : before.weights) {
        different += std::find(after.weights.begin(), after.weights.end(), tensor) == after.weights.end() ? 1U : 0U;
    }
    const bool same = tensor_table_root(before.weights) == tensor_table_root(after.weights);
    const std::string count = plural(before.weights.size(), "tensor");
    return Comparison{"weights", same, same ? count : std::to_string(different) + " of " + count + " differ"};
}

// The first row of steps.npy in which the two runs differ, and in which of its four digests.
Comparison compare_steps(const Store& store, const RunRecord& before, const LoneRun& again) {
    const auto it = before.members.find("steps.npy");
    const auto other = again.files.find("steps.npy");
    if (it == before.members.end() || other == again.files.end()) return {"steps", true, "none written"};
    const NumericArray a = parse_npy(store.get_object(it->second));
    const NumericArray b = parse_npy(other->second);
    const auto parting = steps_parting(a, b);
    if (parting) return {"steps", false, *parting};
    return {"steps", true, plural(a.shape.empty() ? 0 : a.shape[0], "row")};
}

std::string comparison_text(const std::string& head, const std::vector<Comparison>& rows) {
    std::string text = head + "\n";
    for (const Comparison& row : rows) {
        text += "  " + pad_right(row.what, 12) + pad_right(row.same ? "identical" : "DIFFER", 11) + row.detail + "\n";
    }
    const bool same = std::all_of(rows.begin(), rows.end(), [](const Comparison& row) { return row.same; });
    if (rows.front().what == "outcome")
        return text +
               (same ? "It ended as before; there are no answers to compare.\n" : "It ended otherwise than before.\n");
    return text + (same ? "The run repeats bit for bit.\n" : "The run does not repeat bit for bit on this machine.\n");
}

Json comparison_json(const std::string& audit, const std::string& label, const std::vector<Comparison>& rows) {
    Json::Array compared;
    bool same = true;
    for (const Comparison& row : rows) {
        compared.push_back(Json::Object{{"what", row.what}, {"identical", row.same}, {"detail", row.detail}});
        same = same && row.same;
    }
    return Json::Object{{"schema", "assay/replay/1"},
                        {"audit", audit},
                        {"run", label},
                        {"identical", same},
                        {"compared", std::move(compared)}};
}

// Only the order of the rows: all else is what the comparison is about.
Expected order_of(const Store& store, const RunRecord& record) {
    Expected expected;
    const auto ids = record.members.find("ids.txt");
    if (ids != record.members.end()) expected.ids = split_lines(store.get_object(ids->second));
    return expected;
}

}  // namespace

int replay_command(const Options& options) {
    check_output(options);
    const RunReference reference = parse_reference(options);
    const Store store = open_store(options);
    const std::string id = resolve_audit(store, reference.audit);
    const Plan plan = store.get_audit(id);
    if (reference.number > static_cast<int>(plan.runs.size())) {
        throw Error(
            "U0109", Exit::usage,
            plan.name + " has " + plural(plan.runs.size(), "run") + ", no run " + std::to_string(reference.number), "");
    }
    const int index = reference.number - 1;
    const PlannedRun& run = plan.runs[static_cast<std::size_t>(index)];
    const auto stored = store.find_runs({request_id(run.request)});
    const std::string label = run_label(plan, run.number);
    if (stored.empty()) {
        throw Error("U0110", Exit::nothing, "run " + label + " of " + plan.name + " is not in the store yet",
                    "assay run SPEC");
    }
    const TemporaryDirectory scratch;
    const AuditSpec spec = spec_of(plan, options);
    const RunRecord& before = stored[0].record;
    const LoneRun again =
        run_once(plan, spec, index, execute_options(options), scratch.path(), order_of(store, before));
    const RunRecord& after = again.record;
    std::vector<Comparison> rows = {compare_predictions(store, before, again)};
    if (after.state == RunState::completed && before.state == RunState::completed) {
        if (auto weights = compare_weights(before, after)) rows.push_back(std::move(*weights));
        rows.push_back(compare_steps(store, before, again));
    }
    const std::string head = "run " + label + " of " + plan.name + " again   " + cell_text(plan, run);
    emit(
        options, [&] { return comparison_text(head, rows); }, [&] { return comparison_json(id, label, rows); });
    const bool same = std::all_of(rows.begin(), rows.end(), [](const Comparison& row) { return row.same; });
    if (same) return 0;
    return static_cast<int>(after.state == RunState::failed || after.state == RunState::timed_out ? Exit::incomplete
                                                                                                  : Exit::no);
}

}  // namespace assay
