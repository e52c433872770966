// A data set's two files, plain or gzip, as one input of several files (files_of in fuzz.hpp).
#include "fuzz/fuzz.hpp"
#include "torch/dataset.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const assay::TemporaryDirectory k_scratch(assay::fuzz::scratch_parent());
    const std::pair<const char*, const char*> names[] = {{"images", "train-images-idx3-ubyte"},
                                                         {"labels", "train-labels-idx1-ubyte"}};
    for (const auto& [name, file] : names) std::filesystem::remove(k_scratch.path() / file);
    for (const auto& [found, bytes] : assay::fuzz::files_of(assay::fuzz::text_of(data, size))) {
        for (const auto& [name, file] : names) {
            if (found == name) assay::fuzz::write_plain(k_scratch.path() / file, bytes);
        }
    }
    const auto images =
        assay::fuzz::read_or_refuse("T0101", [&] { return assay::read_idx(k_scratch.path(), "train"); });
    if (!images) return 0;
    ASSAY_CHECK(images->pixels.size() == images->size() * assay::k_pixels);
    for (const std::int64_t label : images->labels) ASSAY_CHECK(label >= 0 && label <= 9);
    for (const float pixel : images->pixels) ASSAY_CHECK(pixel >= 0 && pixel <= 1);
    return 0;
}
