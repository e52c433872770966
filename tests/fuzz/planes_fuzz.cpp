#include <algorithm>

#include "archive/planes.hpp"
#include "archive/planes_file.hpp"
#include "fuzz/fuzz.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view file = assay::fuzz::text_of(data, size);
    const auto tensors = assay::fuzz::read_or_refuse("A0301", [&] { return assay::read_planes_header(file); });
    if (!tensors) return 0;
    ASSAY_CHECK(assay::looks_like_planes(file));
    std::uint64_t covered = 0;
    for (const assay::Stretch& stretch : assay::planes_stretches(file)) covered += stretch.size_bytes;
    ASSAY_CHECK(covered == file.size());
    std::uint64_t whole = 0, given = 0;  // as a file in its container, should it be one
    for (const assay::PlaneTensor& tensor : *tensors) whole += tensor.size_bytes();
    whole -= std::min<std::uint64_t>(whole, 8 * (tensors->size() - std::min<std::size_t>(1, tensors->size())));
    const auto is_file = assay::fuzz::read_or_refuse("A0301", [&] {
        assay::each_piece_of_file(assay::memory_window(file), whole,
                                  [&](std::string_view piece) { given += piece.size(); });
        return true;
    });
    ASSAY_CHECK(given == (is_file ? whole : 0));
    const auto digests = assay::digest_planes(file);
    ASSAY_CHECK(digests.size() == tensors->size());
    const auto plain = assay::fuzz::read_or_refuse("W0105", [&] { return assay::planes_to_safetensors(file); });
    if (!plain) return 0;
    ASSAY_CHECK(assay::read_safetensors(*plain) == digests);
    ASSAY_CHECK(assay::digest_planes(assay::write_planes(assay::view_safetensors(*plain))) == digests);
    return 0;
}
