#include "base/error.hpp"

#include <gtest/gtest.h>

#include "base/check.hpp"

namespace assay {
namespace {

TEST(Exit, TheWorseOfTwoIsReported) {
    // 70 > 130, 143, 75 > 74 > 2 > 1 > 4 > 3 > 5 > 0: any two of this list, in both orders.
    const Exit falling[] = {Exit::bug,        Exit::unreadable, Exit::usage,   Exit::no,
                            Exit::incomplete, Exit::undecided,  Exit::nothing, Exit::yes};
    for (std::size_t i = 0; i < std::size(falling); ++i) {
        for (std::size_t j = i; j < std::size(falling); ++j) {
            EXPECT_EQ(worse(falling[i], falling[j]), falling[i]);
            EXPECT_EQ(worse(falling[j], falling[i]), falling[i]);
        }
    }
    EXPECT_EQ(worse(Exit::interrupted, Exit::incomplete), Exit::interrupted);
    EXPECT_EQ(worse(Exit::bug, Exit::terminated), Exit::bug);
}

TEST(Error, PrintsCodeMessageAndHelp) {
    EXPECT_EQ(format_error(Error("S0103", Exit::usage, "unknown key 'lrr'", "did you mean 'lr'?")),
              "error[S0103]: unknown key 'lrr'\n  = did you mean 'lr'?\n");
    EXPECT_EQ(format_error(Error("F0001", Exit::unreadable, "gone")), "error[F0001]: gone\n");
}

TEST(Check, EndsTheProgramWith70AndTheExpression) {
    EXPECT_EXIT(ASSAY_CHECK(1 + 1 == 3), ::testing::ExitedWithCode(70), "1 \\+ 1 == 3");
}

}  // namespace
}  // namespace assay
