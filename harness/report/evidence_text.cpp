#include "report/evidence_text.hpp"

#include <algorithm>
#include <functional>

#include "report/evidence_words.hpp"
#include "report/figure_text.hpp"
#include "report/sentences.hpp"

namespace assay {
namespace {

// ---- Shares

std::string component_name(const SeedComponent& one) {
    std::vector<std::string> names;
    for (const std::string& stream : one.streams) names.push_back(short_name(stream));
    return join(names, " x ");
}

// Components keep their sign: cut off at 0 they would be biased. What rounding leaves of a zero is no sign.
void negative_components(const SeedShares& shares, Notes& notes) {
    const double rounding = 1e-9 * shares.variance.value.value_or(0);
    std::vector<std::string> chance;
    for (const SeedComponent& one : shares.components) {
        if (!one.component.value || *one.component.value >= -rounding) continue;
        const auto& flags = one.component.flags;
        const std::string figure = component_name(one) + " 0 (est " + digits(*one.component.value) + ")";
        if (std::find(flags.begin(), flags.end(), "MODEL_MISFIT") == flags.end()) {
            chance.push_back(figure);
        } else {
            notes.add_words(place_text(shares.where), "component " + figure +
                                                          ", its whole interval below 0: seeds were reused, or levels "
                                                          "are no fair sample");
        }
    }
    if (!chance.empty())
        notes.add_words(place_text(shares.where), "components estimated below 0, as chance may: " + join(chance, ", "));
}

void share_rows(const SeedShares& shares, Rows& rows, Notes& notes) {
    const std::string where = place_text(shares.where);
    notes.add(where, shares.flags);
    notes.add(where, shares.variance);
    std::string both;
    if (const auto& interval = shares.population.interval) both = "inputs too " + range_text(*interval, false);
    rows.push_back({"  " + where, "V " + figure_text(shares.variance, false), both});
    for (const SeedShare& share : shares.streams) {
        if (!share.total.value && !share.first_order.value) continue;
        rows.push_back({"    " + short_name(share.stream), "total " + figure_text(share.total, true),
                        "first order " + figure_text(share.first_order, true)});
        notes.add(where, share.total);
        notes.add(where, share.first_order);
    }
    negative_components(shares, notes);
}

// ---- Hardware

std::vector<std::string> hardware_row(const Evidence& evidence, const HardwareEffect& effect) {
    std::string seeds = std::to_string(effect.amplified) + " of " + std::to_string(effect.seeds);
    if (!effect.amplified_share) {
        seeds = "unknown";
    } else {
        seeds += " [" + fixed(effect.amplified_share->low * 100, 0) + ", " +
                 fixed(effect.amplified_share->high.value_or(1) * 100, 0) + "]%";
    }
    return {"  " + place_text(effect.where), hardware_verdict(evidence, effect), seeds,
            figure_text(effect.ratio, false)};
}

// The configurations of one factor, and the sentence about the one in which it does most.
void hardware_factor(Writer& w, const std::vector<const HardwareEffect*>& effects) {
    const Evidence& evidence = w.report.attribution.evidence;
    Rows rows = {{"", "", "seeds amplified", "A"}};
    Notes notes;
    const HardwareEffect* most = effects.front();
    for (const HardwareEffect* effect : effects) {
        const auto size = [](const HardwareEffect& one) { return std::pair(one.amplified, one.ratio.value); };
        if (size(*most) < size(*effect)) most = effect;
        if (rows.size() > k_section_lines) continue;
        rows.push_back(hardware_row(evidence, *effect));
        notes.add(place_text(effect->where), effect->flags);
        if (effect->ratio.value) notes.add(place_text(effect->where), effect->ratio);
    }
    w.line("");
    w.title("Hardware: what training makes of " + short_name(effects.front()->factor) + ", beside another seed");
    w.table(rows);
    say_more(w, effects.size() + 1 - rows.size(), "more configuration");
    notes.say(w);
    w.line(wrap(hardware_sentence(w.report, *most), w.width(), "  "));
}

bool repeated_exactly(const RepeatEffect& one) { return one.effect.bitwise_equal == one.effect.pairs; }

// Nothing changed, run again. Returns whether an A was shown.
bool repeat_lines(Writer& w) {
    const Evidence& evidence = w.report.attribution.evidence;
    if (evidence.repeats.empty() || !evidence.self_audit) return false;
    w.line("");
    if (std::all_of(evidence.repeats.begin(), evidence.repeats.end(), repeated_exactly)) {
        w.paragraph("repeats", repeats_sentence(*evidence.self_audit));
        return false;
    }
    Rows rows = {{"", "", "seeds amplified", "A of repeats"}};
    Notes notes;
    bool ratio = false;
    std::size_t left = 0;
    for (const RepeatEffect& one : evidence.repeats) {
        if (rows.size() > k_section_lines) {
            ++left;
            continue;
        }
        rows.push_back(hardware_row(evidence, one.effect));
        notes.add(place_text(one.effect.where), one.effect.flags);
        if (!one.effect.ratio.value) continue;
        notes.add(place_text(one.effect.where), one.effect.ratio);
        ratio = true;
    }
    w.title("Repeats: what training makes of nothing, beside another seed");
    w.table(rows);
    say_more(w, left, "more configuration");
    notes.say(w);
    return ratio;
}

void verified_lines(Writer& w) {
    std::vector<std::string> verified, unverified;
    for (const HardwareCheck& check : w.report.attribution.hardware) {
        (check.verified == check.of ? verified : unverified).push_back(check.factor);
    }
    if (verified.empty() && unverified.empty()) return;
    w.line("");
    if (!verified.empty())
        w.paragraph("verified", join(verified, ", ") + ": the libraries report what was asked, in every run");
    if (!unverified.empty())
        w.paragraph("unverified", join(unverified, ", ") + ": set, but no library said so in every run");
}

// ---- Inputs

using Cell = std::function<std::string(const InputStability&)>;

std::string optional_share(const std::optional<double>& share) { return share ? share_text(*share) : "-"; }

std::string top_text(const InputStability& one) {
    if (!one.top_1 || !one.top_5 || !one.top_10) return "-";
    const auto whole = [](double share) { return fixed(share * 100, 0); };
    return whole(*one.top_1) + ", " + whole(*one.top_5) + ", " + whole(*one.top_10) + "%";
}

std::string unstable_text(const InputStability& one) {
    if (!one.no_list.empty()) return "no list";
    if (one.unstable.empty()) return "none sure";
    std::string text = std::to_string(one.unstable.size());
    if (one.unstable_false_discovery) text += " (" + percent(*one.unstable_false_discovery, 0) + " wrong)";
    return text;
}

std::string near_text(const InputStability& one) {
    return one.near_best == 0 ? "-" : std::to_string(one.near_best) + " of " + std::to_string(one.runs);
}

Rows inputs_heading(const std::vector<InputStability>& shown) {
    constexpr std::size_t k_width = 16;
    Rows rows;
    for (std::size_t i = 0; i < shown.size(); ++i) {
        const auto parts = heading_lines(place_text(shown[i].where), k_width);
        rows.resize(std::max(rows.size(), parts.size()), std::vector<std::string>(shown.size() + 1));
        for (std::size_t p = 0; p < parts.size(); ++p) rows[p][i + 1] = elide(parts[p], k_width);
    }
    rows.front().front() = "  of " + plural(shown.front().inputs, "input");
    return rows;
}

void inputs_table(Writer& w, const std::vector<InputStability>& shown) {
    const std::pair<const char*, Cell> measures[] = {
        {"labels two retrains dispute", [](const auto& one) { return optional_share(one.disagreement); }},
        {"variance in top 1, 5, 10%", top_text},
        {"unstable inputs", unstable_text},
        {"labels near-best runs dispute", [](const auto& one) { return optional_share(one.ambiguity); }},
        {"  most that one changes", [](const auto& one) { return optional_share(one.discrepancy); }},
        {"  near-best runs", near_text},
        {"accuracy (seeds and inputs)", [](const auto& one) { return figure_text(one.accuracy, true); }},
        {"accuracy spread / luck",
         [](const auto& one) { return one.test_set_luck ? fixed(*one.test_set_luck, 2) : "-"; }},
    };
    Rows rows = inputs_heading(shown);
    for (const auto& [name, cell] : measures) {
        std::vector<std::string> row = {std::string("  ") + name};
        bool any = false;
        for (const InputStability& one : shown) {
            row.push_back(cell(one));
            any |= row.back() != "-";
        }
        if (any) rows.push_back(std::move(row));
    }
    w.table(rows);
}

void inputs_legend(Writer& w, const std::vector<InputStability>& shown) {
    bool listed = false, near = false, all = true, luck = false, accuracy = false;
    std::vector<std::string> words;
    const auto say = [&words](const std::string& text) {
        if (std::find(words.begin(), words.end(), text) == words.end()) words.push_back(text);
    };
    for (const InputStability& one : shown) {
        listed |= !one.unstable.empty();
        near |= one.ambiguity.has_value();
        all &= one.near_best == one.runs;
        luck |= one.test_set_luck.has_value();
        accuracy |= one.accuracy.interval.has_value();
        for (const std::string& flag : one.accuracy.flags) say("accuracy: " + flag_words(flag));
        if (!one.no_list.empty()) say("no list: " + one.no_list);
    }
    if (listed)
        words.emplace_back(
            "unstable: more than one retrain in ten gives another label (expected share wrongly listed)");
    if (near)
        words.emplace_back(std::string("near-best runs: ") +
                           (all ? "here all" : "within a point of the best accuracy") +
                           "; the more, the more labels they dispute");
    if (accuracy) words.emplace_back("accuracy: its mean, with seeds and inputs as samples");
    if (luck) words.emplace_back("spread / luck: near 1, runs differ in accuracy by luck with these inputs alone");
    if (!words.empty()) w.line(wrap(join(words, "; "), w.width(), "  "));
}

}  // namespace

void shares_section(Writer& w, const std::vector<SeedShares>& all, const std::string& variance) {
    if (all.empty()) return;
    Rows rows;
    Notes notes;
    std::size_t shown = 0;
    bool streams = false, both = false;
    for (const SeedShares& shares : all) {
        if (shown > 0 && rows.size() + 1 + shares.streams.size() > k_section_lines) break;
        share_rows(shares, rows, notes);
        streams |= !shares.streams.empty();
        both |= shares.population.interval.has_value();
        ++shown;
    }
    w.line("");
    w.title(streams ? "Shares: what each stream of seeds does to the variance between runs"
                    : "Shares: the variance between runs that share no seed");
    w.table(rows);
    say_more(w, all.size() - shown, "more configuration");
    notes.say(w);
    std::vector<std::string> words = {"V: " + variance + " two runs that share no seed"};
    if (both) words.emplace_back("inputs too: its interval were the inputs a sample, like the seeds");
    if (streams)
        words.emplace_back(
            "total: what this stream alone brings back of V; first order: what it alone explains. Effects overlap; "
            "the columns do not add up");
    w.line(wrap(join(words, "; "), w.width(), "  "));
}

void hardware_section(Writer& w) {
    std::vector<std::vector<const HardwareEffect*>> factors;
    for (const HardwareEffect& effect : w.report.attribution.evidence.hardware) {
        if (factors.empty() || factors.back().front()->factor != effect.factor) factors.emplace_back();
        factors.back().push_back(&effect);
    }
    bool ratio = false;
    for (const auto& effects : factors) {
        hardware_factor(w, effects);
        for (const HardwareEffect* effect : effects) ratio |= effect->ratio.value.has_value();
    }
    const auto legend = [&w] {
        w.line(
            wrap("seeds amplified: above rounding, with the 95% interval of their share; A: size of the change, 1 = as "
                 "large as another seed",
                 w.width(), "  "));
    };
    if (ratio) legend();
    if (repeat_lines(w) && !ratio) legend();
    verified_lines(w);
}

void inputs_section(Writer& w) {
    constexpr std::size_t k_name = 32, k_column = 20;
    const std::vector<InputStability>& all = w.report.attribution.evidence.inputs;
    if (all.empty()) return;
    const std::size_t room = w.width() > k_name ? (w.width() - k_name) / k_column : 0;
    const std::size_t count = std::min(all.size(), std::clamp<std::size_t>(room, 1, 4));
    const std::vector<InputStability> shown(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(count));
    w.line("");
    w.title("Inputs: which answers depend on the seed");
    inputs_table(w, shown);
    say_more(w, all.size() - count, "more configuration");
    inputs_legend(w, shown);
}

void control_section(Writer& w) {
    const Evidence& evidence = w.report.attribution.evidence;
    if (!evidence.self_audit && evidence.left_out.empty()) return;
    w.line("");
    if (evidence.self_audit) w.paragraph("control", control_sentence(*evidence.self_audit));
    if (!evidence.left_out.empty()) w.paragraph("left out", "all statistics over pairs of runs: " + evidence.left_out);
}

}  // namespace assay
