#include "core/npy.hpp"
#include "core/predictions.hpp"
#include "fuzz/fuzz.hpp"

namespace {

void check_answers(const assay::Predictions& predictions) {
    const auto labels = assay::predicted_labels(predictions);
    ASSAY_CHECK(labels.size() == predictions.n_inputs);
    for (const std::int32_t label : labels) {
        ASSAY_CHECK(label >= 0 && static_cast<std::size_t>(label) < predictions.n_classes);
    }
    const double share = assay::largest_label_share(labels, predictions.n_classes);
    ASSAY_CHECK(share > 0 && share <= 1);
    for (const float p : predictions.probabilities) ASSAY_CHECK(p >= 0 && p < 1.01F);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view file = assay::fuzz::text_of(data, size);
    const auto array = assay::fuzz::read_or_refuse("N0101", [&] { return assay::parse_npy(file); });
    if (!array) return 0;
    ASSAY_CHECK(assay::parse_npy(assay::write_npy(*array)) == *array);
    const assay::PredictionResult result = assay::predictions_from_array(*array);
    ASSAY_CHECK(result.predictions.has_value() == result.problem.reason.empty());
    if (result.predictions) check_answers(*result.predictions);
    const auto integers = assay::fuzz::read_or_refuse("N0102", [&] { return assay::integers_of(*array); });
    ASSAY_CHECK(!integers || integers->size() == array->count());
    return 0;
}
