// The strict reader: what it accepts is the one form of its value, and its record can be kept.
#include "archive/manifest_scan.hpp"
#include "core/manifest.hpp"
#include "fuzz/fuzz.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = assay::fuzz::text_of(data, size);
    const auto manifest = assay::fuzz::read_or_refuse("", [&] { return assay::read_manifest(text, "fuzz"); });
    const std::string request = assay::text_in(text, "request_id");  // of any bytes: it ends, and stays inside them
    if (!manifest) return 0;
    ASSAY_CHECK(request == manifest->request_id);
    ASSAY_CHECK(assay::canonical_json(assay::parse_json(text, "fuzz")) == text);
    for (const assay::ManifestMember& member : manifest->members) ASSAY_CHECK(assay::is_member_name(member.name));
    ASSAY_CHECK(assay::request_id(manifest->record.request) == manifest->request_id);
    if (manifest->env) return 0;
    const assay::ManifestBytes again = assay::write_manifest(manifest->record);
    ASSAY_CHECK(!again.env || again.env->size() > 1024);
    return 0;
}
