// Weights as they arrive: digests of each tensor, whatever the file. One file that can be opened is kept as it is, the
// arrays of a folder as one.
#include <algorithm>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "core/safetensors.hpp"
#include "fingerprint/weights.hpp"
#include "trainer/arrival.hpp"

namespace assay {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t k_weights_limit = std::size_t{4} << 30;
constexpr std::size_t k_arrays_limit = 100'000;

WeightFile read_weight_file(std::string bytes, const std::string& name) {
    try {
        return read_weights(std::move(bytes), name);
    } catch (const Error& error) {
        failed("R0219", name + ": " + error.what());
    }
}

// A file that is not opened is one row, which stands for its bytes and not for what they mean.
std::vector<TensorDigest> digests_of(const WeightFile& file, const std::string& name) {
    if (file.container == "bytes") return {{name, k_opaque_dtype, {file.size_bytes}, file.sha256}};
    return digests_of(file.tensors);
}

// NAME/layer1.npy is the tensor layer1.
std::vector<WeightFile> read_weight_folder(const fs::path& out, const std::string& folder) {
    const std::vector<std::string> names = list_directory(out / folder);
    if (names.size() > k_arrays_limit) failed("R0219", folder + " holds " + plural(names.size(), "file"));
    std::vector<WeightFile> files;
    std::size_t left = k_weights_limit;
    for (const std::string& name : names) {
        const std::string shown = folder + "/" + elide(printable_line(name), 60);
        if (!name.ends_with(".npy")) failed("R0219", shown + " is no .npy array; the folder may hold nothing else");
        auto bytes = read_output(out / folder, name, left);
        if (!bytes) failed("R0219", shown + " is gone");
        left -= bytes->size();
        WeightFile& file = files.emplace_back(read_weight_file(std::move(*bytes), shown));
        if (file.tensors.size() != 1) failed("R0219", shown + ": " + file.note);
        file.tensors.front().name = printable_line(name.substr(0, name.size() - 4));
    }
    return files;
}

void take_weight_folder(const fs::path& out, const std::string& folder, TrainerResults& results) {
    const std::vector<WeightFile> files = read_weight_folder(out, folder);
    std::vector<TensorView> tensors;
    for (const WeightFile& file : files) tensors.push_back(file.tensors.front());
    try {
        std::string kept = write_safetensors(tensors);
        results.weights = read_safetensors(kept);
        results.files["weights.safetensors"] = std::move(kept);
    } catch (const Error& error) {
        failed("R0219", folder + ": " + error.what());
    }
}

std::string weights_found(const fs::path& out) {
    for (const char* name : {"weights.safetensors", "weights.npz", "weights.npy", "weights"}) {
        std::error_code error;
        if (fs::exists(fs::symlink_status(out / name, error))) return name;
    }
    return "";
}

}  // namespace

void take_weights(const fs::path& out, const std::string& wanted, TrainerResults& results) {
    const std::string name = wanted.empty() ? weights_found(out) : wanted;
    if (name.empty()) return;
    if (fs::symlink_status(out / name).type() == fs::file_type::directory) {
        take_weight_folder(out, name, results);
        return;
    }
    auto bytes = read_output(out, name, k_weights_limit);
    if (!bytes) failed("R0219", "the trainer ended without writing " + name + ", the weights that the spec names");
    const WeightFile file = read_weight_file(*bytes, name);
    results.weights = digests_of(file, name);
    if (file.container != "bytes") results.files["weights." + file.container] = std::move(*bytes);
}

}  // namespace assay
