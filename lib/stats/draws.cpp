#include "stats/draws.hpp"

#include <utility>

#include "base/check.hpp"
#include "base/random.hpp"

namespace assay {
namespace {

constexpr std::uint64_t k_words = std::uint64_t{1} << 32;

// Words of one arrangement, in order.
class Words {
public:
    Words(std::array<std::uint32_t, 2> key, std::uint64_t index) : key_(key), index_(index) {}

    std::uint32_t next() {
        if (used_ == 4) {
            block_ = philox4x32(
                {position_++, 0, static_cast<std::uint32_t>(index_), static_cast<std::uint32_t>(index_ >> 32)}, key_);
            used_ = 0;
        }
        return block_[used_++];
    }

private:
    std::array<std::uint32_t, 2> key_;
    std::uint64_t index_;
    std::uint32_t position_ = 0;
    std::array<std::uint32_t, 4> block_{};
    unsigned used_ = 4;
};

}  // namespace

Draws::Draws(std::uint64_t seed, std::string_view stream, std::vector<std::uint32_t> bounds)
    : key_{}, bounds_(std::move(bounds)) {
    const std::uint64_t key = Random(seed, stream).next();
    key_ = {static_cast<std::uint32_t>(key), static_cast<std::uint32_t>(key >> 32)};
    for (std::size_t i = 0; i < bounds_.size();) {
        std::uint64_t product = 1;
        const std::size_t first = i;
        for (; i < bounds_.size() && product * bounds_[i] <= k_words; ++i) {
            ASSAY_CHECK(bounds_[i] > 0);
            product *= bounds_[i];
        }
        batches_.push_back({first, i, static_cast<std::uint32_t>(k_words % product)});
    }
}

// With w uniform in [0, 2^32) and b the product of the bounds, w b / 2^32 written in the mixed base of the bounds gives
// the numbers; the rest, w b mod 2^32, says whether this w must be rejected.
void Draws::draw(std::uint64_t index, std::span<std::uint32_t> out) const {
    Words words(key_, index);
    for (const Batch& batch : batches_) {
        std::uint32_t rest = 0;
        do {
            rest = words.next();
            for (std::size_t i = batch.first; i < batch.last; ++i) {
                const std::uint64_t product = std::uint64_t{rest} * bounds_[i];
                out[i] = static_cast<std::uint32_t>(product >> 32);
                rest = static_cast<std::uint32_t>(product);
            }
        } while (rest < batch.reject);
    }
}

std::vector<std::uint32_t> shuffle_bounds(std::size_t size, std::size_t wanted) {
    std::vector<std::uint32_t> bounds;
    for (std::size_t i = 0; i < wanted && size - i > 1; ++i) bounds.push_back(static_cast<std::uint32_t>(size - i));
    return bounds;
}

}  // namespace assay
