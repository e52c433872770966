#include "core/reload.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "base/check.hpp"
#include "base/error.hpp"
#include "core/fields.hpp"

namespace assay {
namespace {

constexpr std::array<std::pair<ReloadState, const char*>, 3> k_states = {
    {{ReloadState::same, "same"}, {ReloadState::differs, "differs"}, {ReloadState::failed, "failed"}}};

}  // namespace

Reload compare_reloaded(const Predictions& trained, const Predictions& reloaded) {
    ASSAY_CHECK(trained.n_inputs == reloaded.n_inputs && trained.n_classes == reloaded.n_classes);
    Reload out;
    out.inputs = trained.n_inputs;
    const auto before = predicted_labels(trained), after = predicted_labels(reloaded);
    for (std::size_t i = 0; i < before.size(); ++i) out.labels += before[i] != after[i] ? 1U : 0U;
    for (std::size_t i = 0; i < trained.probabilities.size(); ++i) {
        const double change = static_cast<double>(trained.probabilities[i]) - reloaded.probabilities[i];
        out.max_abs_dp = std::max(out.max_abs_dp, std::abs(change));
    }
    out.state = trained.probabilities == reloaded.probabilities ? ReloadState::same : ReloadState::differs;
    return out;
}

Json to_json(const Reload& reload) {
    const auto state =
        std::find_if(k_states.begin(), k_states.end(), [&](const auto& row) { return row.first == reload.state; });
    return Json::Object{{"schema", "assay/reload/1"},
                        {"state", state->second},
                        {"labels", static_cast<std::uint64_t>(reload.labels)},
                        {"inputs", static_cast<std::uint64_t>(reload.inputs)},
                        {"max_abs_dp", reload.max_abs_dp},
                        {"reason", reload.reason}};
}

Reload reload_from_json(const Json& json) {
    Reload reload;
    const std::string& name = object_from_json(json).at("state").as_string();
    const auto state =
        std::find_if(k_states.begin(), k_states.end(), [&](const auto& row) { return name == row.second; });
    if (state == k_states.end())
        throw Error("J0002", Exit::unreadable, "'" + name + "' is no state of a reloaded model");
    reload.state = state->first;
    reload.labels = static_cast<std::size_t>(size_from_json(json.at("labels")));
    reload.inputs = static_cast<std::size_t>(size_from_json(json.at("inputs")));
    reload.max_abs_dp = json.at("max_abs_dp").as_number();
    reload.reason = json.at("reason").as_string();
    return reload;
}

}  // namespace assay
