#include "report/evidence_words.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "report/sentences.hpp"

namespace assay {
namespace {

const std::string k_untestable = "UNTESTABLE", k_no_bit = "no bit changed";

bool is_untestable(const FactorTest& test) {
    return test.untested.code == k_untestable || test.untested.code == "SEEDS_SHARE_STREAMS";
}
bool is_invariant(const FactorTest& test) { return test.untested.code == "BITWISE_INVARIANT"; }
bool is_unmoved(const FactorTest& test) { return test.untested.code == "NONE_OBSERVED"; }

const FactorTest* test_of(const Evidence& evidence, const std::string& factor) {
    for (const FactorTest& test : evidence.tests) {
        if (test.factor == factor) return &test;
    }
    return nullptr;
}

// "isa from avx2 to baseline in dense, lr 0.1"; with three levels or more without the levels.
std::string what_changed(const Report& report, const HardwareEffect& effect) {
    std::string text = effect.factor.substr(effect.factor.find('.') + 1);
    for (const Factor& factor : report.factors) {
        if (full_name(factor) == effect.factor && factor.levels.size() == 2)
            text += " from " + level_text(factor.levels[0]) + " to " + level_text(factor.levels[1]);
    }
    return text + (effect.where.empty() ? "" : " in " + effect.where);
}

std::string pairs_of(std::size_t count, std::size_t all) {
    return (count == all ? "all " + std::to_string(all) : std::to_string(count) + " of " + std::to_string(all)) +
           (all == 1 ? " pair" : " pairs");
}

// No seed was amplified, or none could be called so.
std::string calm_sentence(const HardwareEffect& effect) {
    if (effect.bitwise_equal == effect.pairs) return " changed no bit in " + plural(effect.pairs, "pair") + ".";
    std::string text = " changed bits in " + pairs_of(effect.pairs - effect.bitwise_equal, effect.pairs) + ", and ";
    text += effect.label_changes == 0 ? "no label." : "labels in " + std::to_string(effect.label_changes) + " of them.";
    if (!effect.amplified_share) return text + " There is no other seed to measure that by.";
    text += " Training amplified it for none of " + plural(effect.seeds, "seed");
    if (effect.amplified_bound)
        text += "; with so many, it may for up to " + percent(*effect.amplified_bound, 0) + " of seeds";
    return text + ".";
}

// A share of seeds says more than their mean: the size is over all seeds, the calm ones among them.
std::string size_sentence(const HardwareEffect& effect) {
    if (!effect.ratio.value) return "";
    const double ratio = *effect.ratio.value;
    const auto text = [](double size) { return size < 0.1 ? share_text(size) : percent(size, 0); };
    const std::string scale = " as large as retraining with a different seed";
    if (effect.amplified == effect.seeds) return " The change is " + text(ratio) + scale + ".";
    const std::string all = " all " + plural(effect.seeds, "seed") + ", calm ones among them, ";
    if (!effect.amplified_ratio) return " Over" + all + "the change is " + text(ratio) + scale + ".";
    return " Where it did, the change is " + text(*effect.amplified_ratio) + scale + "; over" + all + text(ratio) + ".";
}

std::string origin_sentence(const Evidence& evidence, const HardwareEffect& effect) {
    const FactorTest* const test = test_of(evidence, effect.factor);
    const std::string word = test == nullptr ? "not tested" : direction_word(*test);
    if (word == "found") return " A systematic direction was found: part of the change is the same for every seed.";
    if (word == k_untestable) return " Whether there is a systematic direction these seeds cannot tell.";
    if (word != "none found") return "";
    return " No systematic direction was found. The rounding difference is the trigger; the size is produced by "
           "training dynamics.";
}

}  // namespace

std::string flag_words(const std::string& flag) {
    const std::pair<const char*, const char*> words[] = {
        {"CI_TOO_FEW_UNITS", "no interval: too few independent seeds"},
        {"UNBOUNDED", "[low, ?]: one unit of seeds carries all of it"},
        {"ONE_RUN_DOMINATES", "one unit of seeds carries more than half of the uncertainty"},
        {"NONE_OBSERVED", "0 was seen, which is no proof that it is 0"},
        {"NO_PAIRS", "no two usable runs to compare"},
        {"ZERO_DENOMINATOR", "no ratio: another seed changes nothing"},
        {"MODEL_MISFIT", "a share below 0: seeds were reused, or levels are no fair sample"},
        {"CROSSED_SEEDS", "no interval: runs share some of their seeds"},
        {"NOTHING_VARIES", "no interval: nothing varies"},
        {"ALL_IDENTICAL", "all runs are identical"},
        {"FEW_AMPLIFIED", "no interval: too few of the seeds are amplified to tell how many would be"},
        {"NO_SEED_PAIRS", "no two runs differ in the seed alone, so nothing to measure by"},
        {"NO_SEED_VARIATION", "another seed changes nothing, so any change counts as amplified"},
        {"LABELS_CHANGED", "labels changed, though no seed counts as amplified"},
    };
    for (const auto& [name, meaning] : words) {
        if (flag == name) return meaning;
    }
    return flag;
}

std::string unit_words(const Dominating& unit) {
    constexpr std::size_t k_named = 4;
    if (unit.runs.size() == 1) return "run " + unit.runs[0] + " (" + unit.unit + ")";
    if (unit.runs.size() > k_named) return unit.unit + " (" + plural(unit.runs.size(), "run") + ")";
    return unit.unit + " (runs " + join(unit.runs, ", ") + ")";
}

std::string flag_words(const std::string& flag, const std::optional<Dominating>& dominating) {
    if (dominating && flag == "ONE_RUN_DOMINATES")
        return unit_words(*dominating) + " carries more than half of the uncertainty";
    if (dominating && flag == "UNBOUNDED") return "[low, ?]: " + unit_words(*dominating) + " carries all of it";
    return flag_words(flag);
}

std::string repeats_sentence(const SelfAudit& control) {
    std::string text =
        control.repeats == 1 ? "the repeat is identical" : "all " + std::to_string(control.repeats) + " are identical";
    text += " to the last bit";
    if (!control.nondeterminism_bound) return text;
    return text + "; with so many, a repeat may still differ in up to " + percent(*control.nondeterminism_bound, 0) +
           " of cases";
}

std::string direction_word(const FactorTest& test) {
    if (is_untestable(test)) return k_untestable;
    if (is_invariant(test)) return k_no_bit;
    if (is_unmoved(test)) return "no change seen";
    const auto& adjusted = test.p_holm ? test.p_holm : test.p_bh;
    if (!test.untested.empty() || !adjusted) return "not tested";
    return *adjusted <= k_alpha ? "found" : "none found";
}

std::string direction_reason(const FactorTest& test) {
    return is_invariant(test) || is_unmoved(test) ? "" : test.untested.sentence;
}

std::string hardware_verdict(const Evidence& evidence, const HardwareEffect& effect) {
    const FactorTest* const test = test_of(evidence, effect.factor);
    const bool shift = test != nullptr && direction_word(*test) == "found" && effect.bitwise_equal < effect.pairs;
    return effect.verdict + (shift ? "+SHIFT" : "");
}

std::string hardware_sentence(const Report& report, const HardwareEffect& effect) {
    const std::string text = "Changing " + what_changed(report, effect);
    const Evidence& evidence = report.attribution.evidence;
    if (effect.amplified == 0) {
        const bool found = hardware_verdict(evidence, effect) != effect.verdict;
        return text + calm_sentence(effect) + (found ? origin_sentence(evidence, effect) : "");
    }
    return text + " altered the outputs of " + std::to_string(effect.amplified) + " of " +
           plural(effect.seeds, "seed") + " beyond rounding." + size_sentence(effect) +
           origin_sentence(evidence, effect);
}

std::string control_sentence(const SelfAudit& control) {
    if (control.bitwise_equal == control.pairs)
        return "nothing changed, run again: " +
               (control.pairs == 1 ? std::string("the pair is") : "all " + plural(control.pairs, "pair") + " are") +
               " equal to the last bit; no answer was seen to change by itself";
    const std::string differ =
        "nothing changed, run again: " + pairs_of(control.pairs - control.bitwise_equal, control.pairs) + " differ; ";
    if (!control.untested.empty() || !control.p)
        return differ + "the test of a factor could not be tried on them" +
               (control.untested.empty() ? "" : ": " + control.untested.sentence);
    if (*control.p <= k_alpha)
        return differ +
               "the test of a factor FINDS a direction where there is none to find: the machine or the order of runs "
               "shifts the answers, so distrust \"found\" above";
    return differ + "the test of a factor finds no direction in them, as it should (" + plural(control.seeds, "seed") +
           ")";
}

}  // namespace assay
