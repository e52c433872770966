// What frameworks print while they train, as they print it.
#include "trainer/own_progress.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace assay {
namespace {

std::optional<Reached> after(const std::string& how, const std::vector<std::string>& pieces) {
    OwnProgress progress(how);
    for (const std::string& piece : pieces) progress.printed(piece);
    return progress.reached();
}

struct Row {
    const char* how;
    std::vector<std::string> printed;
    std::optional<Reached> reached;
};

TEST(OwnProgress, OfEachPreset) {
    const Row rows[] = {
        {"keras", {"Epoch 1/4\n"}, Reached{0, ""}},
        {"keras", {"Epoch 3/4\n"}, Reached{0.5, ""}},
        {"keras", {"Epoch 3/4\n 25/100 ━━━━━━ 1s 2ms/step - loss: 0.1"}, Reached{0.5625, ""}},
        {"keras", {"Epoch 3/4\n", "\r 25/100 ━━ 1s\r 50/1", "00 ━━━━ 1s\r"}, Reached{0.625, ""}},
        {"keras", {"Epoch 2/2\n63/63 - 1s - 9ms/step - accuracy: 0.93\n"}, Reached{1, ""}},
        {"keras", {"63/63 - 0s\n"}, std::nullopt},
        {"lightning", {"Epoch 2:  45%|####5     | 45/100 [00:12<00:15,  3.6it/s]"}, Reached{0.45, "epoch 2"}},
        {"lightning", {"Epoch 1/3 ━━━━━ 50/100 0:00:12 • 0:00:15 4.1it/s"}, Reached{0.375, ""}},
        {"tqdm", {" 45%|████▌     | 45/100 [00:12<00:15, 3.6it/s]"}, Reached{0.45, ""}},
        {"tqdm",
         {"0it [00:00, ?it/s]", "\r 10%|█ | 1/10 [00:01<00:09]\r 20%|██ | 2/10 [00:02<00:08]"},
         Reached{0.2, ""}},
        {"tqdm", {"loss 0.4\n"}, std::nullopt},
        {"step (\\d+) of (\\d+)", {"step 3 of 4\n"}, Reached{0.75, ""}},
        {"(?P<of>\\d+) rounds, (?P<step>\\d+) done", {"8 rounds, 2 done\n"}, Reached{0.25, ""}},
        {"(?<step>\\d+)/(?<of>\\d+)", {"9/6\n"}, Reached{1, ""}},
        {"(\\d+) of (\\d+)", {"3 of 0\n"}, std::nullopt},
    };
    for (const Row& row : rows) EXPECT_EQ(after(row.how, row.printed), row.reached) << row.how << row.printed.back();
}

TEST(OwnProgress, OfAFloodIsItsEnd) {
    const std::string flood(1 << 20, 'y');
    EXPECT_EQ(after("tqdm", {flood + "\n| 1/10 [00:01]\n" + flood + "\n| 9/10 [00:09]\n"}), (Reached{0.9, ""}));
    EXPECT_EQ(after("tqdm", {flood, flood}), std::nullopt);
}

TEST(OwnProgress, WhatNamesNoWayIsSaid) {
    for (const char* how : {"keras", "lightning", "tqdm", "(a)(b)"}) EXPECT_FALSE(progress_problem(how)) << how;
    EXPECT_EQ(progress_problem("kears"),
              "a regular expression needs two groups, the step and how many there are; it has 0");
    EXPECT_EQ(progress_problem("(a"), "it is no regular expression");
    EXPECT_TRUE(progress_problem(std::string(201, 'a')));
}

TEST(ProgressLines, TheLastWholeLineCounts) {
    EXPECT_EQ(reached_in_lines("{\"step\":1,\"of\":4}\n{\"step\": 2, \"of\": 4, \"loss\": 0.5}\n{\"ste"),
              (Reached{0.5, ""}));
    EXPECT_EQ(reached_in_lines("tep\":1}\n[1]\n{\"step\":\"x\",\"of\":2}\n"), std::nullopt);
    EXPECT_EQ(reached_in_lines(""), std::nullopt);
}

}  // namespace
}  // namespace assay
