#include "torch/dataset.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/random.hpp"

namespace assay {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t k_limit = std::size_t{1} << 30;

[[noreturn]] void fail(const fs::path& path, const std::string& what) {
    throw Error(
        "T0101", Exit::unreadable, path.string() + ": " + what,
        "four IDX files make a data set: train-images-idx3-ubyte(.gz), train-labels-idx1-ubyte(.gz) and the two t10k-");
}

fs::path existing(const fs::path& folder, const std::string& name) {
    for (const char* ending : {"", ".gz"}) {
        if (fs::exists(folder / (name + ending))) return folder / (name + ending);
    }
    fail(folder / (name + ".gz"), "there is no such file");
}

// inflate() and not gzread(): zlib 1.3.2 reads a file that is cut off as if it ended there.
class Inflater {
public:
    Inflater() { ready_ = ::inflateInit2(&stream_, k_gzip_only + MAX_WBITS) == Z_OK; }
    ~Inflater() {
        if (ready_) ::inflateEnd(&stream_);
    }
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;

    // Appends what `packed` holds: one gzip member or several. False where it is damaged or cut off.
    bool inflate_all(std::string packed, std::string& bytes) {
        std::array<char, 1 << 16> buffer;
        stream_.next_in = reinterpret_cast<Bytef*>(packed.data());
        stream_.avail_in = static_cast<uInt>(packed.size());
        while (ready_ && bytes.size() < k_limit) {
            stream_.next_out = reinterpret_cast<Bytef*>(buffer.data());
            stream_.avail_out = static_cast<uInt>(buffer.size());
            const int code = ::inflate(&stream_, Z_NO_FLUSH);
            if (code != Z_OK && code != Z_STREAM_END) return false;
            bytes.append(buffer.data(), buffer.size() - stream_.avail_out);
            if (code != Z_STREAM_END) continue;
            if (stream_.avail_in == 0) return true;
            ready_ = ::inflateReset(&stream_) == Z_OK;
        }
        return false;
    }

private:
    static constexpr int k_gzip_only = 16;  // added to the size of the window
    z_stream stream_{};
    bool ready_ = false;
};

// Plain or gzip, by its first bytes.
std::string unpacked(const fs::path& path) {
    std::string packed;
    try {
        packed = read_file(path, k_limit);
    } catch (const Error&) {
        fail(path, "cannot be read");
    }
    if (!packed.starts_with("\x1f\x8b")) return packed;
    std::string bytes;
    if (!Inflater().inflate_all(std::move(packed), bytes)) fail(path, "is damaged or cut off");
    return bytes;
}

std::size_t word(const std::string& bytes, std::size_t at) {
    const auto byte = [&](std::size_t i) {
        return static_cast<std::size_t>(static_cast<unsigned char>(bytes[at + i]));
    };
    return byte(0) << 24 | byte(1) << 16 | byte(2) << 8 | byte(3);
}

// The bytes after the header; `dimensions` words follow the magic, the first is the count.
std::string read_body(const fs::path& path, std::size_t magic, std::size_t dimensions, std::size_t item,
                      std::size_t& count) {
    std::string bytes = unpacked(path);
    const std::size_t header = 4 + 4 * dimensions;
    if (bytes.size() < header || word(bytes, 0) != magic) fail(path, "is not an IDX file of the expected kind");
    count = word(bytes, 4);
    if (dimensions == 3 && (word(bytes, 8) != 28 || word(bytes, 12) != 28)) fail(path, "images are not 28 x 28");
    if (bytes.size() != header + count * item) {
        fail(path, "holds " + std::to_string(bytes.size() - header) + " bytes after its header; " +
                       std::to_string(count) + " items need " + std::to_string(count * item));
    }
    return bytes.substr(header);
}

}  // namespace

Images read_idx(const fs::path& folder, const std::string& part) {
    const fs::path images_path = existing(folder, part + "-images-idx3-ubyte");
    const fs::path labels_path = existing(folder, part + "-labels-idx1-ubyte");
    std::size_t n_images = 0, n_labels = 0;
    const std::string pixels = read_body(images_path, 0x803, 3, k_pixels, n_images);
    const std::string labels = read_body(labels_path, 0x801, 1, 1, n_labels);
    if (n_images != n_labels) {
        fail(labels_path, std::to_string(n_labels) + " labels for " + std::to_string(n_images) + " images");
    }
    Images images;
    images.pixels.reserve(pixels.size());
    for (const char pixel : pixels)
        images.pixels.push_back(static_cast<float>(static_cast<unsigned char>(pixel)) / 255.0F);
    for (const char label : labels) {
        if (label < 0 || label > 9) fail(labels_path, "a label outside 0 to 9");
        images.labels.push_back(label);
    }
    return images;
}

Images made_images(std::size_t count, const std::string& part) {
    constexpr std::size_t k_classes = 10;
    Random patterns(1, "synthetic28.patterns");
    std::vector<double> pattern(k_classes * k_pixels);
    for (double& value : pattern) value = patterns.near_normal();
    Random noise(1, "synthetic28." + part);
    Images images;
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t label = static_cast<std::size_t>(noise.below(k_classes));
        images.labels.push_back(static_cast<std::int64_t>(label));
        for (std::size_t p = 0; p < k_pixels; ++p) {
            const double value = 0.5 + 0.04 * pattern[label * k_pixels + p] + 0.2 * noise.near_normal();
            images.pixels.push_back(static_cast<float>(std::clamp(value, 0.0, 1.0)));
        }
    }
    return images;
}

fs::path data_folder() {
    if (const char* named = std::getenv("ASSAY_DATA"); named != nullptr && *named != '\0') return named;
    std::error_code error;
    const fs::path program = fs::read_symlink("/proc/self/exe", error);
    const fs::path installed = program.parent_path().parent_path() / "share" / "assay" / "mnist";
    return !error && fs::exists(installed) ? installed : fs::path(ASSAY_DATA_DIR);
}

}  // namespace assay
