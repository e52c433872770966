#include "report/number_sentences.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "report/evidence_words.hpp"
#include "report/figure_text.hpp"
#include "report/number_words.hpp"

namespace assay {
namespace {

std::string setting_words(const Report& report, std::size_t setting) {
    const auto& settings = report.attribution.settings;
    return settings.size() == 1 ? "" : " in " + settings[setting].name;
}

bool is_setting(const Report& report, const NumberRow& row) {
    const auto& own = report.attribution.setting_factors;
    return std::find(own.begin(), own.end(), row.factor) != own.end();
}

// Cells with pairs, the one that moves most first.
std::vector<std::size_t> by_size(const NumberRow& row) {
    std::vector<std::size_t> order;
    for (std::size_t s = 0; s < row.cells.size(); ++s) {
        if (row.cells[s].pairs > 0) order.push_back(s);
    }
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return *row.cells[a].size.value > *row.cells[b].size.value; });
    return order;
}

std::string another_seed(const NumberRow& row) {
    const std::string name = short_name(row.factor);
    return name == "seed" || name == "all" ? "another seed" : "another seed of " + name;
}

// The seed stream that moves the number most in a setting.
const NumberRow* strongest_seed(const Response& response, std::size_t setting) {
    const NumberRow* best = nullptr;
    for (const NumberRow& row : response.rows) {
        if (row.kind != FactorKind::seed || row.cells[setting].pairs == 0) continue;
        if (best == nullptr || *row.cells[setting].size.value > *best->cells[setting].size.value) best = &row;
    }
    return best;
}

std::string not_at_all(const NumberCell& cell) { return "not at all in " + plural(cell.pairs, "pair"); }

// "by +0.0213 [+0.01, +0.03]"; "by 0.0213 on average" where there is no sign; "not at all in 8 pairs".
std::string amount(const NumberCell& cell) {
    if (cell.pairs > 0 && cell.equal == cell.pairs) return not_at_all(cell);
    if (cell.difference.value) return "by " + difference_text(cell.difference);
    return "by " + digits(*cell.size.value) + " on average";
}

std::string direction_words(const Response& response, const std::string& factor) {
    for (const FactorTest& test : response.evidence.tests) {
        if (test.factor != factor) continue;
        const std::string word = direction_word(test);
        if (word == "found") return ": a direction beyond chance was found";
        if (word == "none found") return "; no direction beyond chance was found, which is no proof of none";
        if (word == "UNTESTABLE") return "; these seeds cannot tell a direction from chance";
        if (word == "not tested") return "; too few seeds to test whether that is chance";
    }
    return "";
}

// "Changing only isa from avx2 to baseline moves accuracy by +0.002 [-0.001, +0.005] in lr 0.1, where another seed
// moves it by 0.012 on average; in lr 0.01 not at all in 8 pairs: ..."
std::string factor_sentence(const Report& report, const Response& response, const NumberRow& row) {
    const auto order = by_size(row);
    if (order.empty()) return "";
    const NumberCell& most = row.cells[order.front()];
    std::string text = "Changing only " + short_name(row.factor);
    if (row.level_pairs.size() == 1) text += " from " + row.level_pairs[0].first + " to " + row.level_pairs[0].second;
    text += " moves " + response.name + " " + amount(most) + setting_words(report, order.front());
    const NumberRow* const seed = strongest_seed(response, order.front());
    if (seed != nullptr && *seed->cells[order.front()].size.value > 0)
        text += ", where " + another_seed(*seed) + " moves it " + amount(seed->cells[order.front()]);
    if (order.size() > 1) text += ";" + setting_words(report, order.back()) + " " + amount(row.cells[order.back()]);
    return text + direction_words(response, row.factor) + ".";
}

std::string seed_sentence(const Report& report, const Response& response) {
    const NumberRow* best = nullptr;
    std::size_t setting = 0;
    for (std::size_t s = 0; s < report.attribution.settings.size(); ++s) {
        const NumberRow* const row = strongest_seed(response, s);
        if (row == nullptr) continue;
        if (best == nullptr || *row->cells[s].size.value > *best->cells[setting].size.value) {
            best = row;
            setting = s;
        }
    }
    if (best == nullptr) return "";
    const auto order = by_size(*best);
    std::string text = another_seed(*best) + " moves " + response.name + " " + amount(best->cells[setting]) +
                       setting_words(report, setting);
    text[0] = 'A';
    if (order.size() > 1) text += ";" + setting_words(report, order.back()) + " " + amount(best->cells[order.back()]);
    return text + ".";
}

