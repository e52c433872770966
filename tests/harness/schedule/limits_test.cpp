// Time and disk: when a training is asked to end, and when it is ended. Pure: the moments are given.
#include "schedule/limits.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "base/file.hpp"

namespace assay {
namespace {
using Order = LimitWatch::Order;
using Clock = LimitWatch::Clock;
using std::chrono::milliseconds;

TEST(LimitWatch, EachOrderComesOnceAndInItsTurn) {
    const auto begin = Clock::now();
    LimitWatch watch({10, 0, 2}, {});
    const std::pair<int, Order> rows[] = {{0, Order::none},      {9'900, Order::none},  {10'100, Order::ask_to_end},
                                          {10'200, Order::none}, {12'000, Order::none}, {12'200, Order::end_everything},
                                          {12'300, Order::none}, {99'000, Order::none}};
    for (const auto& [ms, order] : rows) EXPECT_EQ(watch.look(begin + milliseconds(ms)), order) << ms;
    EXPECT_EQ(watch.overrun(), Overrun::time);
}

TEST(LimitWatch, WhoWasAskedBySomebodyElseHasTheSameGraceAndOverranNothing) {
    const auto begin = Clock::now();
    LimitWatch watch({10, 0, 2}, {});
    watch.was_asked(begin + milliseconds(1'000));
    watch.was_asked(begin + milliseconds(2'500));  // again: the grace does not begin anew
    EXPECT_EQ(watch.look(begin + milliseconds(2'900)), Order::none);
    EXPECT_EQ(watch.look(begin + milliseconds(3'100)), Order::end_everything);
    EXPECT_EQ(watch.overrun(), Overrun::none);
    EXPECT_TRUE(watch.asked());
}

TEST(LimitWatch, DiskIsWhatAllFoldersHoldTogether) {
    const TemporaryDirectory a, b;
    const auto begin = Clock::now();
    LimitWatch watch({10, 3 << 20, 2}, {a.path(), b.path(), ""});
    make_directories(a.path() / "deep" / "er");
    write_file_atomic(a.path() / "deep" / "er" / "x", std::string(2 << 20, 'x'));
    EXPECT_EQ(watch.look(begin + milliseconds(300)), Order::none);
    write_file_atomic(b.path() / "y", std::string(2 << 20, 'y'));
    EXPECT_EQ(watch.look(begin + milliseconds(5'000)), Order::ask_to_end);
    EXPECT_EQ(watch.overrun(), Overrun::disk);
}

TEST(BytesBelow, CountsWhatIsWrittenNotWhatIsClaimedOrLinkedTo) {
    const TemporaryDirectory folder, elsewhere;
    EXPECT_EQ(bytes_below(folder.path() / "none"), 0U);
    write_file_atomic(elsewhere.path() / "big", std::string(1 << 20, 'x'));
    std::filesystem::create_symlink(elsewhere.path(), folder.path() / "link");
    std::filesystem::create_symlink(folder.path(), folder.path() / "loop");
    write_file_atomic(folder.path() / "holes", "x");
    std::filesystem::resize_file(folder.path() / "holes", std::uintmax_t{1} << 40);
    EXPECT_LT(bytes_below(folder.path()), 1U << 18);
}

}  // namespace
}  // namespace assay
