// A table of inputs: what is read is whole, can be kept, and reads back.
#include "fuzz/fuzz.hpp"
#include "import/import.hpp"
#include "import/input_table.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = assay::fuzz::text_of(data, size);
    const auto table = assay::fuzz::read_or_refuse("I01", [&] { return assay::read_input_table(text, "inputs.csv"); });
    if (!table) return 0;
    for (const assay::Slice& slice : table->slices) {
        ASSAY_CHECK(slice.of.size() == table->ids.size() && !slice.values.empty());
        std::size_t named = 0;
        for (std::size_t k = 0; k <= slice.values.size(); ++k) {
            const std::size_t inputs = assay::inputs_with(slice, k).size();
            ASSAY_CHECK(k == 0 || inputs > 0);
            named += inputs;
        }
        ASSAY_CHECK(named == table->ids.size());
    }
    const assay::Json json = assay::to_json(*table);
    assay::fuzz::check_reads_back(json);
    ASSAY_CHECK(assay::input_table_from_json(json) == *table);
    return 0;
}
