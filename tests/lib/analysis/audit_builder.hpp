// Audits in memory with planted effects: a plan and, for each run, answers that the test chooses.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "analysis/attribute.hpp"

namespace assay::testing {

inline constexpr std::size_t k_inputs = 20, k_classes = 4;

// 0.9 (or `top`) for the class of each input, the rest shared evenly.
inline Predictions answers(const std::vector<std::size_t>& labels, float top = 0.9F, std::size_t classes = k_classes) {
    std::vector<float> values;
    for (const std::size_t label : labels) {
        for (std::size_t c = 0; c < classes; ++c) {
            values.push_back(c == label ? top : (1 - top) / static_cast<float>(classes - 1));
        }
    }
    return predictions_from_array(array_of<float>(NumericType::float32, {labels.size(), classes}, std::span(values)))
        .predictions.value();
}

// Input i is of class i mod 4, and each input in `flipped` is taken for the next class: two runs differ in the labels
// that are in one set and not in the other, which makes the share of flips known.
inline Predictions flipping(const std::set<std::size_t>& flipped, float top = 0.9F) {
    std::vector<std::size_t> labels;
    for (std::size_t i = 0; i < k_inputs; ++i) labels.push_back((i + (flipped.contains(i) ? 1 : 0)) % k_classes);
    return answers(labels, top);
}

// The inputs begin .. end - 1.
inline std::set<std::size_t> inputs(std::size_t begin, std::size_t end) {
    std::set<std::size_t> out;
    for (std::size_t i = begin; i < end; ++i) out.insert(i);
    return out;
}

inline Predictions collapsed() { return answers(std::vector<std::size_t>(k_inputs, 1)); }

inline Factor factor(FactorKind kind, std::string name, std::vector<Json> levels) {
    return {kind, std::move(name), std::move(levels)};
}
inline Factor seeds(std::string stream, int n) {
    Factor out{FactorKind::seed, std::move(stream), {}};
    for (int i = 1; i <= n; ++i) out.levels.emplace_back(std::to_string(i));
    return out;
}

using Answer = std::function<Predictions(const std::vector<int>& levels, int block)>;

struct Audit {
    Plan plan;
    std::vector<RunData> runs;
    std::optional<std::vector<std::int64_t>> labels;

    Attribution attribution() const { return attribute(plan, runs, labels); }
};

inline RunData completed(const RunRequest& request, Predictions predictions) {
    RunRecord record;
    record.request = request;
    record.state = RunState::completed;
    record.hardware = {request.hardware, Json::Object{}};
    record.versions = Json::Object{};
    record.metrics = Json::Object{};
    record.members["predictions.npy"] = {predictions.sha256, 4 * predictions.probabilities.size()};
    record.wall_s = 2;
    return {record, std::move(predictions)};
}

inline void add_run(Audit& audit, const std::vector<int>& levels, int block, int replicate, Predictions predictions) {
    PlannedRun run{static_cast<int>(audit.plan.runs.size()) + 1, levels, block, {}};
    run.request.trainer = Json::Object{{"kind", "test"}};
    run.request.params = Json::Object{};
    run.request.hardware = Json::Object{};
    run.request.replicate = replicate;
    for (std::size_t f = 0; f < levels.size(); ++f) {
        const Factor& varied = audit.plan.factors[f];
        const Json& level = varied.levels[static_cast<std::size_t>(levels[f])];
        if (varied.kind == FactorKind::seed) {
            run.request.seeds[varied.name] = std::stoull(level.as_string());
        } else {
            (varied.kind == FactorKind::hardware ? run.request.hardware : run.request.params)[varied.name] = level;
        }
    }
    audit.plan.order.push_back(static_cast<int>(audit.plan.runs.size()));
    audit.plan.runs.push_back(run);
    audit.runs.push_back(completed(run.request, std::move(predictions)));
}

inline Audit empty_audit(std::string design, std::vector<Factor> factors) {
    Audit audit;
    audit.plan.name = "constructed";
    audit.plan.design = std::move(design);
    audit.plan.factors = std::move(factors);
    audit.plan.spec = Json::Object{};
    return audit;
}

// Every combination of levels; with `blocks` > 0 the seeds cross within their block only (design "seeds").
inline Audit crossed(std::vector<Factor> factors, const Answer& answer, int blocks = 0) {
    Audit audit = empty_audit(blocks > 0 ? "seeds" : "factorial", std::move(factors));
    audit.plan.blocks = std::max(1, blocks);
    for (int block = 0; block < audit.plan.blocks; ++block) {
        std::vector<std::vector<int>> rows = {{}};
        for (const Factor& varied : audit.plan.factors) {
            const bool own = blocks > 0 && varied.kind == FactorKind::seed;
            const int begin = own ? 2 * block : 0, end = own ? begin + 2 : static_cast<int>(varied.levels.size());
            std::vector<std::vector<int>> longer;
            for (const auto& row : rows) {
                for (int level = begin; level < end; ++level) {
                    longer.push_back(row);
                    longer.back().push_back(level);
                }
            }
            rows = std::move(longer);
        }
        for (const auto& levels : rows) add_run(audit, levels, block, 0, answer(levels, block));
    }
    return audit;
}

// The seeds side by side: run i has level i of each (design "repeat").
inline Audit repeated(std::vector<Factor> factors, const Answer& answer) {
    Audit audit = empty_audit("repeat", std::move(factors));
    for (int i = 0; i < static_cast<int>(audit.plan.factors[0].levels.size()); ++i) {
        const std::vector<int> levels(audit.plan.factors.size(), i);
        add_run(audit, levels, 0, 0, answer(levels, 0));
    }
    return audit;
}

inline void replay(Audit& audit, std::size_t of, Predictions predictions) {
    const PlannedRun original = audit.plan.runs[of];
    add_run(audit, original.levels, original.block, 1, std::move(predictions));
}

// The run ended otherwise: no answers.
inline void end_as(RunData& run, RunState state, std::string reason) {
    run.record->state = state;
    run.record->reason = std::move(reason);
    run.record->members.clear();
    run.predictions.reset();
}

}  // namespace assay::testing
