#include "design/idle_streams.hpp"

#include <set>

#include "base/error.hpp"
#include "base/text.hpp"
#include "trainer/streams.hpp"

namespace assay {
namespace {

struct Idle {
    std::string factor;
    std::size_t runs = 0, of = 0;  // repeats are not counted
    std::set<std::string> because;
    std::string remedy;
};

std::vector<Idle> idle_streams(const Plan& plan) {
    const std::string trainer = plan.spec.at("trainer").at("kind").as_string();
    std::vector<Idle> out;
    for (const Factor& factor : plan.factors) {
        if (factor.kind != FactorKind::seed) continue;
        Idle idle;
        idle.factor = full_name(factor);
        for (const PlannedRun& run : plan.runs) {
            if (run.request.replicate > 0) continue;
            ++idle.of;
            const auto found = idle_stream(trainer, factor.name, run.request.params);
            if (!found) continue;
            ++idle.runs;
            idle.because.insert(found->because);
            idle.remedy = found->remedy;
        }
        if (idle.runs > 0) out.push_back(std::move(idle));
    }
    return out;
}

std::string because_text(const Idle& idle) {
    return join(std::vector<std::string>(idle.because.begin(), idle.because.end()), "; or ");
}

}  // namespace

void refuse_idle_streams(const Plan& plan, const AuditSpec& spec) {
    for (const Idle& idle : idle_streams(plan)) {
        if (idle.runs < idle.of) continue;
        const std::string place = spec_place(spec, idle.factor);
        throw Error(
            "S0203", Exit::usage,
            (place.empty() ? "" : place + ": ") + idle.factor +
                " varies, but no run draws from it: " + because_text(idle),
            idle.remedy + ", or take " + idle.factor.substr(idle.factor.find('.') + 1) + " out of factors: seed");
    }
}

std::vector<std::string> idle_stream_notes(const Plan& plan) {
    std::vector<std::string> notes;
    for (const Idle& idle : idle_streams(plan)) {
        notes.push_back(idle.factor + ": " + std::to_string(idle.runs) + " of " + plural(idle.of, "run") +
                        " draw nothing from it (" + because_text(idle) + ")");
    }
    return notes;
}

}  // namespace assay
