// The pages of `assay explain`: one for each error code and one for each metric of a gate.
#pragma once

#include <span>
#include <string_view>
#include <vector>

namespace assay {

struct CodePage {
    std::string_view code, meaning, todo;
};
const std::vector<CodePage>& code_pages();     // sorted by code
std::span<const CodePage> later_code_pages();  // its end: N to Z

struct MetricPage {
    std::string_view metric;   // "flips", as a rule begins
    std::string_view meaning;  // what 0, 1 or a large value says
    std::string_view computed;
    std::string_view todo;  // where it is not as wanted
    std::string_view example;
};
const std::vector<MetricPage>& metric_pages();

}  // namespace assay
