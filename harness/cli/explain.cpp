// assay explain CODE|METRIC: one page. Reads nothing but its own tables.
#include <algorithm>
#include <iostream>

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/explain_pages.hpp"
#include "cli/render.hpp"

namespace assay {
namespace {

struct Page {
    std::string head;
    std::vector<std::pair<std::string, std::string>> parts;  // what, text
};

Page page_of(const CodePage& page) {
    return {std::string(page.code), {{"means", std::string(page.meaning)}, {"do", std::string(page.todo)}}};
}

Page page_of(const MetricPage& page) {
    return {std::string(page.metric),
            {{"means", std::string(page.meaning)},
             {"computed", std::string(page.computed)},
             {"do", std::string(page.todo)},
             {"a rule", std::string(page.example)}}};
}

// Of "flips.hardware.isa" the first word.
std::string metric_of(const std::string& name) { return name.substr(0, name.find('.')); }

Page list_page() {
    std::vector<std::string> metrics, codes;
    for (const MetricPage& page : metric_pages()) metrics.emplace_back(page.metric);
    for (const CodePage& page : code_pages()) codes.emplace_back(page.code);
    return {"assay explain CODE|METRIC", {{"metrics", join(metrics, ", ")}, {"codes", join(codes, ", ")}}};
}

Page page_named(const std::string& name) {
    for (const MetricPage& page : metric_pages()) {
        if (page.metric == metric_of(name)) return page_of(page);
    }
    const std::string code = upper_case(name);
    for (const CodePage& page : code_pages()) {
        if (page.code == code) return page_of(page);
    }
    std::vector<std::string> names;
    for (const MetricPage& page : metric_pages()) names.emplace_back(page.metric);
    for (const CodePage& page : code_pages()) names.emplace_back(page.code);
    const auto near = nearest_name(name, names);
    throw Error("U0134", Exit::usage, "nothing is called '" + elide(name, 40) + "'",
                (near ? "did you mean '" + *near + "'? " : std::string()) + "assay explain lists all there is");
}

std::string page_text(const Page& page) {
    std::string text = page.head + "\n";
    for (const auto& [what, words] : page.parts) {
        const auto lines = split_lines(wrap(words, 68));
        for (std::size_t i = 0; i < lines.size(); ++i)
            text += "  " + pad_right(i == 0 ? what : "", 10) + lines[i] + "\n";
    }
    return text;
}

Json page_json(const Page& page) {
    Json json = Json::Object{{"schema", "assay/explain/1"}, {"name", page.head}};
    for (const auto& [what, words] : page.parts) json[what == "a rule" ? "rule" : what] = words;
    return json;
}

}  // namespace

int explain_command(const Options& options) {
    check_output(options);
    const Page page = options.arguments.empty() ? list_page() : page_named(options.arguments[0]);
    emit(
        options, [&] { return page_text(page); }, [&] { return page_json(page); });
    return 0;
}

}  // namespace assay
