#include "cli/refuse.hpp"

#include <map>
#include <set>

#include "base/error.hpp"
#include "base/text.hpp"
#include "core/factor.hpp"
#include "schedule/identity.hpp"
#include "trainer/effectors.hpp"

namespace assay {
namespace {

std::vector<Json> hardware_blocks(const Plan& plan) {
    std::map<std::string, Json> blocks;
    for (const PlannedRun& run : plan.runs) blocks.emplace(canonical_json(run.request.hardware), run.request.hardware);
    std::vector<Json> out;
    for (auto& [text, block] : blocks) out.push_back(std::move(block));
    return out;
}

std::set<std::string> refused_by_description(const std::vector<Json>& blocks) {
    const MachineCapabilities machine = read_machine();
    std::set<std::string> reasons;
    for (const Json& block : blocks) {
        for (const auto& [name, level] : block.as_object()) {
            if (const auto reason = refusal(name, level, block, machine)) {
                reasons.insert("hardware." + name + ": " + level_text(level) + ": " + *reason);
            }
        }
    }
    return reasons;
}

[[noreturn]] void refuse(const std::set<std::string>& reasons) {
    const std::vector<std::string> lines(reasons.begin(), reasons.end());
    throw Error("S0301", Exit::usage, "this machine cannot provide what the audit asks for\n  " + join(lines, "\n  "),
                "leave these levels out, or run the audit on a machine that has them");
}

// A library that dies when it computes with what was asked for cannot provide it.
std::vector<TrainerProbe> probes_or_refusal(const std::vector<Json>& blocks, const AuditSpec& spec,
                                            const ExecuteOptions& options) {
    try {
        return probe_trainers(spec, options, blocks);
    } catch (const Error& error) {
        if (error.code() != "R0105") throw;
        refuse({std::string(error.what())});
    }
}

}  // namespace

Json identify_or_refuse(const Plan& draft, const AuditSpec& spec, const ExecuteOptions& options) {
    const std::vector<Json> blocks = hardware_blocks(draft);
    std::set<std::string> reasons = refused_by_description(blocks);
    if (!reasons.empty()) refuse(reasons);
    if (spec.trainer.kind != "torch") return trainer_identity(spec, options);
    const std::vector<TrainerProbe> answers = probes_or_refusal(blocks, spec, options);
    for (std::size_t i = 0; i < blocks.size(); ++i) {
        const Verification verification = verify_hardware(blocks[i], answers[i].hardware);
        for (const std::string& line : verification.contradictions) reasons.insert("hardware: " + line);
    }
    if (!reasons.empty()) refuse(reasons);
    return answers.front().identity;
}

}  // namespace assay
