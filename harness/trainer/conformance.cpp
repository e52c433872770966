#include "trainer/conformance.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "base/utf8.hpp"
#include "core/predictions.hpp"
#include "core/reload.hpp"
#include "core/safetensors.hpp"

namespace assay {
namespace {

struct RuleText {
    const char* name;
    const char* says;
    std::vector<const char*> codes;  // reasons of a failed run that break it
};

// In the order in which a run is read, so that what comes after a broken rule was not looked at.
const std::vector<RuleText>& per_run() {
    static const std::vector<RuleText> k_rules = {
        {"ends", "ends with exit 0 within its limits", {"R0204", "R0205", "R0206", "R0220", "R0230", "R0236"}},
        {"run_id", "run_id, if written, is ASSAY_RUN_ID", {"R0207"}},
        {"hardware", "effective.json, if written, agrees with what was asked", {"R0216", "R0217"}},
        {"files", "other files in ${out} can be read", {"R0212", "R0213", "R0214", "R0218", "R0219", "R0221"}},
        {"predictions", "writes predictions into ${out}", {"R0208"}},
        {"readable", "predictions are a table of numbers", {"R0231", "R0232", "R0235"}},
        {"ids", "ids, if written, name each row once", {"R0233"}},
        {"shape", "every run has predictions of one shape", {"R0210"}},
        {"probabilities", "each row sums to 1; nothing negative or NaN", {"R0209", "R0215"}},
        {"labels", "labels, if written, are one for each row, and one set", {"R0211", "R0234"}},
    };
    return k_rules;
}

std::string code_of(const RunRecord& record) { return record.reason.substr(0, record.reason.find(':')); }

bool breaks(const RuleText& rule, const RunRecord& record) {
    return std::find(rule.codes.begin(), rule.codes.end(), code_of(record)) != rule.codes.end();
}

// What a rule about something optional had to look at; empty where there was nothing.
bool was_written(const std::string& rule, const ObservedRun& run) {
    const auto has = [&](std::string_view beginning) {
        return std::any_of(run.names.begin(), run.names.end(),
                           [&](const std::string& name) { return name.starts_with(beginning); });
    };
    if (rule == "run_id") return has("run_id");
    if (rule == "hardware") return has("effective.json");
    if (rule == "ids") return run.files.contains("ids.txt");
    if (rule == "labels") return run.files.contains("labels.npy");
    return true;
}

Rule judge(const RuleText& text, const std::vector<const ObservedRun*>& runs, bool& reached) {
    Rule rule{text.name, text.says, ConformanceResult::skip, "a rule above is broken"};
    if (!reached) return rule;
    for (const ObservedRun* run : runs) {
        if (!breaks(text, run->record)) continue;
        reached = false;
        rule.result = ConformanceResult::fail;
        rule.detail = run->record.reason;
        return rule;
    }
    const bool written = was_written(text.name, *runs.front());
    rule.result = written ? ConformanceResult::pass : ConformanceResult::skip;
    rule.detail = written ? "" : "not written";
    return rule;
}

bool is_skipped(const ObservedRun* run) { return run->record.state == RunState::skipped; }

// A run that did not complete for a reason that no rule knows broke the first one: it came to no good end.
bool all_completed(const std::vector<const ObservedRun*>& runs, Rule& ends) {
    for (const ObservedRun* run : runs) {
        if (run->record.state == RunState::completed) continue;
        ends.result = ConformanceResult::fail;
        ends.detail = is_skipped(run) ? "exit 125 in some of three runs of the same settings: a trainer declines "
                                        "settings, not seeds"
                      : run->record.reason.empty() ? "a run did not complete"
                                                   : run->record.reason;
        return false;
    }
    return true;
}

// NAME.tmp that stayed: it was never renamed.
Rule judge_renamed(const std::vector<const ObservedRun*>& runs) {
    Rule rule{"renamed", "leaves no half file NAME.tmp", ConformanceResult::pass, ""};
    for (const ObservedRun* run : runs) {
        for (const std::string& name : run->names) {
            if (!name.ends_with(".tmp")) continue;
            rule.result = ConformanceResult::fail;
            rule.detail = elide(printable_line(name), 60) + " is still there after the end";
        }
    }
    return rule;
}

// Where two runs of one request differ; empty where they do not.
std::string difference(const ObservedRun& a, const ObservedRun& b) {
    for (const char* name : {"predictions.npy", "steps.npy"}) {
        const auto x = a.files.find(name), y = b.files.find(name);
        const bool both = x != a.files.end() && y != b.files.end();
        if (both ? x->second != y->second : (x == a.files.end()) != (y == b.files.end()))
            return std::string(name) + " differs";
    }
    const bool opaque = is_opaque(a.record.weights) || is_opaque(b.record.weights);
    return opaque || a.record.weights == b.record.weights ? "" : "the weights differ";
}

bool is_hard(const ObservedRun& run) {
    const auto read = predictions_from_array(parse_npy(run.files.at("predictions.npy"))).predictions;
    return read && std::all_of(read->probabilities.begin(), read->probabilities.end(),
                               [](float p) { return p == 0 || p == 1; });
}

// Of the first run; the spec's trainer.predict is asked after each.
Rule judge_reload(const ObservedRun& run, bool reached) {
    Rule rule{"reload", "the saved model, reloaded, predicts the same", ConformanceResult::skip,
              reached ? "the spec has no trainer.predict" : "a rule above is broken"};
    const auto file = run.files.find(k_reload_member);
    if (!reached || file == run.files.end()) return rule;
    const Reload reload = reload_from_json(parse_json(file->second, k_reload_member));
    rule.result = reload.state == ReloadState::same ? ConformanceResult::pass : ConformanceResult::fail;
    rule.detail = reload.reason;
    if (reload.state == ReloadState::differs)
        rule.detail = std::to_string(reload.labels) + " of " + plural(reload.inputs, "label") + " differ, max |dp| " +
                      scientific(reload.max_abs_dp);
    return rule;
}

// Exit 125 is part of the protocol; but what was declined cannot be judged.
std::vector<Rule> nothing_judged() {
    std::vector<Rule> rules;
    for (const RuleText& text : per_run()) rules.push_back({text.name, text.says, ConformanceResult::skip, "exit 125"});
    return rules;
}

}  // namespace

std::vector<Rule> judge_trainer(const ObservedRun& run, const ObservedRun& again, const ObservedRun& other_seeds) {
    const std::vector<const ObservedRun*> runs = {&run, &again, &other_seeds};
    if (std::all_of(runs.begin(), runs.end(), is_skipped)) return nothing_judged();
    std::vector<Rule> rules;
    bool reached = true;
    for (const RuleText& text : per_run()) rules.push_back(judge(text, runs, reached));
    rules.push_back(judge_renamed(runs));
    if (reached) reached = all_completed(runs, rules.front());

    Rule replay{"replay", "the same run again gives the same bits", ConformanceResult::skip, "a rule above is broken"};
    Rule seed{"seed", "another seed gives other bits", ConformanceResult::skip, "a rule above is broken"};
    if (reached) {
        replay.detail = difference(run, again);
        replay.result = replay.detail.empty() ? ConformanceResult::pass : ConformanceResult::fail;
        const bool same = difference(run, other_seeds).empty();
        seed.result = !same          ? ConformanceResult::pass
                      : is_hard(run) ? ConformanceResult::skip
                                     : ConformanceResult::fail;
        seed.detail = !same          ? ""
                      : is_hard(run) ? "hard labels: two seeds may well give the same"
                                     : "all bits are equal: the seed does not reach the model";
        if (!replay.detail.empty() && seed.result == ConformanceResult::pass) {
            seed.result = ConformanceResult::skip;
            seed.detail = "a run that does not repeat differs without another seed";
        }
    }
    rules.push_back(std::move(replay));
    rules.push_back(std::move(seed));
    rules.push_back(judge_reload(run, reached));
    return rules;
}

bool was_judged(const std::vector<Rule>& rules) {
    return std::any_of(rules.begin(), rules.end(),
                       [](const Rule& rule) { return rule.result != ConformanceResult::skip; });
}

bool conforms(const std::vector<Rule>& rules) {
    return std::none_of(rules.begin(), rules.end(),
                        [](const Rule& rule) { return rule.result == ConformanceResult::fail; });
}

}  // namespace assay
