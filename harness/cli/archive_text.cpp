#include "cli/archive_text.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "archive/signature_files.hpp"
#include "base/text.hpp"

namespace assay {
namespace {

std::string short_id(const std::string& id) { return id.substr(0, 12); }

std::string line(const char* name, const std::string& value) { return pad_right(name, 10) + value + "\n"; }

}  // namespace

std::string bytes_text(std::uint64_t bytes) {
    if (bytes < 1000) return std::to_string(bytes) + " B";
    static constexpr std::array<const char*, 4> k_units = {" kB", " MB", " GB", " TB"};
    auto value = static_cast<double>(bytes) / 1000;
    std::size_t unit = 0;
    for (; value >= 999.95 && unit + 1 < k_units.size(); ++unit) value /= 1000;
    return fixed(value, 1) + k_units[unit];
}

std::string run_rows_text(const std::vector<const RunRow*>& rows) {
    if (rows.empty()) return "no runs\n";
    std::string text = "run           state      recipe    env       result    started               host\n";
    for (const RunRow* const row : rows) {
        std::string one = short_id(row->run_id) + "  " + pad_right(row->state, 9) + "  " + row->recipe_id.substr(0, 8) +
                          "  " + row->env_id.substr(0, 8) + "  " + row->result_id.substr(0, 8) + "  " +
                          pad_right(row->started, 20) + "  " + elide(row->host, 30);
        one.erase(one.find_last_not_of(' ') + 1);
        text += one + "\n";
    }
    return text;
}

// Written row by row: of 100,000 runs a tree of values would take longer to build than everything else together.
std::string run_rows_json(const Store& store, const std::vector<const RunRow*>& rows) {
    std::string text = "{\n  \"runs\": [";
    for (const RunRow* const row : rows) {
        text += row == rows.front() ? "\n    {" : ",\n    {";
        const std::pair<const char*, const std::string*> members[] = {
            {"env_id", &row->env_id},       {"host", &row->host},     {"recipe_id", &row->recipe_id},
            {"result_id", &row->result_id}, {"run_id", &row->run_id}, {"started", &row->started},
            {"state", &row->state}};
        const char* separator = "\n      \"";
        for (const auto& [name, value] : members) {
            text += separator;
            text += name;
            text += "\": ";
            append_json_string(*value, text);
            separator = ",\n      \"";
        }
        text += "\n    }";
    }
    text += rows.empty() ? "],\n  \"schema\": \"assay/archive/1\",\n  \"store\": "
                         : "\n  ],\n  \"schema\": \"assay/archive/1\",\n  \"store\": ";
    append_json_string(store.uuid(), text);
    return text + "\n}\n";
}

std::string manifest_text(const Store& store, const Manifest& manifest) {
    const RunRecord& record = manifest.record;
    std::string text = line("run", manifest.run_id);
    text += line("state", std::string(state_name(record.state)) + (record.reason.empty() ? "" : ": " + record.reason));
    text += line("request", manifest.request_id) + line("recipe", manifest.recipe_id) + line("env", manifest.env_id) +
            line("path", manifest.path_id) + line("result", manifest.result_id);
    if (!record.started.empty())
        text += line("started", record.started + (record.host.empty() ? "" : " on " + record.host) + ", " +
                                    duration_text(record.wall_s) + ", attempt " + std::to_string(record.attempt + 1));
    for (const ManifestMember& member : manifest.members) {
        text += line(&member == manifest.members.data() ? "members" : "",
                     pad_right(member.name, 20) + " " + pad_left(bytes_text(member.content.size_bytes), 9) + "  " +
                         short_id(member.content.sha256) + "  " + member.role);
    }
    for (const auto& [name, bytes] : run_signatures(store, manifest.run_id)) text += line("signature", name);
    return text;
}

std::string audit_text(const Store& store, const Plan& plan) {
    std::set<std::string> wanted;
    for (const PlannedRun& run : plan.runs) wanted.insert(request_id(run.request));
    std::map<std::string, StoredRun> stored;
    for (StoredRun& run : store.find_runs(wanted)) stored.emplace(request_id(run.record.request), std::move(run));
    std::string text = line("audit", audit_id(plan)) + line("name", plan.name) + line("design", plan.design) +
                       line("runs", std::to_string(plan.runs.size()) + " planned, " + std::to_string(stored.size()) +
                                        " of " + std::to_string(wanted.size()) + " different ones stored");
    for (const PlannedRun& run : plan.runs) {
        const auto it = stored.find(request_id(run.request));
        const bool there = it != stored.end();
        text += "  " + run_label(plan, run.number) + "  " + (there ? short_id(it->second.run_id) : "missing     ") +
                "  " + pad_right(there ? state_name(it->second.record.state) : "", 9) + "  " +
                elide(cell_text(plan, run), 48);
        text.erase(text.find_last_not_of(' ') + 1);
        text += "\n";
    }
    return text;
}

std::string gc_text(const GcReport& report, bool dry_run) {
    std::string text = plural(report.referenced, "object") + " needed; ";
    text += plural(report.trashed, "object") + " (" + bytes_text(report.trashed_bytes) + ") " +
            (dry_run ? "would go" : "went") + " to trash/";
    if (report.restored > 0) text += ", " + std::to_string(report.restored) + " came back";
    text += "; " + std::to_string(report.deleted) + " (" + bytes_text(report.deleted_bytes) + ") " +
            (dry_run ? "would be " : "") + "deleted from there";
    if (report.swept > 0) text += "; " + std::to_string(report.swept) + " of dead writers swept from tmp/";
    return wrap(text, 80) + "\n";
}

std::string repack_text(const RepackReport& report, bool dry_run) {
    std::string text = plural(report.objects, "object") + ": " + std::to_string(report.to_planes) + " of numbers " +
                       (dry_run ? "would become" : "became") + " planes, " + std::to_string(report.to_deltas) +
                       " differences";
    if (report.doubles > 0) text += ", " + plural(report.doubles, "second form") + (dry_run ? " would go" : " went");
    text += "; " + bytes_text(report.before_bytes) + " before, " + bytes_text(report.after_bytes) + " after";
    return wrap(text, 80) + "\n";
}

Json repack_json(const RepackReport& report, bool dry_run) {
    return Json::Object{{"schema", "assay/repack/1"},
                        {"dry_run", dry_run},
                        {"objects", std::uint64_t{report.objects}},
                        {"to_planes", std::uint64_t{report.to_planes}},
                        {"to_deltas", std::uint64_t{report.to_deltas}},
                        {"doubles", std::uint64_t{report.doubles}},
                        {"before_bytes", report.before_bytes},
                        {"after_bytes", report.after_bytes}};
}

Json gc_json(const GcReport& report, bool dry_run) {
    return Json::Object{{"schema", "assay/gc/1"},
                        {"dry_run", dry_run},
                        {"referenced", std::uint64_t{report.referenced}},
                        {"trashed", std::uint64_t{report.trashed}},
                        {"trashed_bytes", report.trashed_bytes},
                        {"restored", std::uint64_t{report.restored}},
                        {"deleted", std::uint64_t{report.deleted}},
                        {"deleted_bytes", report.deleted_bytes},
                        {"swept", std::uint64_t{report.swept}}};
}

}  // namespace assay
