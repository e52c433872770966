#include "cli/diff_parts.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "stats/distance.hpp"

namespace assay {
namespace {

constexpr const char* k_not_recorded = "(not recorded)";

std::string value_text(const std::optional<Json>& value) { return value ? scalar_text(*value) : k_not_recorded; }

std::string of_text(std::size_t different, std::size_t all, const std::string& noun) {
    return std::to_string(different) + " of " + plural(all, noun) + (different == 1 ? " differs" : " differ");
}

// Of two long lists of words, as flags are, only what the other lacks is worth reading.
constexpr std::size_t k_list = 8;
std::size_t words_of(const std::string& text) { return split(text, ' ').size(); }
std::string only_in(const std::string& text, const std::string& other) {
    const std::vector<std::string> known = split(other, ' ');
    std::vector<std::string> words = split(text, ' ');
    std::erase_if(words, [&](const auto& word) { return std::find(known.begin(), known.end(), word) != known.end(); });
    return "only here: " + (words.empty() ? "nothing" : join(words, " "));
}

std::size_t fields_of(const Fingerprint& a, const Fingerprint& b, FieldClass stability) {
    std::size_t count = 0;
    for (const FingerprintField& field : a.fields) count += field.stability == stability ? 1U : 0U;
    for (const FingerprintField& field : b.fields)
        count += field.stability == stability && find_field(a, field.name) == nullptr ? 1U : 0U;
    return count;
}

ComparisonSection class_section(const Fingerprint& a, const Fingerprint& b, const EnvironmentComparison& comparison,
                                FieldClass stability) {
    ComparisonSection section;
    section.name = field_class_name(stability);
    section.counts = stability != FieldClass::context;
    for (const FieldDifference& difference : comparison.differences) {
        if (difference.stability != stability) continue;
        const std::string x = value_text(difference.a), y = value_text(difference.b);
        const bool lists = words_of(x) >= k_list && words_of(y) >= k_list;
        ComparisonRow row{difference.name, lists ? only_in(x, y) : x, lists ? only_in(y, x) : y, ""};
        row.value_a = difference.a.value_or(Json());
        row.value_b = difference.b.value_or(Json());
        section.rows.push_back(std::move(row));
    }
    section.same = section.rows.empty();
    const std::size_t fields = fields_of(a, b, stability);
    if (fields == 0) section.headline = "nothing recorded";
    if (fields > 0)
        section.headline =
            section.same ? "same, " + plural(fields, "field") : of_text(section.rows.size(), fields, "field");
    return section;
}

std::string seed_text(const std::optional<SeedFingerprint>& seed) {
    return seed ? std::to_string(seed->seed) + ", draws " + seed->draws_sha256.substr(0, 8) : k_not_recorded;
}

ComparisonSection seeds_section(const Fingerprint& a, const Fingerprint& b) {
    ComparisonSection section;
    section.name = "streams";
    if (a.seeds.empty() || b.seeds.empty()) {
        section.headline = std::string("recorded in ") + (b.seeds.empty() ? "a" : "b") + " only: not compared";
        section.same = section.counts = false;  // nothing is known, so nothing differs
        return section;
    }
    for (const SeedDifference& difference : compare_seeds(a.seeds, b.seeds)) {
        const bool other_generator = difference.a && difference.b && difference.a->generator != difference.b->generator;
        section.rows.push_back(
            {difference.stream, seed_text(difference.a), seed_text(difference.b),
             other_generator ? "generators " + difference.a->generator + " and " + difference.b->generator : ""});
    }
    section.same = section.rows.empty();
    section.headline = section.same ? "same, " + plural(a.seeds.size(), "stream")
                                    : of_text(section.rows.size(), std::max(a.seeds.size(), b.seeds.size()), "stream");
    return section;
}

ComparisonSection trace_section(const std::optional<TraceFingerprint>& a, const std::optional<TraceFingerprint>& b) {
    ComparisonSection section;
    section.name = "kernels";
    section.same = a == b;
    if (!a || !b) {
        section.headline = std::string("recorded in ") + (a ? "a" : "b") + " only: not compared";
        section.counts = false;  // nothing is known, so nothing differs
        return section;
    }
    if (section.same) {
        section.headline = "same, " + plural(static_cast<std::size_t>(a->operations), "operation");
    } else if (a->steps != b->steps) {
        section.headline = "not compared: of other steps (" + a->steps + " and " + b->steps + ")";
        section.counts = false;
    } else if (a->structure == b->structure) {
        section.headline = "the same operations, other kernels";
    } else {
        section.headline =
            "other operations: " + std::to_string(a->operations) + " and " + std::to_string(b->operations);
    }
    return section;
}

const char* change_text(TensorChange change) {
    switch (change) {
        case TensorChange::only_a:
            return "only in a";
        case TensorChange::only_b:
            return "only in b";
        case TensorChange::dtype:
            return "type";
        case TensorChange::shape:
            return "shape";
        case TensorChange::values:
            return "";
    }
    return "";
}

ComparisonRow tensor_row(const TensorDifference& d, bool digests_only) {
    ComparisonRow row{d.name, d.a, d.b, change_text(d.change)};
    if (d.change != TensorChange::values) return row;
    if (digests_only) {
        row.how_far = "other bytes";
        return row;
    }
    row.how_far = of_text(d.different, d.elements, "value");
    if (d.max_abs) row.how_far += ", max |d| " + scientific(*d.max_abs);
    if (d.infinite) row.how_far += ", some by infinity";
    if (d.nan_on_one_side > 0) row.how_far += ", NaN on one side " + plural(d.nan_on_one_side, "time");
    row.numbers = Json::Object{{"values", d.elements},
                               {"different", d.different},
                               {"nan_on_one_side", d.nan_on_one_side},
                               {"infinite", d.infinite},
                               {"max_abs", d.max_abs ? Json(*d.max_abs) : Json()}};
    return row;
}

void add_leaves(const std::string& path, const Json* a, const Json* b, ComparisonSection& section) {
    if (a != nullptr && b != nullptr && *a == *b) return;
    const bool objects = (a == nullptr || a->is_object()) && (b == nullptr || b->is_object());
    if (!objects) {
        const auto text = [](const Json* json) {
            if (json == nullptr) return std::string(k_not_there);
            return json->is_array() || json->is_object() ? canonical_json(*json) : scalar_text(*json);
        };
        section.rows.push_back({path, text(a), text(b), ""});
        return;
    }
    Json::Object names;
    for (const Json* json : {a, b}) {
        if (json == nullptr) continue;
        for (const auto& [name, value] : json->as_object()) names.try_emplace(name);
    }
    for (const auto& [name, unused] : names) {
        add_leaves(path.empty() ? name : path + "." + name, a == nullptr ? nullptr : a->find(name),
                   b == nullptr ? nullptr : b->find(name), section);
    }
}

}  // namespace

std::vector<ComparisonSection> environment_sections(const Fingerprint& a, const Fingerprint& b) {
    const EnvironmentComparison comparison = compare_environments(a, b);
    std::vector<ComparisonSection> sections;
    for (const FieldClass stability : {FieldClass::identity, FieldClass::behaviour, FieldClass::context})
        sections.push_back(class_section(a, b, comparison, stability));
    if (!a.seeds.empty() || !b.seeds.empty()) sections.push_back(seeds_section(a, b));
    if (a.trace || b.trace) sections.push_back(trace_section(a.trace, b.trace));
    return sections;
}

ComparisonSection weights_section(const WeightsComparison& comparison, bool digests_only) {
    ComparisonSection section;
    section.name = "weights";
    section.same = comparison.same;
    for (const TensorDifference& difference : comparison.differences)
        section.rows.push_back(tensor_row(difference, digests_only));
    const std::size_t different = comparison.differences.size();
    section.headline = section.same ? "same, " + plural(comparison.tensors, "tensor")
                                    : of_text(different, comparison.tensors, "tensor");
    if (const auto largest = largest_difference(comparison)) section.headline += ", max |d| " + scientific(*largest);
    if (!section.same && digests_only) section.headline += " (only digests are kept: no telling how far)";
    return section;
}

ComparisonSection predictions_section(const Predictions& a, const Predictions& b) {
    ComparisonSection section;
    section.name = "predictions";
    const auto shape = [](const Predictions& p) {
        return std::to_string(p.n_inputs) + " x " + std::to_string(p.n_classes);
    };
    section.same = a.sha256 == b.sha256;
    section.headline = section.same ? "same bits, " + shape(a) : shape(a) + ", other bits";
    if (section.same) return section;
    if (a.n_inputs != b.n_inputs || a.n_classes != b.n_classes) {
        section.headline = "of another shape";
        section.rows.push_back({"inputs x classes", shape(a), shape(b), ""});
        return section;
    }
    const Distance d = distance_between(a.probabilities, b.probabilities, a.n_classes, a.threshold);
    section.rows.push_back(
        {"labels", "", "",
         std::to_string(d.flips) + " of " + std::to_string(d.inputs) + " differ (" + percent(d.flip_share()) + ")",
         Json::Object{{"different", static_cast<std::uint64_t>(d.flips)},
                      {"inputs", static_cast<std::uint64_t>(d.inputs)}}});
    section.rows.push_back({"max |dp|", "", "", scientific(d.max_abs_dp), Json::Object{{"max_abs_dp", d.max_abs_dp}}});
    section.rows.push_back({"Hellinger", "", "", scientific(d.hellinger2) + ", mean of the squares",
                            Json::Object{{"hellinger2", d.hellinger2}}});
    return section;
}

ComparisonSection leaves_section(const std::string& name, const Json& a, const Json& b) {
    ComparisonSection section;
    section.name = name;
    add_leaves("", &a, &b, section);
    section.same = section.rows.empty();
    section.headline = "same";
    if (!section.same)
        section.headline = plural(section.rows.size(), "setting") + (section.rows.size() == 1 ? " differs" : " differ");
    return section;
}

}  // namespace assay
