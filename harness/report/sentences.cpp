#include "report/sentences.hpp"

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "core/decision.hpp"
#include "report/errors.hpp"
#include "report/number_sentences.hpp"
#include "report/number_words.hpp"

namespace assay {
namespace {

std::string short_name(const EffectRow& row) { return row.factor.substr(row.factor.find('.') + 1); }

// Cells with pairs, as indices of their settings, the largest share of flips first.
std::vector<std::size_t> by_flips(const EffectRow& row) {
    std::vector<std::size_t> order;
    for (std::size_t s = 0; s < row.cells.size(); ++s) {
        if (row.cells[s].flips) order.push_back(s);
    }
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return row.cells[a].flips->value > row.cells[b].flips->value;
    });
    return order;
}

std::string where(const Report& report, std::size_t setting) {
    const auto& settings = report.attribution.settings;
    return settings.size() == 1 ? "" : " in " + settings[setting].name;
}

// The setting in which the row changes least; of equals the one that shares most with the setting in which it changes
// most.
std::size_t calmest(const Report& report, const EffectRow& row, const std::vector<std::size_t>& order) {
    const auto& settings = report.attribution.settings;
    const auto top = split(settings[order.front()].name, ',');
    std::size_t best = order.back(), best_shared = 0;
    for (const std::size_t s : order) {
        if (s == order.front() || row.cells[s].flips->value > row.cells[order.back()].flips->value) continue;
        const auto parts = split(settings[s].name, ',');
        std::size_t shared = 0;
        for (std::size_t i = 0; i < std::min(parts.size(), top.size()); ++i) shared += parts[i] == top[i] ? 1U : 0U;
        if (shared > best_shared) {
            best = s;
            best_shared = shared;
        }
    }
    return best;
}

bool is_wired(const Report& report, const std::string& factor) {
    const auto& unwired = report.attribution.unwired;
    return std::none_of(unwired.begin(), unwired.end(), [&](const UnwiredStream& s) { return s.factor == factor; });
}

// The seed stream that moves most labels in a setting; one that reaches nothing is none.
const EffectRow* strongest_seed(const Report& report, std::size_t setting) {
    const EffectRow* best = nullptr;
    for (const EffectRow& row : report.attribution.rows) {
        if (row.kind != FactorKind::seed || !row.cells[setting].flips || !is_wired(report, row.factor)) continue;
        if (best == nullptr || row.cells[setting].flips->value > best->cells[setting].flips->value) best = &row;
    }
    return best;
}

// "another seed of init"; where all streams move together, "another seed".
std::string another_seed(const EffectRow& row) {
    const std::string name = short_name(row);
    return name == "seed" || name == "all" ? "another seed" : "another seed of " + name;
}

std::string words(double share) {
    const std::string text = share_text(share);
    if (text[0] == '<') return "less than " + text.substr(1);
    return text[0] == '>' ? "more than " + text.substr(1) : text;
}

// "no bit in 36 pairs"; "no label in 36 pairs (max |dp| 6.1e-7)": over the cells of `settings`, none of which flips.
std::string none_changed(const EffectRow& row, const std::vector<std::size_t>& settings) {
    std::size_t pairs = 0, equal = 0;
    double largest = 0;
    for (const std::size_t s : settings) {
        pairs += row.cells[s].pairs;
        equal += row.cells[s].bitwise_equal;
        largest = std::max(largest, row.cells[s].max_abs_dp);
    }
    if (equal == pairs) return "no bit in " + plural(pairs, "pair");
    return "no label in " + plural(pairs, "pair") + " (max |dp| " + scientific(largest) + ")";
}

// "; in dense, lr 0.001 it changes no label in 36 pairs (max |dp| 6.1e-7)"
std::string where_least(const Report& report, const EffectRow& row, const std::vector<std::size_t>& order) {
    const std::size_t calm = calmest(report, row, order);
    const double low = row.cells[calm].flips->value;
    return ";" + where(report, calm) + " it changes " + (low == 0 ? none_changed(row, {calm}) : words(low));
}

