#include "core/safetensors.hpp"
#include "fuzz/answers.hpp"

// The same file in pieces, whose lengths its own bytes decide.
static std::vector<assay::TensorDigest> digests_in_pieces(std::string_view file) {
    assay::SafetensorsDigests digests(file.size());
    for (std::size_t at = 0; at < file.size();) {
        const std::size_t length = 1 + static_cast<unsigned char>(file[at]) % 32;
        digests.update(file.substr(at, length));
        at += length;
    }
    return digests.finish();
}

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view file = assay::fuzz::text_of(data, size);
    assay::fuzz::check_answers(file, "a.safetensors");
    const auto tensors = assay::fuzz::read_or_refuse("W0101", [&] { return assay::read_safetensors(file); });
    const auto streamed = assay::fuzz::read_or_refuse("W0101", [&] { return digests_in_pieces(file); });
    ASSAY_CHECK(streamed == tensors);
    if (!tensors) return 0;
    for (std::size_t i = 0; i < tensors->size(); ++i) {
        ASSAY_CHECK((*tensors)[i].sha256.size() == 64);
        ASSAY_CHECK(i == 0 || (*tensors)[i - 1].name < (*tensors)[i].name);
    }
    assay::fuzz::check_reads_back(assay::tensor_table_json(*tensors));
    return 0;
}
