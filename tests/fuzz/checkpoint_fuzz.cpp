#include "archive/store_checkpoints.hpp"
#include "fuzz/fuzz.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = assay::fuzz::text_of(data, size);
    const auto checkpoint = assay::fuzz::read_or_refuse("A05", [&] { return assay::parse_checkpoint(text, "fuzz"); });
    if (!checkpoint) return 0;
    ASSAY_CHECK(assay::checkpoint_text(*checkpoint) == text);
    ASSAY_CHECK(assay::checkpoint_of(assay::checkpoint_statement(*checkpoint), "fuzz") == *checkpoint);
    return 0;
}
