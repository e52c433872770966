// The saved model, asked again: counted over runs, and the worst one named.
#include "analysis/reloads.hpp"

#include <gtest/gtest.h>

#include "lib/analysis/audit_builder.hpp"

namespace assay {
namespace {

using testing::Audit;

Audit asked_again(const std::vector<Reload>& reloads) {
    Audit audit = testing::crossed(
        {testing::seeds("init", static_cast<int>(reloads.size()))},
        [](const std::vector<int>& levels, int) { return testing::flipping({static_cast<std::size_t>(levels[0])}); });
    for (std::size_t i = 0; i < reloads.size(); ++i) audit.runs[i].reload = reloads[i];
    return audit;
}

const Reload k_same = {ReloadState::same, 0, 20, 0, ""};

TEST(Reloads, AllTheSameIsNoFinding) {
    const Attribution a = asked_again({k_same, k_same}).attribution();
    EXPECT_TRUE(a.findings.empty());
    ASSERT_TRUE(a.reloads);
    EXPECT_EQ(a.reloads->runs, 2U);
    EXPECT_EQ(a.reloads->same, 2U);
}

TEST(Reloads, NobodyAskedIsNoFigure) {
    Audit audit = asked_again({k_same, k_same});
    for (RunData& run : audit.runs) run.reload.reset();
    EXPECT_FALSE(audit.attribution().reloads);
}

TEST(Reloads, DifferencesAndFailuresAreFindingsOfTheirOwn) {
    const Attribution a = asked_again({k_same,
                                       {ReloadState::differs, 0, 20, 0.5, ""},
                                       {ReloadState::differs, 3, 20, 0.25, ""},
                                       {ReloadState::failed, 0, 0, 0, "R0204: trainer.predict ended with exit 3"}})
                              .attribution();
    const std::vector<Finding> expected = {
        {"D0111",
         "RELOAD_DIFFERS: in 2 of 4 runs the saved model, reloaded in a fresh process, does not predict what "
         "the training predicted: 3 of 20 labels differ, max |dp| 0.25 (run 003, the worst)"},
        {"D0112",
         "RELOAD_FAILED: in 1 of 4 runs trainer.predict gave no predictions of the saved model: R0204: "
         "trainer.predict ended with exit 3 (run 004)"}};
    EXPECT_EQ(a.findings, expected);
}

}  // namespace
}  // namespace assay