// "Changing only isa changes 8.4% of the labels in dense, lr 0.1, where another seed of init changes 11.7%; in dense,
// lr 0.001 it changes no label in 36 pairs."
std::string factor_sentence(const Report& report, const EffectRow& row) {
    const auto order = by_flips(row);
    if (order.empty()) return "";
    const double top = row.cells[order.front()].flips->value;
    std::string text = "Changing only " + short_name(row) + " changes ";
    if (top == 0) return text + none_changed(row, order) + ".";
    text += words(top) + " of the predicted labels" + where(report, order.front());
    if (const EffectRow* seed = strongest_seed(report, order.front())) {
        const double other = seed->cells[order.front()].flips->value;
        if (other > 0) text += ", where " + another_seed(*seed) + " changes " + words(other);
    }
    if (order.size() > 1) text += where_least(report, row, order);
    return text + ".";
}

std::string seed_sentence(const Report& report) {
    const EffectRow* best = nullptr;
    std::size_t setting = 0;
    for (std::size_t s = 0; s < report.attribution.settings.size(); ++s) {
        const EffectRow* row = strongest_seed(report, s);
        if (row == nullptr) continue;
        if (best == nullptr || row->cells[s].flips->value > best->cells[setting].flips->value) {
            best = row;
            setting = s;
        }
    }
    if (best == nullptr) return "";
    const auto order = by_flips(*best);
    std::string text = another_seed(*best) + " changes ";
    text[0] = 'A';
    const double top = best->cells[order.front()].flips->value;
    if (top == 0) return text + none_changed(*best, order) + ".";
    text += words(top) + " of the predicted labels";
    const bool alike =
        order.size() > 1 && order.size() == best->cells.size() && best->cells[order.back()].flips->value == top;
    if (alike) return text + " in every setting.";
    text += where(report, order.front());
    if (order.size() > 1) text += where_least(report, *best, order);
    return text + ".";
}

std::string setting_sentence(const Report& report) {
    const EffectRow* best = nullptr;
    for (const EffectRow& row : report.attribution.setting_rows) {
        if (!row.cells[0].flips) continue;
        if (best == nullptr || row.cells[0].flips->value > best->cells[0].flips->value) best = &row;
    }
    if (best == nullptr) return "";
    const double top = best->cells[0].flips->value;
    return "Changing " + short_name(*best) + " itself changes " +
           (top == 0 ? none_changed(*best, {0}) : words(top) + " of the labels") +
           (best->where.empty() ? "" : " at " + best->where) + ".";
}

// "3 of 8 runs of lr 0.1 collapsed: one class for 98% of the inputs or more. They are counted, not averaged."
void add_outcomes(const Report& report, const Rate Setting::*rate, const std::string& what,
                  std::vector<std::string>& lead) {
    for (const Setting& setting : report.attribution.settings) {
        const auto [count, of, interval] = setting.*rate;
        if (count == 0) continue;
        std::string who = std::to_string(count) + " of " + plural(of, "run");
        if (count == of) who = of == 1 ? "The only run" : "All " + plural(of, "run");
        lead.push_back(who + (report.attribution.settings.size() > 1 ? " of " + setting.name : "") + " " + what +
                       (count == 1 ? ". It is counted, not averaged." : ". They are counted, not averaged."));
    }
}

// "2 of 8 runs were skipped: the trainer declined these settings (exit 125)."
void add_skipped(const Report& report, std::vector<std::string>& lead) {
    const auto& outcomes = report.attribution.outcomes;
    const auto skipped = static_cast<std::size_t>(std::count(outcomes.begin(), outcomes.end(), Outcome::skipped));
    if (skipped == 0) return;
    const std::string runs = plural(outcomes.size(), "run");
    lead.push_back((skipped == outcomes.size() ? "All " + runs : std::to_string(skipped) + " of " + runs) +
                   (skipped == 1 ? " was" : " were") + " skipped: the trainer declined " +
                   (skipped == 1 ? "its" : "their") + " settings (exit 125).");
}

