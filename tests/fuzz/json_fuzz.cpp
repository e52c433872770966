#include "fuzz/fuzz.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = assay::fuzz::text_of(data, size);
    const auto json = assay::fuzz::read_or_refuse("J0001", [&] { return assay::parse_json(text, "fuzz"); });
    if (!json) return 0;
    assay::fuzz::check_reads_back(*json);
    ASSAY_CHECK(assay::parse_json(assay::pretty_json(*json), "fuzz") == *json);
    return 0;
}
