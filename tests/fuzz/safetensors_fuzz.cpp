#include "core/safetensors.hpp"
#include "fuzz/answers.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view file = assay::fuzz::text_of(data, size);
    assay::fuzz::check_answers(file, "a.safetensors");
    const auto tensors = assay::fuzz::read_or_refuse("W0101", [&] { return assay::read_safetensors(file); });
    if (!tensors) return 0;
    for (std::size_t i = 0; i < tensors->size(); ++i) {
        ASSAY_CHECK((*tensors)[i].sha256.size() == 64);
        ASSAY_CHECK(i == 0 || (*tensors)[i - 1].name < (*tensors)[i].name);
    }
    assay::fuzz::check_reads_back(assay::tensor_table_json(*tensors));
    return 0;
}