void add_outcomes(const Report& report, std::vector<std::string>& lead) {
    add_skipped(report, lead);
    add_outcomes(report, &Setting::collapsed, "collapsed: one class for 98% of the inputs or more", lead);
    const bool alone = primary_response(report) != nullptr;
    add_outcomes(report, &Setting::diverged, alone ? "diverged" : "diverged: probabilities that are no numbers", lead);
}

// What the tests and the variances rest on, where there are any.
void add_evidence_assumptions(const Evidence& evidence, std::vector<std::string>& out) {
    const auto& tests = evidence.tests;
    if (std::any_of(tests.begin(), tests.end(), [](const FactorTest& test) { return test.p.has_value(); })) {
        out.emplace_back(
            "Tests of factors: a factor without effect has levels that could change places within a seed; with two "
            "levels it is enough that differences are as likely one way as the other.");
        out.emplace_back(
            "The tests of an audit are one family, adjusted by Holm: a direction counts as found when p_holm is 0.05 "
            "or less.");
        out.emplace_back(
            "Each p-value lists how many arrangements of how many are as extreme, whether all were tried or drawn at "
            "random (from root_seed), and the smallest p that was possible.");
    }
    if (std::any_of(evidence.seeds.begin(), evidence.seeds.end(),
                    [](const SeedShares& shares) { return shares.variance.value.has_value(); })) {
        out.emplace_back(
            "Variances are those of the population of seeds at the tested configurations, on these held-out inputs; "
            "`population` has the interval with the inputs as a sample, too.");
    }
    if (std::any_of(evidence.inputs.begin(), evidence.inputs.end(),
                    [](const InputStability& one) { return !one.slices.empty(); })) {
        out.emplace_back("Slices of the inputs are shown, not tested: of many, some differ by chance.");
    }
    if (!evidence.inputs.empty())
        out.emplace_back("Ambiguity and discrepancy grow with the number of runs, which stands beside them.");
}

// Before any figure: they say what the figures may not be believed for.
bool comes_first(const Finding& finding) {
    return finding.code == "D0101" || finding.code == "D0111" || finding.code == "D0112";
}
bool is_assumption(const Finding& finding) { return finding.code == "D0114"; }

}  // namespace

std::string share_text(double share) {
    const std::string text = percent(share);
    if (share > 0 && text == "0.0%") return "<0.1%";
    return share < 1 && text == "100.0%" ? ">99.9%" : text;
}

std::vector<std::string> lead_sentences(const Report& report) {
    std::vector<std::string> lead;
    const Attribution& a = report.attribution;
    for (const ReportError& error : report.errors) lead.push_back(error_sentence(error));
    for (const Finding& finding : a.findings) {
        if (comes_first(finding)) lead.push_back("Careful: " + finding.sentence + ".");
    }
    if (primary_response(report) != nullptr) {
        for (std::string& sentence : number_lead(report)) lead.push_back(std::move(sentence));
        add_outcomes(report, lead);
        return lead;
    }
    const bool any =
        std::any_of(a.rows.begin(), a.rows.end(), [](const EffectRow& row) { return !by_flips(row).empty(); }) ||
        std::any_of(a.setting_rows.begin(), a.setting_rows.end(),
                    [](const EffectRow& row) { return row.cells[0].flips.has_value(); });
    if (!any) lead.push_back("There is no answer: no two usable runs differ in one thing only.");
    for (const EffectRow& row : a.rows) {
        if (row.kind == FactorKind::seed) continue;
        if (auto sentence = factor_sentence(report, row); !sentence.empty()) lead.push_back(std::move(sentence));
    }
    for (auto sentence : {seed_sentence(report), setting_sentence(report)}) {
        if (!sentence.empty()) lead.push_back(std::move(sentence));
    }
    add_outcomes(report, lead);
    for (const Finding& finding : a.findings) {
        if (!comes_first(finding) && !is_assumption(finding)) lead.push_back(finding.sentence + ".");
    }
    return lead;
}

