#include "core/npy.hpp"
#include "fuzz/answers.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view file = assay::fuzz::text_of(data, size);
    assay::fuzz::check_answers(file, "a.npy");
    const auto array = assay::fuzz::read_or_refuse("N0101", [&] { return assay::parse_npy(file); });
    if (!array) return 0;
    ASSAY_CHECK(assay::parse_npy(assay::write_npy(*array)) == *array);
    const assay::PredictionResult result = assay::predictions_from_array(*array);
    ASSAY_CHECK(result.predictions.has_value() == result.problem.reason.empty());
    if (result.predictions) assay::fuzz::check_predictions(*result.predictions);
    const auto integers = assay::fuzz::read_or_refuse("N0102", [&] { return assay::integers_of(*array); });
    ASSAY_CHECK(!integers || integers->size() == array->count());
    return 0;
}
