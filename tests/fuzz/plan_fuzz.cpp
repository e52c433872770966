#include "core/plan.hpp"
#include "fuzz/fuzz.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = assay::fuzz::text_of(data, size);
    const auto json = assay::fuzz::read_or_refuse("J0001", [&] { return assay::parse_json(text, "fuzz"); });
    if (!json) return 0;
    const auto plan = assay::fuzz::read_or_refuse("", [&] { return assay::plan_from_json(*json); });
    if (!plan) return 0;
    ASSAY_CHECK(assay::plan_from_json(assay::plan_json(*plan)) == *plan);
    assay::fuzz::check_reads_back(assay::plan_json(*plan));
    ASSAY_CHECK(assay::audit_id(*plan).size() == 64);
    for (const assay::PlannedRun& run : plan->runs) {
        ASSAY_CHECK(assay::run_label(*plan, run.number).size() >= 3);
        ASSAY_CHECK(assay::cell_text(*plan, run).empty() == (plan->factors.empty() && run.request.replicate <= 0));
    }
    return 0;
}
