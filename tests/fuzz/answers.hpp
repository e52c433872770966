// What must hold of a file of answers, whatever its format.
#pragma once

#include "core/answers.hpp"
#include "core/predictions.hpp"
#include "fuzz/fuzz.hpp"

namespace assay::fuzz {

inline void check_predictions(const Predictions& predictions) {
    const auto labels = predicted_labels(predictions);
    ASSAY_CHECK(labels.size() == predictions.n_inputs);
    for (const std::int32_t label : labels) {
        ASSAY_CHECK(label >= 0 && static_cast<std::size_t>(label) < predictions.n_classes);
    }
    const double share = largest_label_share(labels, predictions.n_classes);
    ASSAY_CHECK(share > 0 && share <= 1);
    for (const float p : predictions.probabilities) ASSAY_CHECK(p >= 0 && p < 1.01F);
}

// Refused in words (N02..), or numbers that fit their shape and become probabilities, an outcome, or a refusal.
inline void check_answers(std::string_view bytes, const std::string& name) {
    const auto table = read_or_refuse("N02", [&] { return read_number_table(bytes, name, "predictions"); });
    if (!table) return;
    ASSAY_CHECK(parse_npy(write_npy(table->numbers)) == table->numbers);
    ASSAY_CHECK(table->ids.empty() || table->ids.size() == table->numbers.shape[0]);
    if (const auto problem = id_problem(table->ids)) check_reads_back(*problem);
    for (const Decision& decision :
         {Decision{}, Decision{.logits = true}, Decision{.scores = true}, Decision{.classes = 3}}) {
        const auto array =
            read_or_refuse("N02", [&] { return probabilities_of(answers_of(*table, decision), decision); });
        if (!array) continue;
        ASSAY_CHECK(array->shape.size() == 2 && array->shape[0] == table->numbers.shape[0]);
        const PredictionResult result = predictions_from_array(*array);
        ASSAY_CHECK(result.predictions.has_value() == result.problem.reason.empty());
        if (result.predictions) check_predictions(*result.predictions);
    }
}

}  // namespace assay::fuzz
