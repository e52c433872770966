#include "cli/places.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "cli/audit.hpp"

namespace assay {
namespace fs = std::filesystem;
namespace {

// From here, where that is shorter to read.
fs::path shown_path(const fs::path& path) {
    const fs::path near = path.lexically_proximate(fs::current_path());
    return near.empty() || *near.begin() == ".." ? path : near;
}

}  // namespace

std::map<std::string, std::string> factor_places(const Plan& plan, const Options& options) {
    std::map<std::string, std::string> places;
    try {
        const fs::path note = work_path(options, plan);
        const fs::path path = read_file(note / "path");
        const std::string text = read_file(note / "spec.yaml");
        if (read_file(path) != text) return places;
        AuditSpec spec = parse_spec(text, path);
        spec.path = shown_path(path);
        for (const auto& [factor, place] : spec.places) places.emplace(factor, spec_place(spec, factor));
    } catch (const Error&) {
        return {};  // imported, built in, or run elsewhere: the report does without
    }
    return places;
}

}  // namespace assay
