#include "core/reload.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace assay {
namespace {

Predictions predictions(std::vector<float> values) { return {values.size() / 2, 2, std::move(values), ""}; }

TEST(Reload, SaysHowFarAndHowManyLabels) {
    const Predictions trained = predictions({0.75F, 0.25F, 0.5F, 0.5F, 0.125F, 0.875F});
    const std::pair<std::vector<float>, Reload> rows[] = {
        {{0.75F, 0.25F, 0.5F, 0.5F, 0.125F, 0.875F}, {ReloadState::same, 0, 3, 0, ""}},
        {{0.75F, 0.25F, 0.5F, 0.5F, 0.25F, 0.75F}, {ReloadState::differs, 0, 3, 0.125, ""}},
        {{0.25F, 0.75F, 0.25F, 0.75F, 0.125F, 0.875F}, {ReloadState::differs, 2, 3, 0.5, ""}},
    };
    for (const auto& [values, expected] : rows) EXPECT_EQ(compare_reloaded(trained, predictions(values)), expected);
}

TEST(Reload, ComesBackFromItsJson) {
    const Reload rows[] = {{ReloadState::same, 0, 3, 0, ""},
                           {ReloadState::differs, 2, 3, 0.1, ""},
                           {ReloadState::failed, 0, 0, 0, "R0204: trainer.predict ended with exit 3"}};
    for (const Reload& reload : rows)
        EXPECT_EQ(reload_from_json(parse_json(canonical_json(to_json(reload)), "")), reload);
}

TEST(Reload, RefusesWhatIsNone) {
    Json json = to_json(Reload{});
    json["state"] = "perhaps";
    EXPECT_THROW(reload_from_json(json), Error);
    EXPECT_THROW(reload_from_json(Json::Array{}), Error);
    EXPECT_THROW(reload_from_json(Json::Object{{"state", "same"}}), Error);
}

}  // namespace
}  // namespace assay
