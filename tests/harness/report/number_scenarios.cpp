#include "harness/report/number_scenarios.hpp"

namespace assay::testing {
namespace {

Factor rates() { return factor(FactorKind::hyperparameter, "lr", {0.001, 0.1}); }

void report_alone(RunData& run, Json::Object numbers) {
    run.predictions.reset();
    run.record->members.clear();
    run.record->wall_s = 0;
    run.record->request.trainer = Json::Object{{"kind", "import"}};
    run.record->metrics = std::move(numbers);
}

// One of 16 different values near 0, without a pattern in the seeds.
double jitter(const std::vector<int>& levels) {
    std::size_t mixed = 7;
    for (const int level : levels) mixed = mixed * 31 + static_cast<std::size_t>(level) * 17 + 5;
    return static_cast<double>(mixed % 16) / 1024 - 1.0 / 128;
}

}  // namespace

Audit scored_audit() {
    Audit audit = crossed({rates(), factor(FactorKind::hardware, "isa", {"avx2", "baseline"}), seeds("init", 6)},
                          [](const std::vector<int>& levels, int) {
                              const auto wrong = static_cast<std::size_t>(2 * levels[0] + levels[2] % 3);
                              const bool sure = levels[0] == 1 && levels[1] == 1 && levels[2] == 4;
                              return flipping(inputs(0, wrong), sure ? 1.0F : levels[1] == 1 ? 0.9001F : 0.9F);
                          });
    audit.labels.emplace();
    for (std::size_t i = 0; i < k_inputs; ++i) audit.labels->push_back(static_cast<std::int64_t>(i % k_classes));
    for (std::size_t i = 0; i < audit.runs.size(); ++i) {
        const auto& levels = audit.plan.runs[i].levels;
        Json& metrics = audit.runs[i].record->metrics;
        metrics["accuracy"] = i == 3 ? 0.5 : 1 - 0.05 * (2 * levels[0] + levels[2] % 3);  // as they are, but for one
        if (i != 5) metrics["train_loss"] = 0.25 + 0.5 * levels[0] + jitter(levels);
    }
    return audit;
}

Audit numbers_audit() {
    Audit audit = crossed({rates(), factor(FactorKind::hardware, "gpu", {"A100", "H100"}), seeds("all", 7)},
                          [](const std::vector<int>&, int) { return flipping({}); });
    audit.plan.spec =
        Json::Object{{"columns", Json::Array{"lr", "hardware.gpu", "seed", "response.val_loss", "response.accuracy"}}};
    for (const std::size_t original : {0U, 1U, 2U}) replay(audit, original, flipping({}));
    for (std::size_t i = 0; i < audit.runs.size(); ++i) {
        const auto& levels = audit.plan.runs[i].levels;
        const bool stirred = levels[0] == 1 && levels[1] == 1;
        const double loss = 0.25 + 0.125 * levels[0] + jitter({levels[2], levels[0]}) * (1 + 7 * levels[0]) +
                            (stirred ? jitter(levels) : 0);
        report_alone(audit.runs[i], Json::Object{{"val_loss", loss}, {"accuracy", 1 - loss / 4}});
    }
    end_as(audit.runs[10], RunState::diverged, "the table says: diverged");
    return audit;
}

Audit equal_numbers_audit() {
    Audit audit = crossed({rates(), seeds("all", 4)}, [](const std::vector<int>&, int) { return flipping({}); });
    for (RunData& run : audit.runs) report_alone(run, Json::Object{{"accuracy", 0.875}});
    return audit;
}

Audit one_seed_audit() {
    Audit audit = crossed({rates()}, [](const std::vector<int>&, int) { return flipping({}); });
    report_alone(audit.runs[0], Json::Object{{"loss", 0.5}});
    report_alone(audit.runs[1], Json::Object{{"loss", 0.75}});
    return audit;
}

Audit own_seeds_audit() {
    Audit audit = empty_audit(
        "factorial", {factor(FactorKind::architecture, "model", {"dense", "cnn", "transformer"}), seeds("all", 15)});
    for (int i = 0; i < 15; ++i) {
        add_run(audit, {i / 5, i}, 0, 0, flipping({}));
        report_alone(audit.runs.back(), Json::Object{{"loss", 0.25 * (1 + i / 5) + 8 * jitter({i})}});
    }
    return audit;
}

}  // namespace assay::testing
