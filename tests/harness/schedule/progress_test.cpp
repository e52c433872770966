#include "schedule/progress.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/text.hpp"

namespace assay {
namespace {

Plan plan_of(int runs) {
    Plan plan;
    plan.factors = {{FactorKind::seed, "init", {}}};
    for (int i = 0; i < runs; ++i) {
        plan.factors[0].levels.emplace_back(std::to_string(i));
        PlannedRun run;
        run.number = i + 1;
        run.levels = {i};
        plan.runs.push_back(run);
    }
    return plan;
}

TEST(Progress, OnATerminalItRedrawsThreeLinesWithinTheWidth) {
    const Plan plan = plan_of(40);
    for (const int width : {40, 80, 120}) {
        std::string text;
        Progress progress(
            plan, 10, {true, false, true, width}, [&](const std::string& t) { text += t; },
            [] { return std::string(300, 'e'); });
        progress.on_event({RunEvent::Kind::started, 0, nullptr, {}});
        ::usleep(110'000);
        progress.on_event({});
        const std::string first = text.substr(0, text.find("\r\033[2A"));
        const auto lines = split_lines(first);
        ASSERT_EQ(lines.size(), 3U) << text;
        EXPECT_TRUE(lines[0].starts_with("run  10/40"));
        EXPECT_NE(lines[1].find("001 init=1"), std::string::npos);
        for (const std::string& line : lines) EXPECT_LT(display_width(line), static_cast<std::size_t>(width));
        progress.finish();
        EXPECT_TRUE(text.ends_with("\r\033[2A\033[J")) << "the display is cleared at the end";
    }
}

// What runs say of themselves stands beside them, and gives a first estimate before any of them is over.
TEST(Progress, ShowsHowFarARunSaysThatItIs) {
    const Plan plan = plan_of(2);
    std::string text;
    Progress progress(
        plan, 0, {true, false, true, 100}, [&](const std::string& t) { text += t; }, [] { return ""; });
    progress.on_event({RunEvent::Kind::started, 0, nullptr, {}});
    progress.on_event({RunEvent::Kind::started, 1, nullptr, {}});
    EXPECT_EQ(text.find("left"), std::string::npos) << text;
    progress.on_event({RunEvent::Kind::reached, 0, nullptr, {0.3, ""}});
    progress.on_event({RunEvent::Kind::reached, 1, nullptr, {0.45, "epoch 2"}});
    ::usleep(110'000);
    progress.on_event({});
    EXPECT_NE(text.find("001 init=1 30% · 002 init=2 epoch 2 45%"), std::string::npos) << text;
    EXPECT_NE(text.find("left"), std::string::npos) << text;
}

TEST(Progress, InALogItPrintsNoEscapesAndEachFailureAtOnce) {
    const Plan plan = plan_of(3);
    std::string text;
    Progress progress(
        plan, 0, {false, false, true, 80}, [&](const std::string& t) { text += t; }, [] { return ""; });
    progress.on_event({RunEvent::Kind::started, 1, nullptr, {}});
    RunRecord record;
    record.state = RunState::failed;
    record.reason = "R0204: the trainer ended with exit 1";
    progress.on_event({RunEvent::Kind::finished, 1, &record, {}});
    progress.finish();
    EXPECT_EQ(text, "run 002 failed: R0204: the trainer ended with exit 1\n");
}

}  // namespace
}  // namespace assay