std::vector<std::string> next_steps(const Report& report) {
    std::vector<std::string> next;
    const Json* const kind = report.trainer.is_object() ? report.trainer.find("kind") : nullptr;
    const bool imported = kind != nullptr && *kind == Json("import");  // nothing here can run these again
    if (report.stored < report.planned) {
        next.push_back(plural(report.planned - report.stored, "run") +
                       (report.context.enough ? " not made: the gate's rules are decided without; assay run makes them"
                                              : " to go: the same assay run command continues"));
    }
    if (!report.failed.empty() && !imported)
        next.push_back((report.name == k_command_audit ? "assay run --failed -- CMD" : "assay run SPEC --failed") +
                       std::string(": run again what failed, once its cause is mended"));
    const auto too_few = [](const EffectRow& row) {
        return std::any_of(row.cells.begin(), row.cells.end(),
                           [](const EffectCell& cell) { return cell.flips && cell.flips->flag == "CI_TOO_FEW_UNITS"; });
    };
    if (std::any_of(report.attribution.rows.begin(), report.attribution.rows.end(), too_few)) {
        const bool lost = std::any_of(report.attribution.settings.begin(), report.attribution.settings.end(),
                                      [](const Setting& s) { return s.outcomes[0] < s.runs; });
        next.emplace_back(lost ? "more seeds or blocks: unusable runs left too few units for some intervals"
                               : "4 seeds or more of each stream, or {blocks: 3}, give intervals");
    }
    if (primary_response(report) != nullptr) {
        if (primary_lacks_intervals(report)) next.emplace_back("4 seeds or more at every setting give intervals");
        next.emplace_back("a column predictions in the table: which labels change, not how many are right");
    }
    const auto verified = [](const HardwareCheck& check) { return check.verified == check.of; };
    if (!imported && !std::all_of(report.attribution.hardware.begin(), report.attribution.hardware.end(), verified)) {
        next.emplace_back("write effective.json in the trainer: a level counts as forced when a library says so");
    }
    const auto first = std::find_if(report.runs.begin(), report.runs.end(),
                                    [](const ReportRun& run) { return run.outcome == Outcome::completed; });
    if (first != report.runs.end() && !imported)
        next.push_back("assay replay " + first->label + ": one run again, compared bit for bit");
    next.emplace_back("assay report -o report.json: every figure, pair counts and digests");
    return next;
}

std::vector<std::string> assumption_sentences(const Report& report) {
    std::vector<std::string> out = {
        "Seeds are independent draws; the units behind an interval are seeds or blocks of seeds, not runs, not inputs.",
        "Figures hold for these settings and these held-out inputs.",
        "Effects of single causes overlap; they do not add up to a total.",
        "Intervals are 95% delete-one-unit jackknife intervals; they cover 94 to 98% in regular cases, as little as "
        "88% where one run dominates (flag ONE_RUN_DOMINATES).",
        "0% in all pairs is what was observed; it is no proof that no label can change.",
    };
    const auto excluded = std::any_of(report.attribution.outcomes.begin(), report.attribution.outcomes.end(),
                                      [](Outcome o) { return o != Outcome::completed && o != Outcome::missing; });
    if (excluded)
        out.emplace_back(
            "Collapsed, diverged and failed runs are counted apart; every effect is conditional on their absence.");
    for (const Finding& finding : report.attribution.findings) {
        if (is_assumption(finding)) out.push_back(finding.sentence + ".");
    }
    if (const double threshold = decision_threshold(report.trainer); threshold != 0.5)
        out.push_back("An answer is class 1 where its probability is above " + scalar_text(threshold) +
                      " (decision.threshold); distances and scores are of the probabilities themselves.");
    const Response* const primary = primary_response(report);
    add_evidence_assumptions(primary == nullptr ? report.attribution.evidence : primary->evidence, out);
    add_response_assumptions(report, out);
    return out;
}

}  // namespace assay