// The two levels that are furthest apart.
std::string level_sentence(const Response& response, const NumberRow& row) {
    const NumberLevels* best = nullptr;
    for (const NumberLevels& levels : row.level_pairs) {
        const auto size = [](const NumberLevels& one) { return std::abs(one.cell.difference.value.value_or(0)); };
        if (!levels.cell.difference.value) continue;
        if (best == nullptr || size(levels) > size(*best)) best = &levels;
    }
    if (best == nullptr) return "";
    const std::string what = best->unpaired ? " (different seeds at each level)" : ", the same seeds,";
    return "Changing " + short_name(row.factor) + " from " + best->first + " to " + best->second + what + " moves " +
           response.name + " " + amount(best->cell) + direction_words(response, row.factor) + ".";
}

bool all_equal(const Response& response) {
    const std::optional<double>* first = nullptr;
    for (const auto& value : response.values) {
        if (!value) continue;
        if (first != nullptr && *value != **first) return false;
        if (first == nullptr) first = &value;
    }
    return true;
}

std::string equal_sentence(const Response& response) {
    std::string value;
    for (const auto& one : response.values) {
        if (one) value = number_text(*one);
    }
    return response.name + " is " + value + " in all " + plural(response.runs, "run") +
           ": nothing that was changed moved it, which is no proof that nothing can.";
}

}  // namespace

std::vector<std::string> number_lead(const Report& report) {
    const Response& response = *primary_response(report);
    std::vector<std::string> lead;
    if (response.runs > 1 && all_equal(response)) {
        lead.push_back(equal_sentence(response));
    } else {
        for (const NumberRow& row : response.rows) {
            if (row.kind == FactorKind::seed) continue;
            std::string sentence;
            if (!is_setting(report, row)) sentence = factor_sentence(report, response, row);
            if (sentence.empty()) sentence = level_sentence(response, row);
            if (!sentence.empty()) lead.push_back(std::move(sentence));
        }
        if (auto sentence = seed_sentence(report, response); !sentence.empty()) lead.push_back(std::move(sentence));
        if (lead.empty())
            lead.push_back("There is no answer: " +
                           (response.evidence.left_out.empty() ? "no two usable runs differ in one thing only"
                                                               : response.evidence.left_out) +
                           ".");
    }
    lead.push_back("The runs came without predictions: this is about " + response.name +
                   ", not about single answers, which may change while it stays.");
    return lead;
}

bool primary_lacks_intervals(const Report& report) {
    const auto lacks = [](const Figure& figure) {
        return std::find(figure.flags.begin(), figure.flags.end(), "CI_TOO_FEW_UNITS") != figure.flags.end();
    };
    for (const NumberRow& row : primary_response(report)->rows) {
        for (const NumberCell& cell : row.cells) {
            if (lacks(cell.size)) return true;
        }
        for (const NumberLevels& levels : row.level_pairs) {
            if (lacks(levels.cell.difference)) return true;
        }
    }
    return false;
}

void add_response_assumptions(const Report& report, std::vector<std::string>& out) {
    bool tested = false, computed = false;
    for (const Response& response : report.attribution.responses) {
        computed |= response.source == ResponseSource::computed;
        for (const FactorTest& test : response.evidence.tests) tested |= test.p_bh.has_value();
    }
    const Response* const primary = primary_response(report);
    if (primary != nullptr)
        out.push_back("This audit is about " + primary->name +
                      ", the first number of its runs; what is said of the others is exploratory.");
    if (tested)
        out.push_back("Tests of numbers beside " + (primary != nullptr ? primary->name : std::string("the answers")) +
                      " are one exploratory family, adjusted by Benjamini and Hochberg: of the directions found there, "
                      "at most 5% are expected to be chance.");
    if (computed)
        out.emplace_back(
            "Numbers called computed come from the stored answers and the true labels; numbers called reported are the "
            "trainer's word.");
}

}  // namespace assay
