#include "gate/baseline.hpp"

#include "base/digest.hpp"
#include "base/error.hpp"
#include "base/utf8.hpp"

namespace assay {
namespace {

constexpr std::size_t k_runs = 10'000;
constexpr const char* k_make_again =
    "assay accept makes a new one from stored runs; git checkout brings the old one back";

Error unreadable(const char* code, std::string_view source, const std::string& message, const std::string& help) {
    return Error(code, Exit::unreadable, std::string(source) + ": " + printable_line(message), help);
}

Json number_or_null(const std::optional<double>& value) { return value ? Json(*value) : Json(); }

Json figure_json(const BaselineFigure& figure) {
    return Json::Object{{"text", figure.text},
                        {"value", number_or_null(figure.value)},
                        {"low", figure.interval ? Json(figure.interval->low) : Json()},
                        {"high", figure.interval ? number_or_null(figure.interval->high) : Json()}};
}

std::optional<double> optional_from(const Json& json) {
    return json.is_null() ? std::nullopt : std::optional(json.as_number());
}

BaselineFigure figure_from(const Json& json) {
    BaselineFigure figure;
    figure.text = json.at("text").as_string();
    figure.value = optional_from(json.at("value"));
    if (const auto low = optional_from(json.at("low")))
        figure.interval = Interval{*low, optional_from(json.at("high"))};
    return figure;
}

Json text_object(const std::map<std::string, std::string>& values) {
    Json::Object object;
    for (const auto& [key, value] : values) object.emplace(key, value);
    return object;
}

std::map<std::string, std::string> texts_from(const Json& json) {
    std::map<std::string, std::string> values;
    for (const auto& [key, value] : json.as_object()) values.emplace(key, value.as_string());
    return values;
}

// Without the digest.
Json facts(const Baseline& b) {
    Json::Object environments, figures;
    for (const auto& [id, runs] : b.environments) environments.emplace(id, Json::Array(runs.begin(), runs.end()));
    for (const auto& [rule, figure] : b.figures) figures.emplace(rule, figure_json(figure));
    return Json::Object{{"schema", k_baseline_schema},
                        {"name", b.name},
                        {"audit", b.audit},
                        {"spec", b.spec},
                        {"accepted", b.accepted},
                        {"tool", b.tool},
                        {"runs", text_object(b.runs)},
                        {"environment", text_object(b.environment)},
                        {"environments", std::move(environments)},
                        {"figures", std::move(figures)}};
}

std::string digest_text(const Json& json, const char* member) {
    const std::string& text = json.at(member).as_string();
    if (!is_sha256_hex(text)) {
        throw Error("J0002", Exit::unreadable, std::string(member) + " is no SHA-256: " + text.substr(0, 80));
    }
    return text;
}

Baseline baseline_from(const Json& json) {
    Baseline b;
    b.name = json.at("name").as_string();
    b.audit = digest_text(json, "audit");
    b.spec = digest_text(json, "spec");
    b.accepted = json.at("accepted").as_string();
    b.tool = json.at("tool").as_string();
    b.runs = texts_from(json.at("runs"));
    if (b.runs.empty() || b.runs.size() > k_runs) throw Error("J0002", Exit::unreadable, "runs: none, or over 10,000");
    for (const auto& [number, id] : b.runs) digest_text(json.at("runs"), number.c_str());
    b.environment = texts_from(json.at("environment"));
    for (const auto& [id, runs] : json.at("environments").as_object()) {
        for (const Json& run : runs.as_array()) b.environments[id].push_back(run.as_string());
    }
    for (const auto& [rule, figure] : json.at("figures").as_object()) b.figures.emplace(rule, figure_from(figure));
    return b;
}

Json parse_facts(std::string_view text, std::string_view source) {
    if (text.find("\n<<<<<<< ") != std::string_view::npos || text.starts_with("<<<<<<< ")) {
        throw unreadable("G0301", source, "holds a merge conflict",
                         "take one side whole (git checkout --ours or --theirs " + std::string(source) +
                             "), then assay gate; facts of two baselines cannot be mixed");
    }
    JsonLimits limits;
    limits.bytes = k_baseline_bytes;
    limits.depth = 8;
    try {
        return parse_json(text, source, limits);
    } catch (const Error& error) {
        throw Error("G0301", Exit::unreadable, std::string(error.what()) + " (this is the gate's baseline)",
                    k_make_again);
    }
}

// "assay/baseline/1" is ours, "assay/baseline/2" newer, all else foreign.
void check_schema(const Json& json, std::string_view source) {
    const Json* const schema = json.find("schema");
    const std::string name = schema != nullptr && schema->is_string() ? schema->as_string() : "";
    if (name == k_baseline_schema) return;
    if (name.starts_with("assay/baseline/")) {
        throw unreadable("G0303", source, "written by a newer assay: it is " + name.substr(0, 60),
                         "this one reads " + std::string(k_baseline_schema) + ": install the newer assay here too");
    }
    throw unreadable("G0302", source, "is no baseline of assay" + (name.empty() ? "" : ": it is " + name.substr(0, 60)),
                     k_make_again);
}

}  // namespace

std::string baseline_text(const Baseline& baseline) {
    Json json = facts(baseline);
    const std::string digest = sha256_hex(canonical_json(json));
    json["digest"] = digest;
    return pretty_json(json);
}

Baseline parse_baseline(std::string_view text, std::string_view source) {
    const Json json = parse_facts(text, source);
    check_schema(json, source);
    Json rest = json;
    rest.as_object().erase("digest");
    const Json* const digest = json.find("digest");
    if (digest == nullptr || *digest != Json(sha256_hex(canonical_json(rest)))) {
        throw unreadable("G0304", source, "was edited by hand or damaged: its digest does not fit what it says",
                         k_make_again);
    }
    try {
        return baseline_from(json);
    } catch (const Error& error) {
        throw unreadable("G0302", source, std::string("is no baseline of assay: ") + error.what(), k_make_again);
    }
}

void check_baseline_of(const Baseline& baseline, const std::string& name, std::string_view source) {
    if (baseline.name == name) return;
    throw Error(
        "G0305", Exit::usage,
        std::string(source) + ": is the baseline of '" + printable_line(baseline.name) + "', not of '" + name + "'",
        "give each gate a folder of its own, or name its baseline: --baseline FILE; assay accept makes one");
}

}  // namespace assay
