// Random arrangements by number: arrangement i is the same whoever draws it, and in whatever order.
//
// The words are Philox4x32-10 (base/random) at counter (position, number of the arrangement), under a key that the seed
// and the stream's name give. Several small uniform numbers come from one 32-bit word (Brackett-Rozinsky and Lemire,
// Batched ranged random integer generation, Software: Practice and Experience 2024, algorithm 3): exactly uniform and
// independent, by rejection.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace assay {

class Draws {
public:
    // Every arrangement is made of bounds.size() numbers, the i-th uniform in [0, bounds[i]). Precondition: bounds > 0.
    Draws(std::uint64_t seed, std::string_view stream, std::vector<std::uint32_t> bounds);

    std::size_t size() const { return bounds_.size(); }
    // Fills out[0 .. size()). Const, hence for any number of threads at once.
    void draw(std::uint64_t index, std::span<std::uint32_t> out) const;

private:
    struct Batch {
        std::size_t first, last;  // numbers that share a word
        std::uint32_t reject;     // 2^32 mod the product of their bounds
    };
    std::array<std::uint32_t, 2> key_;
    std::vector<std::uint32_t> bounds_;
    std::vector<Batch> batches_;
};

// The bounds of a Fisher-Yates shuffle of `size` things whose first `wanted` places matter.
std::vector<std::uint32_t> shuffle_bounds(std::size_t size, std::size_t wanted);

// The shuffle itself: place i takes what lies digits[i] places further on.
template <class T>
void shuffle_by(std::span<const std::uint32_t> digits, std::span<T> items) {
    for (std::size_t i = 0; i < digits.size(); ++i) {
        const T taken = items[i + digits[i]];
        items[i + digits[i]] = items[i];
        items[i] = taken;
    }
}

}  // namespace assay
