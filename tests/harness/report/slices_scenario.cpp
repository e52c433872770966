#include "harness/report/slices_scenario.hpp"

#include "analysis/evidence.hpp"
#include "analysis/outcome.hpp"
#include "lib/analysis/audit_builder.hpp"
#include "report/make_report.hpp"

namespace assay::testing {
namespace {

constexpr std::size_t k_all = 120;

// Writers w0 to w8 with 12 or 13 inputs each but w9, who has only 8; two scanners, and a site without a name.
InputTable named_inputs() {
    InputTable table;
    Slice scanner{"scanner", {"new", "old, and with a name that does not fit"}, {}};
    Slice site{"site", {"a"}, {}};
    for (std::size_t i = 0; i < k_all; ++i) {
        table.ids.push_back("scan/" + std::to_string(1000 + i) + ".png");
        scanner.of.push_back(i < 80 ? 1 : 2);
        site.of.push_back(i % 12 == 0 ? 1 : 0);
    }
    Slice writer{"writer", {}, {}};
    for (std::size_t w = 0; w < 10; ++w) writer.values.push_back("w" + std::to_string(w));
    for (std::size_t i = 0; i < k_all; ++i) writer.of.push_back(1 + i * 10 / k_all);
    table.slices = {scanner, site, writer};
    return table;
}

// Seeds dispute every 8th input of the first scanner, and every 3rd of the second; more of them at the high rate. The
// second machine flips inputs of the second scanner only.
Predictions answered(const std::vector<int>& levels) {
    std::vector<std::size_t> labels;
    for (std::size_t i = 0; i < k_all; ++i) {
        const std::size_t every = i < 80 ? 8 : 3, rate = static_cast<std::size_t>(levels[0]);
        const auto seed = static_cast<std::size_t>(levels[2]);
        const bool seeded = i % every == 0 && (i / every + seed) % (4 - rate) == 0;
        const bool machine = levels[1] == 1 && i >= 80 && i % 5 == 1 && rate == 1;
        labels.push_back((i + (seeded ? 1U : 0U) + (machine ? 2U : 0U)) % k_classes);
    }
    return answers(labels, levels[1] == 1 ? 0.9001F : 0.9F);
}

}  // namespace

Report slices_report(const ReportContext& context) {
    Audit audit = crossed({factor(FactorKind::hyperparameter, "lr", {0.001, 0.1}),
                           factor(FactorKind::hardware, "isa", {"avx2", "baseline"}), seeds("init", 6)},
                          [](const std::vector<int>& levels, int) { return answered(levels); });
    audit.plan.name = "slices";
    const InputTable table = named_inputs();
    Attribution attribution = attribute(audit.plan, audit.runs, audit.labels, &table);
    // Of the statistics only what is counted in labels, which no BLAS touches.
    attribution.evidence.inputs =
        evidence_of(audit.plan, audit.runs, outcomes_of(audit.runs), audit.labels, &table).inputs;
    return make_report(audit.plan, audit.runs, std::move(attribution), {}, context);
}

}  // namespace assay::testing
