#include "report/gate_advice.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "core/gate_report.hpp"

namespace assay {
namespace {

std::string rule_place(const GateRule& rule) {
    const std::string place = place_text({rule.file, rule.line, 0});
    return place.empty() ? "the spec" : place;
}

// A setting in which the rule holds already is the cheapest way out.
std::string where_it_holds(const RuleResult& result) {
    const RulePlace* const worst = result.place();
    for (const RulePlace& place : result.places) {
        if (&place == worst || place.state != RuleState::pass || place.where.empty() || worst == nullptr) continue;
        return "take " + place.where + " in place of " + worst->where + ": there the rule holds";
    }
    return "";
}

std::string about_kind(const GateRule& rule) {
    const std::string name = rule.name.empty() ? "NAME" : rule.name;
    switch (*rule.kind) {
        case FactorKind::hardware:
            return "pin it: pin: {hardware: {" + (rule.name.empty() ? "isa" : name) +
                   ": LEVEL}} in the spec, and ship with the variables that assay plan prints for it";
        case FactorKind::seed:
            return "make the training depend less on its seeds: a lower learning rate, more data or epochs, or the "
                   "mean "
                   "of several runs; audits/study_seed_streams.yaml shows which stream it is";
        case FactorKind::environment:
            return "pin it: pin: {environment: {" + name + ": VALUE}}";
        default:
            return "keep one level of it: take the others out of factors";
    }
}

std::string about_metric(const RuleResult& result, const std::string& store) {
    const GateRule& rule = result.rule;
    const RulePlace* const place = result.place();
    const std::string run = place == nullptr || place->run.empty() ? "RUN" : place->run;
    if (rule.metric == "replay")
        return "find what differs between a run and its repeat: assay replay " + run + store +
               "; then set deterministic: true, one thread, or a fixed order of the data";
    if (rule.metric == "collapsed")
        return "lower the learning rate, or warm it up: such runs, " + run +
               " for one, answer one class whatever they are asked, or no number";
    if (rule.baseline || rule.metric == "churn")
        return "undo, one at a time, what has changed since the baseline, and run again: only changed runs are trained";
    if (rule.spread) return "make the training depend less on its seeds: a lower learning rate, more epochs";
    if (rule.kind) return about_kind(rule);
    return "train longer or with more data: this is measured on held-out inputs";
}

std::vector<std::string> when_undecided(const RuleResult& result, const std::string& store) {
    std::vector<std::string> advice;
    const std::string run = "assay run " + (result.rule.file.empty() ? "SPEC" : result.rule.file) + store;
    if (result.needed && result.needed->more_runs > 0) {
        advice.push_back("run more: " + std::to_string(result.needed->seeds) +
                         " seeds decide it with 80% probability, were the truth what was measured: set seed: {all: " +
                         std::to_string(result.needed->seeds) + "} under factors, then " + run +
                         "; stored runs are not trained again");
    } else {
        advice.push_back("run more seeds: raise their number under factors, then " + run);
    }
    advice.push_back("if so small a difference does not matter: widen the limit in " + rule_place(result.rule) +
                     "; assay gate --suggest" + store + " prints what these seeds can decide");
    return advice;
}

}  // namespace

std::vector<std::string> gate_advice(const RuleResult& result, const std::vector<std::string>& changes,
                                     const std::string& store_option) {
    if (result.state == RuleState::refused || result.state == RuleState::incomplete)
        return {result.help.empty() ? "look at the spec: " + rule_place(result.rule) : result.help};
    if (result.state == RuleState::undecided) return when_undecided(result, store_option);
    std::vector<std::string> advice;
    if (const std::string way = where_it_holds(result); !way.empty()) advice.push_back(way);
    const bool beside = result.rule.baseline || result.rule.metric == "churn";
    if (beside && !changes.empty()) {
        advice.push_back("undo what has changed since the baseline (" + join(changes, ", ") +
                         "), one at a time: only changed runs are trained again");
    } else {
        advice.push_back(about_metric(result, store_option));
    }
    std::string accept = "if this is what you want: change the limit in " + rule_place(result.rule);
    if (result.rule.baseline || result.rule.metric == "churn")
        accept += ", or make it the baseline: assay accept" + store_option;
    advice.push_back(accept);
    return advice;
}

std::string gate_see_it(const RuleResult& result, const std::string& audit, const std::string& baseline,
                        const std::string& store_option) {
    std::string text = "assay report " + audit.substr(0, 8) + store_option;
    const bool beside =
        (result.rule.baseline || result.rule.metric == "churn") && !baseline.empty() && baseline != audit;
    if (beside) text += "; assay diff " + baseline.substr(0, 8) + " " + audit.substr(0, 8) + store_option;
    return text + "; assay explain " + result.rule.metric;
}

}  // namespace assay
