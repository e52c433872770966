#include "archive/planes.hpp"
#include "fuzz/fuzz.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view file = assay::fuzz::text_of(data, size);
    const auto tensors = assay::fuzz::read_or_refuse("A0301", [&] { return assay::read_planes_header(file); });
    if (!tensors) return 0;
    ASSAY_CHECK(assay::looks_like_planes(file));
    std::uint64_t covered = 0;
    for (const assay::Stretch& stretch : assay::planes_stretches(file)) covered += stretch.size_bytes;
    ASSAY_CHECK(covered == file.size());
    const auto digests = assay::digest_planes(file);
    ASSAY_CHECK(digests.size() == tensors->size());
    const auto plain = assay::fuzz::read_or_refuse("W0105", [&] { return assay::planes_to_safetensors(file); });
    if (!plain) return 0;
    ASSAY_CHECK(assay::read_safetensors(*plain) == digests);
    ASSAY_CHECK(assay::digest_planes(assay::write_planes(assay::view_safetensors(*plain))) == digests);
    return 0;
}
