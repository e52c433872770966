#include "fuzz/fuzz.hpp"
#include "spec/spec.hpp"
#include "trainer/effectors.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = assay::fuzz::text_of(data, size);
    const auto spec = assay::fuzz::read_or_refuse("S01", [&] { return assay::parse_spec(text, "fuzz.yaml"); });
    if (!spec) return 0;
    assay::fuzz::check_reads_back(assay::resolved_spec(*spec));  // it goes into the store as it is
    ASSAY_CHECK(!spec->factors.empty());
    for (const assay::Factor& factor : spec->factors) {
        ASSAY_CHECK(factor.levels.size() >= 2);
        for (const assay::Json& level : factor.levels) {
            ASSAY_CHECK(std::count(factor.levels.begin(), factor.levels.end(), level) == 1);
            if (factor.kind != assay::FactorKind::hardware) continue;
            ASSAY_CHECK(!assay::hardware_variables(assay::Json::Object{{factor.name, level}}).empty());
        }
    }
    ASSAY_CHECK(!assay::hardware_variables(spec->pins).empty());
    return 0;
}
