#include "core/fingerprint.hpp"
#include "fuzz/fuzz.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = assay::fuzz::text_of(data, size);
    const auto json = assay::fuzz::read_or_refuse("J0001", [&] { return assay::parse_json(text, "fuzz"); });
    if (!json) return 0;
    const auto fingerprint = assay::fuzz::read_or_refuse("E0201", [&] { return assay::fingerprint_from_json(*json); });
    if (fingerprint) {
        const assay::Json written = assay::fingerprint_json(*fingerprint);
        assay::fuzz::check_reads_back(written);
        ASSAY_CHECK(assay::fingerprint_from_json(written) == *fingerprint);
    }
    // The same bytes as what a trainer reports.
    assay::Fingerprint reported;
    assay::add_reported_versions(reported, *json);
    ASSAY_CHECK(assay::fingerprint_from_json(assay::fingerprint_json(reported)) == reported);
    return 0;
}
