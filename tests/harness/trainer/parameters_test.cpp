#include "trainer/parameters.hpp"

#include <gtest/gtest.h>

#include <set>

namespace assay {
namespace {

TEST(Parameters, DefaultsFitTheirOwnRules) {
    for (const char* trainer : {"torch", "synthetic"}) {
        std::set<std::string> names, keys;
        for (const Parameter& p : trainer_parameters(trainer)) {
            EXPECT_FALSE(value_problem(p, p.default_value))
                << p.name << ": " << value_problem(p, p.default_value).value_or("");
            EXPECT_TRUE(names.insert(p.name).second) << p.name << " twice: parameters share one name space";
            EXPECT_TRUE(keys.insert(p.block + "." + p.key).second);
            EXPECT_FALSE(p.help.empty());
        }
    }
    EXPECT_TRUE(trainer_parameters("exec").empty());
}

TEST(Parameters, ValuesOutOfRangeAreNamed) {
    struct Row {
        std::string name;
        Json value;
        std::string problem;
    };
    const Row rows[] = {
        {"lr", 0.1, ""},
        {"lr", "0.1", "expected a number from 0 to 100"},
        {"lr", -1, "expected a number from 0 to 100"},
        {"batch", 32, ""},
        {"batch", 1.5, "expected an integer from 1 to 1000000"},
        {"hidden", Json::Array{64, 32}, ""},
        {"hidden", Json::Array{}, "expected a list of integers from 1 to 65536"},
        {"hidden", 64, "expected a list of integers from 1 to 65536"},
        {"optimizer", "adam", ""},
        {"optimizer", "adm", "expected one of adam, sgd, rmsprop; did you mean 'adam'?"},
    };
    for (const Row& row : rows) {
        EXPECT_EQ(value_problem(*find_parameter("torch", row.name), row.value).value_or(""), row.problem) << row.name;
    }
    EXPECT_EQ(find_parameter("torch", "lrr"), nullptr);
}

}  // namespace
}  // namespace assay
