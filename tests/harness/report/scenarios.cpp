#include "harness/report/scenarios.hpp"

#include "analysis/responses.hpp"
#include "base/check.hpp"
#include "harness/report/evidence_scenarios.hpp"
#include "harness/report/number_scenarios.hpp"
#include "harness/report/slices_scenario.hpp"
#include "lib/analysis/audit_builder.hpp"
#include "report/make_report.hpp"

namespace assay::testing {
namespace {

const ReportContext k_context = {"2030-01-02T03:04:05Z", "build-7", ".assay", "assay 0.1.0", 0};

Factor number_levels(std::string name, std::vector<Json> levels) {
    return factor(FactorKind::hyperparameter, std::move(name), std::move(levels));
}

void add_labels(Audit& audit) {
    audit.labels.emplace();
    for (std::size_t i = 0; i < k_inputs; ++i) audit.labels->push_back(static_cast<std::int64_t>(i % k_classes));
}

// Every library says that the hardware is as asked.
void verify(Audit& audit) {
    for (std::size_t i = 0; i < audit.runs.size(); ++i) {
        RunRecord& record = *audit.runs[i].record;
        audit.plan.runs[i].request.hardware["threads"] = 1;
        record.request.hardware["threads"] = 1;
        record.hardware.effective = record.request.hardware;
        record.versions = Json::Object{{"libtorch", "1.13.0"}, {"openblas", "0.3.21"}};
    }
}

// Of numbers: analysed here, since no BLAS has a part in it.
Report report_with_numbers(Audit audit, std::string name, Evidence evidence = {}) {
    audit.plan.name = std::move(name);
    Attribution attribution = audit.attribution();
    attribution.evidence = std::move(evidence);
    attribution.responses = responses_of(audit.plan, audit.runs, attribution, audit.labels);
    if (attribution.n_inputs == 0) {
        attribution.evidence.left_out = "the runs have numbers only, no answers";
        for (PlannedRun& run : audit.plan.runs) run.request.trainer = Json::Object{{"kind", "import"}};
    }
    return make_report(audit.plan, audit.runs, std::move(attribution), {}, k_context);
}

Report report_of(Audit audit, std::string name, Evidence evidence, std::vector<FailedRun> failed = {}) {
    audit.plan.name = std::move(name);
    Attribution attribution = audit.attribution();
    attribution.evidence = std::move(evidence);
    return make_report(audit.plan, audit.runs, std::move(attribution), std::move(failed), k_context);
}

// Calm at the low rate, stirred at the high one: seeds flip more there, and so does the instruction set.
Report regular() {
    Audit audit =
        crossed({factor(FactorKind::architecture, "model", {"dense", "cnn"}), number_levels("lr", {0.001, 0.1}),
                 factor(FactorKind::hardware, "isa", {"avx2", "baseline"}), seeds("init", 4), seeds("shuffle", 4)},
                [](const std::vector<int>& levels, int) {
                    const auto at = [&](std::size_t f) { return static_cast<std::size_t>(levels[f]); };
                    std::set<std::size_t> flipped = inputs(0, at(0) + at(3) * (at(1) + 1));
                    if (at(1) == 1) flipped.insert(10 + at(4));
                    const bool stirred = at(1) == 1 && at(0) == 0 && at(2) == 1;
                    if (stirred) flipped.insert(14 + at(3) % 2 + at(4) % 3);
                    return flipping(flipped, at(2) == 1 && !stirred ? 0.9001F : 0.9F);
                });
    add_labels(audit);
    for (const std::size_t original : {0U, 32U, 64U, 96U}) replay(audit, original, *audit.runs[original].predictions);
    verify(audit);
    return report_of(std::move(audit), "rate and instruction set", regular_evidence());
}

// One rate collapses, one loses runs in every way, replays differ, nothing is verified, two runs are still to come.
Report troubled() {
    Audit audit = crossed(
        {number_levels("lr", {0.01, 0.1, 1.0}), factor(FactorKind::hardware, "threads", {1, 2}), seeds("all", 4)},
        [](const std::vector<int>& levels, int) {
            if (levels[0] == 2) return collapsed();
            const auto n = static_cast<std::size_t>(levels[2] + levels[1] * (levels[0] + levels[2]));
            return flipping(inputs(0, n));
        });
    add_labels(audit);
    replay(audit, 0, flipping({0, 3}));
    replay(audit, 8, *audit.runs[8].predictions);
    const std::pair<std::size_t, const char*> broken[] = {
        {9, "exit code 1"}, {10, "no predictions.npy"}, {14, "exit code 1"}};
    std::vector<FailedRun> failed;
    for (const auto& [i, reason] : broken) {
        end_as(audit.runs[i], RunState::failed, reason);
        const std::string label = run_label(audit.plan, static_cast<int>(i) + 1);
        failed.push_back({label,
                          cell_text(audit.plan, audit.plan.runs[i]),
                          reason,
                          {"Traceback (most recent call last):", "  File \"train.py\", line 88, in <module>",
                           "RuntimeError: a message that is so long that it does not fit into eighty columns at all"},
                          "sh /home/someone/audits/.assay/work/0123456789ab/" + label + "/run.sh"});
    }
    end_as(audit.runs[13], RunState::timed_out, "no end after 600 s");
    failed.push_back({"014", cell_text(audit.plan, audit.plan.runs[13]), "no end after 600 s", {}, ""});
    end_as(audit.runs[11], RunState::diverged, "predictions.npy: 80 of 80 values are not finite");
    end_as(audit.runs[12], RunState::skipped, "");
    audit.runs[2] = {};
    audit.runs[3] = {};
    return report_of(std::move(audit), "a name that is longer than a name should be", troubled_evidence(),
                     std::move(failed));
}

Report many_settings() {
    Audit audit = crossed({number_levels("weight_decay", {0, 1e-6, 1e-5, 1e-4, 0.001, 0.01, 0.1, 1}), seeds("init", 5)},
                          [](const std::vector<int>& levels, int) {
                              const auto decay = static_cast<std::size_t>(levels[0]);
                              return flipping(inputs(0, static_cast<std::size_t>(levels[1]) * decay / 2));
                          });
    return report_of(std::move(audit), "weight decay", many_settings_evidence());
}

// Three levels of a hardware factor and of a setting; names that are long, and not ASCII.
Report three_levels() {
    Audit audit =
        crossed({number_levels("activation", {"relu", "tanh", "größer als erwartet, weil sie einen Satz erzählt"}),
                 factor(FactorKind::hardware, "matmul_kernel_of_openblas",
                        {"Haswell", "SkylakeX", "Prescott-generic-very-old"}),
                 seeds("init", 4)},
                [](const std::vector<int>& levels, int) {
                    const auto at = [&](std::size_t f) { return static_cast<std::size_t>(levels[f]); };
                    return flipping(inputs(at(0) * 2, at(0) * 2 + at(2) + at(1) * at(0)));
                });
    add_labels(audit);
    verify(audit);
    return report_of(std::move(audit), "kernels", three_levels_evidence());
}

Report no_answer() {
    Audit audit = crossed({number_levels("lr", {0.1, 0.2}), seeds("init", 2)},
                          [](const std::vector<int>&, int) { return flipping({}); });
    std::vector<FailedRun> failed;
    for (std::size_t i = 0; i < 3; ++i) {
        end_as(audit.runs[i], RunState::failed, "the program python3 was not found");
        failed.push_back({run_label(audit.plan, static_cast<int>(i) + 1),
                          cell_text(audit.plan, audit.plan.runs[i]),
                          "the program python3 was not found",
                          {},
                          ""});
    }
    audit.runs[3] = {};
    Evidence none;
    none.left_out = "no run can be used";
    return report_of(std::move(audit), "no answer", std::move(none), std::move(failed));
}

// Three blocks; the library version flips labels in one block only, dropout reaches nothing.
Report blocks() {
    Audit audit = crossed(
        {factor(FactorKind::software, "torch", {"1.13", "2.1"}), seeds("init", 6), seeds("dropout", 6)},
        [](const std::vector<int>& levels, int block) {
            const auto seed = static_cast<std::size_t>(levels[1]);
            std::set<std::size_t> flipped = inputs(seed, seed + 1 + seed % 2);
            if (levels[0] == 1 && block == 1) flipped.insert(12);
            return flipping(flipped);
        },
        3);
    add_labels(audit);
    return report_of(std::move(audit), "blocks", blocks_evidence());
}

// A training command as it is: seeds side by side, nothing else.
Report seeds_alone() {
    Audit audit = repeated({seeds("all", 3)}, [](const std::vector<int>& levels, int) {
        return flipping(inputs(0, static_cast<std::size_t>(levels[0])));
    });
    replay(audit, 0, *audit.runs[0].predictions);
    return report_of(std::move(audit), "command", seeds_alone_evidence());
}

}  // namespace

const std::vector<Scenario>& scenarios() {
    static const std::vector<Scenario> all = {
        {"regular", regular()},
        {"troubled", troubled()},
        {"many_settings", many_settings()},
        {"three_levels", three_levels()},
        {"no_answer", no_answer()},
        {"blocks", blocks()},
        {"seeds_alone", seeds_alone()},
        {"scored", report_with_numbers(scored_audit(), "scored")},
        {"numbers", report_with_numbers(numbers_audit(), "numbers")},
        {"equal_numbers", report_with_numbers(equal_numbers_audit(), "equal")},
        {"one_seed", report_with_numbers(one_seed_audit(), "one seed")},
        {"own_seeds", report_with_numbers(own_seeds_audit(), "own seeds")},
        {"slices", slices_report(k_context)},
    };
    return all;
}

std::vector<std::string> scenario_names() {
    std::vector<std::string> names;
    for (const Scenario& one : scenarios()) names.push_back(one.name);
    return names;
}

const Report& scenario(const std::string& name) {
    for (const Scenario& one : scenarios()) {
        if (one.name == name) return one.report;
    }
    ASSAY_CHECK(false);
    return scenarios()[0].report;
}

}  // namespace assay::testing
