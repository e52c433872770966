#include "report/evidence_json.hpp"

#include "report/evidence_words.hpp"
#include "report/json_parts.hpp"

namespace assay {
namespace {

Json shift_json(const LevelShift& shift) {
    return Json::Object{{"first", shift.first},
                        {"second", shift.second},
                        {"shift2", figure_json(shift.shift2)},
                        {"kappa", optional_number(shift.kappa)},
                        {"kappa_interval", optional_interval(shift.kappa_interval)},
                        {"spread_ratio", optional_number(shift.spread_ratio)},
                        {"spread_interval", optional_interval(shift.spread_interval)},
                        {"spread_p", optional_number(shift.spread_p)}};
}

// Of a test of a factor or of the control.
template <class Test>
Json p_json(const Test& test) {
    if (!test.p) return {};
    return Json::Object{{"value", *test.p},
                        {"count", Json(test.p_count)},
                        {"total", Json(test.p_total)},
                        {"smallest", test.smallest_p},
                        {"exhaustive", test.exhaustive}};
}

Json untested_json(const Untested& untested) {
    if (untested.empty()) return {};
    const auto optional_count = [](const std::optional<std::size_t>& n) { return n ? count(*n) : Json(); };
    return Json::Object{{"code", untested.code},
                        {"sentence", untested.sentence},
                        {"seeds_needed", optional_count(untested.seeds_needed)},
                        {"family", optional_count(untested.family)}};
}

Json test_json(const FactorTest& test) {
    const bool made = test.p.has_value();
    return Json::Object{{"factor", test.factor},
                        {"kind", kind_name(test.kind)},
                        {"untested", untested_json(test.untested)},
                        {"direction", direction_word(test)},
                        {"nested", test.nested},
                        {"levels", count(test.levels)},
                        {"seeds", count(test.seeds)},
                        {"seeds_left_out", count(test.seeds_left_out)},
                        {"runs", count(test.runs)},
                        {"f", optional_number(test.f)},
                        {"f_infinite", test.f_infinite},
                        {"df_effect", made ? count(test.df_effect) : Json()},
                        {"df_error", made ? count(test.df_error) : Json()},
                        {"r2", made ? Json(test.r2) : Json()},
                        {"p", p_json(test)},
                        {"p_holm", optional_number(test.p_holm)},
                        {"p_bh", optional_number(test.p_bh)},
                        {"shifts", list(test.shifts, shift_json)}};
}

Json hardware_json(const Evidence& evidence, const HardwareEffect& effect) {
    return Json::Object{{"factor", effect.factor},
                        {"where", text_or_null(effect.where)},
                        {"pairs", count(effect.pairs)},
                        {"bitwise_equal", count(effect.bitwise_equal)},
                        {"label_changes", count(effect.label_changes)},
                        {"seeds", count(effect.seeds)},
                        {"amplified", count(effect.amplified)},
                        {"amplified_share", optional_interval(effect.amplified_share)},
                        {"amplified_bound", optional_number(effect.amplified_bound)},
                        {"effect", figure_json(effect.effect)},
                        {"seed_effect", figure_json(effect.seed_effect)},
                        {"ratio", figure_json(effect.ratio)},
                        {"amplified_ratio", optional_number(effect.amplified_ratio)},
                        {"max_d2", effect.max_d2},
                        {"verdict", hardware_verdict(evidence, effect)},
                        {"flags", texts(effect.flags)}};
}

Json repeat_json(const Evidence& evidence, const RepeatEffect& repeat) {
    return Json::Object{{"repeats", count(repeat.repeats)},
                        {"nondeterminism_bound", optional_number(repeat.nondeterminism_bound)},
                        {"effect", hardware_json(evidence, repeat.effect)}};
}

Json component_json(const SeedComponent& component) {
    return Json::Object{{"streams", texts(component.streams)}, {"component", figure_json(component.component)}};
}

Json shares_json(const SeedShares& shares) {
    return Json::Object{{"where", text_or_null(shares.where)},
                        {"variance", figure_json(shares.variance)},
                        {"population", figure_json(shares.population)},
                        {"streams", list(shares.streams,
                                         [](const SeedShare& share) {
                                             return Json(Json::Object{{"stream", share.stream},
                                                                      {"total", figure_json(share.total)},
                                                                      {"first_order", figure_json(share.first_order)}});
                                         })},
                        {"components", list(shares.components, component_json)},
                        {"flags", texts(shares.flags)}};
}

Json slice_json(const SliceStability& slice) {
    return Json::Object{{"slice", slice.slice},
                        {"value", slice.value},
                        {"inputs", count(slice.inputs)},
                        {"small", slice.small},
                        {"disagreement", optional_number(slice.disagreement)},
                        {"unstable", count(slice.unstable)}};
}

Json inputs_json(const InputStability& inputs) {
    return Json::Object{{"where", text_or_null(inputs.where)},
                        {"runs", count(inputs.runs)},
                        {"inputs", count(inputs.inputs)},
                        {"disagreement", optional_number(inputs.disagreement)},
                        {"top_1", optional_number(inputs.top_1)},
                        {"top_5", optional_number(inputs.top_5)},
                        {"top_10", optional_number(inputs.top_10)},
                        {"near_best", count(inputs.near_best)},
                        {"ambiguity", optional_number(inputs.ambiguity)},
                        {"discrepancy", optional_number(inputs.discrepancy)},
                        {"unstable", inputs.no_list.empty() ? list(inputs.unstable, count) : Json()},
                        {"unstable_ids", texts(inputs.unstable_ids)},
                        {"no_list", text_or_null(inputs.no_list)},
                        {"unstable_false_discovery", optional_number(inputs.unstable_false_discovery)},
                        {"class_disagreement", list(inputs.class_disagreement, optional_number)},
                        {"slices", list(inputs.slices, slice_json)},
                        {"test_set_luck", optional_number(inputs.test_set_luck)},
                        {"accuracy", figure_json(inputs.accuracy)},
                        {"accuracy_variance", optional_number(inputs.accuracy_variance)},
                        {"accuracy_variance_population", optional_number(inputs.accuracy_variance_population)}};
}

Json control_json(const std::optional<SelfAudit>& control) {
    if (!control) return {};
    return Json::Object{{"pairs", count(control->pairs)},
                        {"bitwise_equal", count(control->bitwise_equal)},
                        {"seeds", count(control->seeds)},
                        {"p", p_json(*control)},
                        {"untested", untested_json(control->untested)},
                        {"repeats", count(control->repeats)},
                        {"nondeterminism_bound", optional_number(control->nondeterminism_bound)}};
}

}  // namespace

Json figure_json(const Figure& figure) {
    return Json::Object{{"value", optional_number(figure.value)},
                        {"interval", optional_interval(figure.interval)},
                        {"units", count(figure.units)},
                        {"flags", texts(figure.flags)},
                        {"dominating", dominating_json(figure.dominating)}};
}

Json evidence_json(const Evidence& evidence) {
    return Json::Object{
        {"tests", list(evidence.tests, test_json)},
        {"hardware",
         list(evidence.hardware, [&](const HardwareEffect& effect) { return hardware_json(evidence, effect); })},
        {"repeats", list(evidence.repeats, [&](const RepeatEffect& repeat) { return repeat_json(evidence, repeat); })},
        {"seeds", list(evidence.seeds, shares_json)},
        {"inputs", list(evidence.inputs, inputs_json)},
        {"self_audit", control_json(evidence.self_audit)},
        {"left_out", text_or_null(evidence.left_out)}};
}

}  // namespace assay
