#include "core/gate_report.hpp"

#include <algorithm>
#include <array>

namespace assay {
namespace {

int rank(CaseState state) {
    constexpr std::array k_order = {CaseState::refused,   CaseState::fail,   CaseState::incomplete,
                                    CaseState::undecided, CaseState::warned, CaseState::reported,
                                    CaseState::pass};
    return static_cast<int>(std::find(k_order.begin(), k_order.end(), state) - k_order.begin());
}

}  // namespace

std::string place_text(const SpecPlace& place) {
    if (place.file.empty()) return "";
    return place.line > 0 ? place.file + ":" + std::to_string(place.line) : place.file;
}

std::string_view case_state_name(CaseState state) {
    constexpr std::array<std::string_view, 7> k_names = {"pass",    "fail",       "undecided", "warned",
                                                         "refused", "incomplete", "reported"};
    return k_names.at(static_cast<std::size_t>(state));
}

std::string_view gate_outcome_name(GateOutcome outcome) {
    constexpr std::array<std::string_view, 8> k_names = {"pass",    "fail",     "undecided",  "incomplete",
                                                         "refused", "reported", "consistent", "outlier"};
    return k_names.at(static_cast<std::size_t>(outcome));
}

std::vector<const GateCase*> worst_first(const GateReport& report) {
    std::vector<const GateCase*> cases;
    for (const GateCase& one : report.cases) cases.push_back(&one);
    std::stable_sort(cases.begin(), cases.end(),
                     [](const GateCase* a, const GateCase* b) { return rank(a->state) < rank(b->state); });
    return cases;
}

std::size_t cases_in(const GateReport& report, CaseState state) {
    return static_cast<std::size_t>(std::count_if(report.cases.begin(), report.cases.end(),
                                                  [&](const GateCase& one) { return one.state == state; }));
}

std::string case_summary(const GateCase& one) {
    std::string text = one.measured;
    if (text.empty()) {  // "baseline_missing"
        text = one.reason;
        std::replace(text.begin(), text.end(), '_', ' ');
    }
    if (!one.limit.empty()) text += (text.empty() ? "limit " : ", limit ") + one.limit;
    return one.more.empty() ? text : text + "; " + one.more;
}

}  // namespace assay
