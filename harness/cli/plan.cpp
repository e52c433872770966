// assay plan: what would run, how each level is set, what is done already. Executes nothing that a spec names.
#include <unistd.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "analysis/effect_dimension.hpp"
#include "base/random.hpp"
#include "base/text.hpp"
#include "cli/audit.hpp"
#include "cli/commands.hpp"
#include "cli/inputs.hpp"
#include "cli/render.hpp"
#include "design/claims.hpp"
#include "design/design.hpp"
#include "trainer/effectors.hpp"

namespace assay {
namespace {

using Variables = std::map<std::string, std::string>;

// NAME=a|b for the variables that tell the levels of a hardware factor apart, the other factors at their first level.
std::vector<std::string> effector_lines(const Plan& plan, const Factor& factor) {
    std::vector<Variables> of_level;
    for (const Json& level : factor.levels) {
        Json hardware = plan.runs.front().request.hardware;
        hardware[factor.name] = level;
        of_level.push_back(hardware_variables(hardware));
    }
    std::vector<std::string> lines;
    for (const auto& [name, first] : of_level.front()) {
        std::vector<std::string> values;
        for (const Variables& variables : of_level) {
            const auto it = variables.find(name);
            values.push_back(it == variables.end() ? "(unset)" : it->second);
        }
        if (std::set<std::string>(values.begin(), values.end()).size() > 1)
            lines.push_back(name + "=" + join(values, "|"));
    }
    if (lines.empty()) lines.emplace_back("set by the trainer, in its process");
    return lines;
}

std::string seed_source(const Plan& plan, const Factor& factor) {
    const bool drawn = factor.levels[0] == Json(std::to_string(derive_seed(plan.root_seed, factor.name, 0)));
    return drawn ? "drawn from root seed " + std::to_string(plan.root_seed) : std::string("literal seeds");
}

std::vector<std::string> how_set(const Plan& plan, const Factor& factor) {
    switch (factor.kind) {
        case FactorKind::seed:
            return {seed_source(plan, factor)};
        case FactorKind::hardware:
            return effector_lines(plan, factor);
        case FactorKind::environment:
            return {"environment variable"};
        case FactorKind::software:
            return {"what ${" + factor.name + "} stands for in the command"};
        default:
            return {"parameter of the trainer"};
    }
}

std::string levels_text(const Factor& factor) {
    if (factor.kind == FactorKind::seed && factor.levels.size() > 3)
        return std::to_string(factor.levels.size()) + " seeds";
    std::vector<std::string> levels;
    for (const Json& level : factor.levels) levels.push_back(level_text(level));
    return join(levels, " ");
}

std::string display_name(const Factor& factor) {
    return factor.kind == FactorKind::seed ? full_name(factor) : factor.name;
}

std::string factor_table(const Plan& plan) {
    std::string text = " " + pad_right("factor", 16) + pad_right("levels", 22) + "how it is set\n";
    for (const Factor& factor : plan.factors) {
        const std::vector<std::string> how = how_set(plan, factor);
        const std::vector<std::string> levels = split_lines(wrap(levels_text(factor), 20));
        for (std::size_t i = 0; i < std::max(how.size(), levels.size()); ++i) {
            const std::string level = i < levels.size() ? levels[i] : "";
            const std::string setting = i < how.size() ? how[i] : "";
            const std::string line = " " + pad_right(i == 0 ? display_name(factor) : "", 15) + " " +
                                     pad_right(level, 21) + " " + elide(setting, 41);
            text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
        }
    }
    return text;
}

std::string pinned_text(const Plan& plan) {
    std::vector<std::string> pins;
    for (const auto& [name, level] : plan.runs.front().request.hardware.as_object()) {
        const bool varied = std::any_of(plan.factors.begin(), plan.factors.end(), [&](const Factor& f) {
            return f.kind == FactorKind::hardware && f.name == name;
        });
        if (!varied) pins.push_back(name + "=" + level_text(level));
    }
    return pins.empty() ? "nothing" : join(pins, " ");
}

// Variables that every run gets with the same value.
std::string always_text(const Plan& plan) {
    Variables common = hardware_variables(plan.runs.front().request.hardware);
    for (const PlannedRun& run : plan.runs) {
        const Variables variables = hardware_variables(run.request.hardware);
        std::erase_if(common, [&](const auto& entry) {
            const auto it = variables.find(entry.first);
            return it == variables.end() || it->second != entry.second;
        });
    }
    std::vector<std::string> words;
    for (const auto& [name, value] : common) words.push_back(name + "=" + value);
    return words.empty() ? "nothing" : join(words, " ");
}

// Mean seconds of a run, from what the store has of this audit.
std::optional<double> mean_wall_s(const StoredRuns& stored) {
    double sum = 0;
    int count = 0;
    for (const RunData& run : stored.runs) {
        if (!run.record || run.record->state != RunState::completed) continue;
        sum += run.record->wall_s;
        ++count;
    }
    return count > 0 ? std::optional(sum / count) : std::nullopt;
}

std::string labelled(const std::string& label, const std::string& text) {
    const std::vector<std::string> lines = split_lines(wrap(text, 62));
    std::string out;
    for (std::size_t i = 0; i < lines.size(); ++i)
        out += " " + pad_right(i == 0 ? label : "", 15) + " " + lines[i] + "\n";
    return out;
}

std::size_t replay_count(const Plan& plan) {
    return static_cast<std::size_t>(std::count_if(plan.runs.begin(), plan.runs.end(),
                                                  [](const PlannedRun& run) { return run.request.replicate > 0; }));
}

// "(base + 5 changes) x 8 seeds"
std::string screen_terms(const Plan& plan) {
    std::size_t changes = 0, seeds = 0;
    for (const Factor& f : plan.factors) {
        if (f.kind == FactorKind::seed) {
            seeds = f.levels.size();
        } else {
            changes += f.levels.size() - 1;
        }
    }
    return "(base + " + plural(changes, "change") + ") x " + plural(seeds, "seed");
}

std::string product_terms(const Plan& plan) {
    std::vector<std::string> terms;
    const bool blocks = plan.design == "seeds";
    for (const Factor& f : plan.factors) {
        const std::size_t levels = blocks && f.kind == FactorKind::seed ? 2 : f.levels.size();
        terms.push_back(display_name(f) + "(" + std::to_string(levels) + ")");
    }
    if (blocks) terms.push_back(plural(static_cast<std::size_t>(plan.blocks), "block"));
    return join(terms, " x ") + (seeds_move_together(plan) ? " (seeds side by side)" : "");
}

// The product and the sum are the number of runs, but where seeds lie side by side.
std::string headline(const Plan& plan) {
    const std::size_t replays = replay_count(plan);
    std::string text = plan.name + ": " + plural(plan.runs.size(), "run") + " = " +
                       (plan.design == "screen" ? screen_terms(plan) : product_terms(plan));
    if (replays > 0) text += " + " + plural(replays, "replay");
    return wrap(text, 78, "  ").substr(2);
}

// "500 ids; slices: writer (12), scanner (3)"
std::string inputs_text(const Audit& audit) {
    if (!audit.inputs) return "";
    std::vector<std::string> slices;
    for (const Slice& slice : audit.inputs->slices)
        slices.push_back(slice.name + " (" + std::to_string(slice.values.size()) + ")");
    return labelled("inputs",
                    plural(audit.inputs->ids.size(), "id") + (slices.empty() ? "" : "; slices: " + join(slices, ", ")));
}

std::string plan_text(const Audit& audit, const StoredRuns& stored, const std::vector<Claim>& claims) {
    const Plan& plan = audit.plan;
    std::string text = headline(plan) + "\n\n" + factor_table(plan) + labelled("pinned", pinned_text(plan)) +
                       labelled("set in each run", always_text(plan)) + inputs_text(audit) + "\n";
    std::string done = std::to_string(stored.stored) + " of " + std::to_string(plan.runs.size());
    if (stored.failed > 0) done += ", " + std::to_string(stored.failed) + " of them failed (--failed runs them again)";
    text += labelled("done already", done);
    const auto mean = mean_wall_s(stored);
    text += labelled("one run", mean ? duration_text(*mean) + " on one core, as measured" : "not timed yet");
    std::string label = "can show";
    for (const std::string& claim : claim_sentences(plan, claims)) text += labelled(std::exchange(label, ""), claim);
    for (const std::string& note : plan_notes(plan)) text += labelled("note", note);
    return text;
}

Json claim_json(const Claim& claim) {
    return Json::Object{{"factor", full_name(claim.factor)},
                        {"levels", static_cast<std::uint64_t>(claim.factor.levels.size())},
                        {"seeds", static_cast<std::uint64_t>(claim.seeds)},
                        {"tests", static_cast<std::uint64_t>(claim.tests)},
                        {"smallest_p", claim.smallest_p},
                        {"testable", claim.testable},
                        {"seeds_needed", static_cast<std::uint64_t>(claim.needed)},
                        {"power", k_power},
                        {"dimensions", claim.dimensions},
                        {"dimensions_measured", claim.measured},
                        {"detectable_shift", claim.detectable ? Json(*claim.detectable) : Json()}};
}

Json repeats_json(const Plan& plan) {
    const auto repeats = repeat_claim(plan);
    if (!repeats) return Json();
    return Json::Object{{"repeats", static_cast<std::uint64_t>(repeats->repeats)}, {"rate_bound", repeats->bound}};
}

Json plan_document(const Plan& plan, const StoredRuns& stored, const std::vector<Claim>& claims) {
    Json::Array runs, notes, can_show;
    for (std::size_t i = 0; i < plan.runs.size(); ++i) {
        const PlannedRun& run = plan.runs[i];
        const auto& record = stored.runs[i].record;
        runs.push_back(Json::Object{{"run", run_label(plan, run.number)},
                                    {"cell", cell_text(plan, run)},
                                    {"request_id", request_id(run.request)},
                                    {"state", record ? Json(state_name(record->state)) : Json("missing")}});
    }
    for (const std::string& note : plan_notes(plan)) notes.push_back(note);
    for (const Claim& claim : claims) can_show.push_back(claim_json(claim));
    return Json::Object{{"schema", "assay/plan/1"},
                        {"audit", audit_id(plan)},
                        {"plan", plan_json(plan)},
                        {"runs", std::move(runs)},
                        {"claims", std::move(can_show)},
                        {"repeats", repeats_json(plan)},
                        {"notes", std::move(notes)},
                        {"done", static_cast<std::uint64_t>(stored.stored)},
                        {"failed", static_cast<std::uint64_t>(stored.failed)}};
}

}  // namespace

int plan_command(const Options& options) {
    const Audit audit = prepare_audit(requested_spec(options), options);
    StoredRuns stored{std::vector<RunData>(audit.plan.runs.size()), {}, 0, 0};
    if (std::filesystem::exists(store_path(options) / "STORE")) {
        stored = load_runs(Store::open(store_path(options)), audit.plan);
        if (audit.inputs) check_input_count(audit.inputs->ids.size(), stored.runs);
    }
    const std::vector<Claim> claims = claims_of(audit.plan, effect_dimensions(audit.plan, stored.runs));
    emit(
        options, [&] { return shown_text(plan_text(audit, stored, claims), terminal_of(STDOUT_FILENO, options)); },
        [&] { return plan_document(audit.plan, stored, claims); });
    return 0;
}

}  // namespace assay
