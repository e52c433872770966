#include "base/on_threads.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace assay {
namespace {

TEST(OnThreads, EveryItemOnceOnAnyNumberOfThreads) {
    for (const unsigned threads : {1U, 2U, 7U}) {
        for (const std::size_t n : {std::size_t{0}, std::size_t{1}, std::size_t{1000}}) {
            std::vector<std::atomic<int>> seen(n);
            each_on_threads(threads, n, [&](std::size_t i) { ++seen[i]; });
            for (const auto& count : seen) EXPECT_EQ(count, 1);
        }
    }
}

TEST(OnThreads, AnExceptionEndsTheWorkAndIsThrownToTheCaller) {
    for (const unsigned threads : {1U, 3U}) {
        std::atomic<int> calls{0};
        const auto run = [&] {
            each_on_threads(threads, 1'000'000, [&](std::size_t i) {
                ++calls;
                if (i == 5) throw std::runtime_error("five");
            });
        };
        EXPECT_THROW(run(), std::runtime_error);
        EXPECT_GE(calls, 6);
        if (threads == 1) {
            EXPECT_EQ(calls, 6);
        }
    }
}

TEST(OnThreads, ThereIsACore) { EXPECT_GE(usable_cores(), 1); }

}  // namespace
}  // namespace assay
