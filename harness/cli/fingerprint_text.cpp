#include "cli/fingerprint_text.hpp"

#include <algorithm>
#include <cmath>

#include "base/text.hpp"
#include "base/utf8.hpp"

namespace assay {
namespace {

constexpr std::string_view k_libraries = "libraries";
constexpr std::size_t k_tensors_shown = 40;

// The objects that compute nothing are many, and say little: the JSON has them.
bool is_shown(const FingerprintField& field) {
    return field.stability != FieldClass::context || field.group() != k_libraries;
}

std::string shown_value(const FingerprintField& field) {
    const std::string text = scalar_text(field.value);
    return field.group() == k_libraries ? elide(text, 17) : text;
}

std::string rest_of(const FingerprintField& field) { return field.name.substr(field.group().size() + 1); }

struct Counts {
    std::size_t counted = 0, context = 0, hidden = 0;
};
Counts count(const Fingerprint& fingerprint) {
    Counts counts;
    for (const FingerprintField& field : fingerprint.fields) {
        (field.stability == FieldClass::context ? counts.context : counts.counted) += 1;
        counts.hidden += is_shown(field) ? 0U : 1U;
    }
    return counts;
}

// Names in a column, values beside them, broken at blanks.
std::string line_text(const std::string& group, const std::string& name, const std::string& value, std::size_t width) {
    constexpr std::size_t k_group = 11, k_name = 26;
    const std::string head = pad_right(group, k_group) + pad_right(name, k_name) + " ";
    const std::string indent(k_group + k_name + 1, ' ');
    std::string out;
    for (const std::string& line : split_lines(wrap(value, width - indent.size())))
        out += (out.empty() ? head : indent) + elide(line, width - indent.size()) + "\n";
    return out;
}

std::string fields_text(const Fingerprint& fingerprint, bool context, std::size_t width) {
    std::string text, group;
    for (const FingerprintField& field : fingerprint.fields) {
        if (!is_shown(field) || (field.stability == FieldClass::context) != context) continue;
        const bool first = field.group() != group;
        group = field.group();
        text += line_text(first ? group : "", elide(rest_of(field), 26), shown_value(field), width);
    }
    return text;
}

std::string trace_text(const TraceFingerprint& trace) {
    return std::to_string(trace.operations) + " operations of " + trace.steps + ", structure " +
           trace.structure.substr(0, 12) + ", implementation " + trace.implementation.substr(0, 12);
}

std::string shape_text(const std::vector<std::uint64_t>& shape) {
    std::string text;
    for (const std::uint64_t dimension : shape) text += (text.empty() ? "" : " x ") + std::to_string(dimension);
    return text.empty() ? "one value" : text;
}

// "4 tensors, 101770 values, no NaN, no infinity, norm 8.1142"
std::string summary(const WeightsFingerprint& f) {
    if (f.container == "bytes") return std::to_string(f.file_size) + " bytes, not opened: " + printable_line(f.note);
    std::string text = plural(f.tensors.size(), "tensor") + ", " + plural(f.numbers.values, "value");
    text += f.numbers.nan == 0 ? ", no NaN" : ", " + std::to_string(f.numbers.nan) + " NaN";
    text += f.numbers.infinite == 0 ? ", no infinity" : ", " + plural(f.numbers.infinite, "infinity", "infinities");
    if (f.not_read > 0) return text + ", " + plural(f.not_read, "tensor") + " not read as numbers";
    const double norm = std::sqrt(f.numbers.sum_of_squares);
    if (f.numbers.nan == 0 && f.numbers.infinite == 0 && std::isfinite(norm)) text += ", norm " + fixed(norm, 4);
    return text;
}

std::string title_of(const WeightsFingerprint& f) { return f.container == "bytes" ? "file" : "weights"; }

// A cell of a table must not end it, and must not become a tag or a link.
std::string cell(const std::string& text) {
    std::string out;
    for (const char c : printable_line(text)) {
        if (c == '<') {
            out += "&lt;";
            continue;
        }
        if (std::string_view("|\\`*[]").find(c) != std::string_view::npos) out += '\\';
        out += c;
    }
    return out;
}

}  // namespace

std::string short_id(const std::string& id) { return id.substr(0, 12); }

std::string environment_text(const Fingerprint& fingerprint, std::size_t width) {
    const Counts counts = count(fingerprint);
    std::string text = "environment " + short_id(environment_id(fingerprint)) + "   " +
                       plural(counts.counted, "field") + " that can change bits, " + std::to_string(counts.context) +
                       " of context\n\n" + fields_text(fingerprint, false, width);
    for (const SeedFingerprint& seed : fingerprint.seeds) {
        text += line_text(&seed == fingerprint.seeds.data() ? "seeds" : "", elide(seed.stream, 26),
                          std::to_string(seed.seed) + ", " + seed.generator + ", draws " + short_id(seed.draws_sha256),
                          width);
    }
    if (fingerprint.trace) text += line_text("trace", "kernels", trace_text(*fingerprint.trace), width);
    const std::string context = fields_text(fingerprint, true, width);
    if (!context.empty()) text += "\ncontext, outside the digest\n" + context;
    if (counts.hidden > 0)
        text += "\n" + plural(counts.hidden, "more loaded object") + " that compute nothing: --format json\n";
    return text;
}

std::string weights_text(const WeightsFingerprint& fingerprint, std::size_t width) {
    std::string text =
        title_of(fingerprint) + " " + short_id(fingerprint.id) + "\n" + wrap(summary(fingerprint), width, "  ") + "\n";
    if (!fingerprint.tensors.empty()) text += "\n";
    for (std::size_t i = 0; i < std::min(fingerprint.tensors.size(), k_tensors_shown); ++i) {
        const TensorDigest& tensor = fingerprint.tensors[i];
        text += "  " + pad_right(elide(printable_line(tensor.name), 32), 33) + pad_right(tensor.dtype, 8) +
                pad_right(elide(shape_text(tensor.shape), 22), 23) + short_id(tensor.sha256) + "\n";
    }
    if (fingerprint.tensors.size() > k_tensors_shown)
        text +=
            "  and " + std::to_string(fingerprint.tensors.size() - k_tensors_shown) + " more; --format json has all\n";
    for (const auto& names : fingerprint.tied)
        text += wrap("same bytes: " + printable_line(join(names, ", ")), width, "  ") + "\n";
    return text;
}

std::string environment_markdown(const Fingerprint& fingerprint) {
    std::string text = "**Environment `" + short_id(environment_id(fingerprint)) +
                       "`** (assay fingerprint env --markdown)\n\n| field | value | class |\n|---|---|---|\n";
    for (const FingerprintField& field : fingerprint.fields) {
        if (!is_shown(field)) continue;
        text += "| " + cell(field.name) + " | " + cell(shown_value(field)) + " | " +
                std::string(field_class_name(field.stability)) + " |\n";
    }
    for (const SeedFingerprint& seed : fingerprint.seeds)
        text +=
            "| seed " + cell(seed.stream) + " | " + std::to_string(seed.seed) + ", " + cell(seed.generator) + " | |\n";
    if (fingerprint.trace) text += "| trace | " + cell(trace_text(*fingerprint.trace)) + " | |\n";
    return text;
}

std::string weights_markdown(const WeightsFingerprint& fingerprint) {
    std::string text =
        "**" + title_of(fingerprint) + " `" + short_id(fingerprint.id) + "`**: " + cell(summary(fingerprint)) + "\n";
    if (!fingerprint.tensors.empty()) text += "\n| tensor | type | shape | SHA-256 |\n|---|---|---|---|\n";
    for (const TensorDigest& tensor : fingerprint.tensors) {
        text += "| " + cell(tensor.name) + " | " + tensor.dtype + " | " + shape_text(tensor.shape) + " | `" +
                short_id(tensor.sha256) + "` |\n";
    }
    return text;
}

}  // namespace assay
