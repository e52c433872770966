// What a person and a program read, whole: a change of any word or figure shows here.
#include "support/golden.hpp"

#include <gtest/gtest.h>

#include "harness/report/scenarios.hpp"
#include "report/json.hpp"
#include "report/terminal.hpp"

namespace assay {
namespace {

class GoldenReport : public ::testing::TestWithParam<std::string> {};

TEST_P(GoldenReport, TerminalIsAsAccepted) {
    testing::expect_golden(terminal_report(testing::scenario(GetParam()), {80, false, true}),
                           "report/" + GetParam() + ".txt");
}

TEST_P(GoldenReport, AsciiIsAsAccepted) {
    testing::expect_golden(terminal_report(testing::scenario(GetParam()), {80, false, false}),
                           "report/" + GetParam() + ".ascii.txt");
}

TEST_P(GoldenReport, JsonIsAsAccepted) {
    testing::expect_golden(pretty_json(json_report(testing::scenario(GetParam()))), "report/" + GetParam() + ".json");
}

INSTANTIATE_TEST_SUITE_P(Scenarios, GoldenReport, ::testing::ValuesIn(testing::scenario_names()),
                         [](const auto& one) { return one.param; });

}  // namespace
}  // namespace assay
