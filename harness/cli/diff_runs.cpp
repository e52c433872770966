#include "cli/diff_runs.hpp"

#include "base/text.hpp"
#include "base/utf8.hpp"
#include "cli/diff_parts.hpp"
#include "cli/steps.hpp"
#include "core/decision.hpp"

namespace assay {
namespace {

constexpr std::size_t k_document_limit = std::size_t{16} << 20;

std::optional<std::string> stored_file(const Store& store, const RunRecord& record, const std::string& name) {
    const auto it = record.members.find(name);
    if (it == record.members.end()) return std::nullopt;
    return store.get_object(it->second);
}

// Empty where the run left none.
Fingerprint stored_fingerprint(const Store& store, const RunRecord& record, const std::string& name) {
    const auto it = record.members.find(name);
    if (it == record.members.end() || it->second.size_bytes > k_document_limit) return {};
    return fingerprint_from_json(parse_json(store.get_object(it->second), name));
}

// Which time it was that the same was asked is no difference.
ComparisonSection asked_section(const RunRecord& a, const RunRecord& b) {
    const auto plain = [](const RunRecord& record) {
        Json json = to_json(record.request);
        json.as_object().erase("replicate");
        return json;
    };
    return leaves_section("asked", plain(a), plain(b));
}

ComparisonSection outcome_section(const RunRecord& a, const RunRecord& b) {
    const auto text = [](const RunRecord& record) {
        return std::string(state_name(record.state)) + (record.reason.empty() ? "" : ": " + record.reason);
    };
    ComparisonSection section;
    section.name = "outcome";
    section.same = text(a) == text(b);
    section.headline = section.same ? "same, " + elide(text(a), 60) : "";
    if (!section.same) section.rows.push_back({"state", text(a), text(b), ""});
    return section;
}

// A file that only one of the two has is a difference; that neither has it is not a likeness.
ComparisonSection one_sided(const std::string& name, bool in_a, bool in_b) {
    ComparisonSection section;
    section.name = name;
    section.same = in_a == in_b;
    section.counts = in_a != in_b;
    section.headline = in_a == in_b ? "none to compare" : std::string("only in ") + (in_a ? "a" : "b");
    return section;
}

ComparisonSection stored_weights_section(const RunRecord& a, const RunRecord& b) {
    if (a.weights.empty() || b.weights.empty()) return one_sided("weights", !a.weights.empty(), !b.weights.empty());
    return weights_section(compare_tables(a.weights, b.weights), true);
}

ComparisonSection stored_predictions_section(const Store& store, const RunRecord& a, const RunRecord& b) {
    const auto x = stored_predictions(store, a), y = stored_predictions(store, b);
    if (!x || !y) return one_sided("predictions", x.has_value(), y.has_value());
    return predictions_section(*x, *y);
}

ComparisonSection steps_section(const Store& store, const RunRecord& a, const RunRecord& b) {
    const auto x = stored_file(store, a, "steps.npy"), y = stored_file(store, b, "steps.npy");
    if (!x || !y) return one_sided("steps", x.has_value(), y.has_value());
    ComparisonSection section;
    section.name = "steps";
    const NumericArray first = parse_npy(*x);
    const auto parting = steps_parting(first, parse_npy(*y));
    section.same = !parting;
    section.headline = parting ? *parting : "same, " + plural(first.shape.empty() ? 0 : first.shape[0], "row");
    return section;
}

}  // namespace

Fingerprint run_environment(const Store& store, const RunRecord& record) {
    Fingerprint fingerprint = stored_fingerprint(store, record, "environment.json");
    const Fingerprint own = stored_fingerprint(store, record, "fingerprint.json");
    for (const FingerprintField& field : own.fields) set_field(fingerprint, field);
    if (!own.seeds.empty()) fingerprint.seeds = own.seeds;
    if (own.trace) fingerprint.trace = own.trace;
    add_reported_versions(fingerprint, record.versions);
    if (!record.hardware.effective.is_object()) return fingerprint;
    for (const auto& [name, value] : record.hardware.effective.as_object()) {
        if (value.is_string() || value.is_bool() || value.is_integer())
            set_field(fingerprint, {"hardware." + printable_line(name), FieldClass::behaviour, value});
    }
    return fingerprint;
}

std::optional<Predictions> stored_predictions(const Store& store, const RunRecord& record) {
    if (record.state != RunState::completed) return std::nullopt;
    const auto bytes = stored_file(store, record, "predictions.npy");
    auto predictions = bytes ? predictions_from_array(parse_npy(*bytes)).predictions : std::nullopt;
    if (predictions) predictions->threshold = decision_threshold(record.request);
    return predictions;
}

std::vector<ComparisonSection> run_sections(const Store& store, const RunRecord& a, const RunRecord& b) {
    std::vector<ComparisonSection> sections = {asked_section(a, b)};
    for (ComparisonSection& section : environment_sections(run_environment(store, a), run_environment(store, b)))
        sections.push_back(std::move(section));
    sections.push_back(outcome_section(a, b));
    sections.push_back(stored_weights_section(a, b));
    sections.push_back(stored_predictions_section(store, a, b));
    sections.push_back(steps_section(store, a, b));
    return sections;
}

}  // namespace assay
