// The table of formats: which end of a file's name asks for which.
#include "report/gate_formats.hpp"

#include "report/gate_text.hpp"

namespace assay {

const std::vector<GateFormat>& gate_formats() {
    using R = GateReport;
    using O = GateFormatOptions;
    static const std::vector<GateFormat> k_formats = {
        {"shields badge", "badge.json", [](const R& r, const O&) { return pretty_json(gate_badge(r)); }},
        {"GitLab code quality", "codequality.json",
         [](const R& r, const O&) { return pretty_json(gate_codequality(r)); }},
        {"GitLab code quality", "code-quality-report.json",
         [](const R& r, const O&) { return pretty_json(gate_codequality(r)); }},
        {"OpenMetrics", "metrics.txt", [](const R& r, const O&) { return gate_openmetrics(r); }},
        {"JSON", ".json", [](const R& r, const O&) { return pretty_json(gate_json(r)); }},
        {"JUnit", ".xml", [](const R& r, const O& o) { return gate_junit(r, o.strict_junit); }},
        {"markdown", ".md", [](const R& r, const O&) { return gate_markdown(r, k_comment_bytes); }},
        {"text", ".txt",
         [](const R& r, const O&) {
             return gate_text(r, {80, false, true});
         }},
    };
    return k_formats;
}

const GateFormat* gate_format_of(std::string_view file_name) {
    for (const GateFormat& format : gate_formats()) {
        if (file_name.size() > format.ending.size() && file_name.ends_with(format.ending)) return &format;
        if (format.ending.front() != '.' && file_name == format.ending) return &format;
    }
    return nullptr;
}

}  // namespace assay
