// Named random streams that give the same numbers on every machine, compiler and thread count.
//
// The generator is Philox4x32-10 (Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3",
// SC 2011). Its key is the first 8 bytes of SHA-256("assay-random/1" NUL stream NUL seed-as-8-LE-bytes), its
// counter is (position, index): streams of different names, seeds or indices never meet. Only integer
// arithmetic and + - * / on doubles are used, so results are bit-identical wherever IEEE 754 holds.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace assay {

// One block of Philox4x32 with 10 rounds. Pure; tested against the vectors of its authors.
std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key);

class Random {
public:
    Random(std::uint64_t seed, std::string_view stream, std::uint64_t index = 0);

    std::uint64_t next();                      // 64 uniform bits
    std::uint64_t below(std::uint64_t bound);  // uniform in [0, bound), without bias; precondition: bound > 0
    double uniform();                          // [0, 1), 53 bits
    // Sum of 12 uniforms minus 6: mean 0, variance exactly 1, |value| <= 6, excess kurtosis -0.1. Used where
    // variance matters and the tails do not, because log and cos differ between C libraries.
    double near_normal();

    template <class T>
    void shuffle(std::span<T> items) {  // Fisher-Yates from the end
        for (std::size_t i = items.size(); i > 1; --i) {
            std::swap(items[i - 1], items[static_cast<std::size_t>(below(i))]);
        }
    }
    std::vector<std::int64_t> permutation(std::size_t size);  // a random order of 0 .. size-1

private:
    std::array<std::uint32_t, 2> key_;
    std::uint64_t index_;
    std::uint64_t position_ = 0;
    std::array<std::uint32_t, 4> block_{};
    unsigned used_ = 4;
};

// The seed of level `index` of a seed stream, drawn from an audit's root seed: 0 .. 2^32 - 1, so that it
// fits numpy. Adding levels never changes the earlier ones.
std::uint32_t derive_seed(std::uint64_t root_seed, std::string_view stream, std::uint64_t index);

}  // namespace assay
