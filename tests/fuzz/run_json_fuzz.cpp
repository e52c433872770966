#include "fuzz/fuzz.hpp"
#include "trainer/effectors.hpp"
#include "trainer/protocol.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = assay::fuzz::text_of(data, size);
    const auto json = assay::fuzz::read_or_refuse("J0001", [&] { return assay::parse_json(text, "fuzz"); });
    if (!json) return 0;
    const auto input = assay::fuzz::read_or_refuse("P010", [&] { return assay::parse_run_json(*json); });
    if (!input) return 0;
    const assay::TrainerInput back = assay::parse_run_json(assay::run_json(*input));
    ASSAY_CHECK(back.run_id == input->run_id && back.audit == input->audit && back.attempt == input->attempt);
    ASSAY_CHECK(back.out == input->out && back.request == input->request);
    assay::fuzz::check_reads_back(assay::run_json(*input));
    // What harness and trainers do with it next.
    ASSAY_CHECK(assay::protocol_variables(*input, "run.json").at("ASSAY_RUN_ID") == input->run_id);
    const assay::Json& hardware = input->request.hardware;
    ASSAY_CHECK(assay::verify_hardware(hardware, hardware).contradictions.empty());
    return 0;
}
