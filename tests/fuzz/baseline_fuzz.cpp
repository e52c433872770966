#include "base/digest.hpp"
#include "fuzz/fuzz.hpp"
#include "gate/baseline.hpp"

namespace {

void read(std::string_view text) {
    const auto baseline = assay::fuzz::read_or_refuse("G03", [&] { return assay::parse_baseline(text, "fuzz"); });
    if (!baseline) return;
    ASSAY_CHECK(!baseline->runs.empty());
    ASSAY_CHECK(assay::parse_baseline(assay::baseline_text(*baseline), "fuzz") == *baseline);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = assay::fuzz::text_of(data, size);
    read(text);
    // The same facts under a digest that fits: what lies behind the digest is read too.
    auto json = assay::fuzz::read_or_refuse("J0001", [&] { return assay::parse_json(text, "fuzz"); });
    if (!json || !json->is_object()) return 0;
    json->as_object().erase("digest");
    const std::string digest = assay::sha256_hex(assay::canonical_json(*json));
    (*json)["digest"] = digest;
    read(assay::canonical_json(*json));
    return 0;
}
