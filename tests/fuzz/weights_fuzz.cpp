#include "fingerprint/weights.hpp"
#include "fuzz/fuzz.hpp"

// The first byte says what the file is called: a damaged file must be refused under the name that promises a format,
// and may be taken as bytes under one that does not.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    constexpr const char* k_names[] = {"a.npz", "a.npy", "a.safetensors", "a"};
    const std::string bytes(assay::fuzz::text_of(data + 1, size - 1));
    try {
        const assay::WeightFile file = assay::read_weights(bytes, k_names[data[0] % 4]);
        const assay::WeightsFingerprint fingerprint = assay::weights_fingerprint(file);
        ASSAY_CHECK(fingerprint.id.size() == 64);
        ASSAY_CHECK((file.container == "bytes") == !file.note.empty());
        for (std::size_t i = 1; i < file.tensors.size(); ++i)
            ASSAY_CHECK(file.tensors[i - 1].name < file.tensors[i].name);
        const assay::Json json = assay::weights_json(fingerprint);
        assay::fuzz::check_reads_back(json);
        ASSAY_CHECK(assay::weights_from_json(json).id == fingerprint.id);
    } catch (const assay::Error& error) {
        const std::string& code = error.code();
        ASSAY_CHECK(code == "W0101" || code == "W0103" || code == "N0101");
    }
    return 0;
}
