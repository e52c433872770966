#include "core/input_table.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "base/error.hpp"

namespace assay {
namespace {

InputTable example() {
    return {{"a", "b", "c"}, {{"writer", {"w1", "w7"}, {2, 0, 1}}, {"scanner", {"old"}, {1, 1, 1}}}};
}

TEST(InputTable, ReadsBackAndIsWhatItsHeaderSays) {
    EXPECT_EQ(input_table_from_json(to_json(example())), example());
    EXPECT_EQ(canonical_json(to_json({{"a", "b"}, {{"writer", {"w7"}, {1, 0}}}})),
              R"({"format":"assay-inputs/1","ids":["a","b"],"slices":[{"name":"writer","of":[1,0],"values":["w7"]}]})");
}

TEST(InputTable, KnowsTheInputsOfAValue) {
    EXPECT_EQ(inputs_with(example().slices[0], 2), (std::vector<std::size_t>{0}));
    EXPECT_EQ(inputs_with(example().slices[1], 1), (std::vector<std::size_t>{0, 1, 2}));
    EXPECT_EQ(inputs_with(example().slices[0], 0), (std::vector<std::size_t>{1})) << "those without a value";
}

TEST(InputTable, WhatIsNoneIsRefused) {
    const std::function<void(Json&)> damages[] = {
        [](Json& j) { j["format"] = "assay-inputs/2"; },
        [](Json& j) { j["ids"] = Json::Array{}; },
        [](Json& j) {
            j["ids"] = Json::Array{"a", "b", "a"};
        },
        [](Json& j) {
            j["ids"] = Json::Array{"a", "b", ""};
        },
        [](Json& j) {
            j["ids"] = Json::Array{"a", "b", std::string(257, 'x')};
        },
        [](Json& j) {
            j["ids"] = Json::Array{"a", "b"};
        },
        [](Json& j) {
            j["slices"].as_array()[0]["of"] = Json::Array{0, 1, 3};
        },
        [](Json& j) {
            j["slices"].as_array()[0]["of"] = Json::Array{0, 1, -1};
        },
        [](Json& j) {
            j["slices"].as_array()[0]["values"] = Json::Array{"w1", "w1"};
        },
        [](Json& j) { j["slices"] = Json(Json::Array(21, j.at("slices").as_array()[1])); },
        [](Json& j) { j.as_object().erase("slices"); },
    };
    for (const auto& damage : damages) {
        Json json = to_json(example());
        damage(json);
        EXPECT_THROW(input_table_from_json(json), Error) << canonical_json(json);
    }
}

}  // namespace
}  // namespace assay
