// Images and labels, decoded once. No torch here: a fork server decodes before it forks.
//
// IDX (Y. LeCun): u32 big-endian magic 0x00000803 (images: count, rows, columns) or 0x00000801 (labels: count), then
// bytes. Plain or gzip.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace assay {

inline constexpr std::size_t k_pixels = 28 * 28;

struct Images {
    std::vector<float> pixels;         // n x 784, row-major, 0 to 1
    std::vector<std::int64_t> labels;  // n, 0 to 9
    std::size_t size() const { return labels.size(); }
};

// `part`: "train" or "t10k". Error T0101 (exit 74) naming the file and what is wrong: missing, truncated, not IDX,
// labels and images that do not fit together.
Images read_idx(const std::filesystem::path& folder, const std::string& part);

// Ten noisy patterns that need no file; the same numbers everywhere (base/random). `part` picks independent noise.
Images made_images(std::size_t count, const std::string& part);

// $ASSAY_DATA, share/assay/mnist beside the program's bin folder, or the source tree's fixtures.
std::filesystem::path data_folder();

}  // namespace assay
