#include "core/manifest.hpp"
#include "fuzz/fuzz.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = assay::fuzz::text_of(data, size);
    const auto json = assay::fuzz::read_or_refuse("J0001", [&] { return assay::parse_json(text, "fuzz"); });
    if (!json) return 0;
    const auto record = assay::fuzz::read_or_refuse("", [&] { return assay::run_record_from_manifest(*json); });
    if (!record) return 0;
    // The weights' order and the digests over blocks are made anew when it is written, so the second writing counts.
    const assay::Json manifest = assay::manifest_json(*record);
    ASSAY_CHECK(assay::manifest_json(assay::run_record_from_manifest(manifest)) == manifest);
    assay::fuzz::check_reads_back(manifest);
    const assay::ManifestBytes bytes = assay::write_manifest(*record);
    if (bytes.text.size() > assay::k_manifest_bytes) return 0;
    assay::Manifest read = assay::read_manifest(bytes.text, "fuzz");
    if (bytes.env) assay::add_env(read, *bytes.env);
    ASSAY_CHECK(assay::manifest_json(read.record) == manifest);
    return 0;
}
