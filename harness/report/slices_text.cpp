#include "report/slices_text.hpp"

#include "core/input_table.hpp"
#include "report/figure_text.hpp"
#include "report/sentences.hpp"

namespace assay {
namespace {

constexpr std::size_t k_ids_shown = 8;

// The configurations that fit beside a name and a count, as in the section of inputs.
std::vector<const InputStability*> shown_configurations(const Writer& w) {
    constexpr std::size_t k_name = 32, k_column = 18;
    const std::size_t room = w.width() > k_name ? (w.width() - k_name) / k_column : 0;
    std::vector<const InputStability*> shown;
    for (const InputStability& one : w.report.attribution.evidence.inputs) {
        if (shown.size() < std::clamp<std::size_t>(room, 1, 4)) shown.push_back(&one);
    }
    return shown;
}

std::vector<std::string> value_row(const std::vector<const InputStability*>& shown, std::size_t k) {
    const SliceStability& first = shown.front()->slices[k];
    std::vector<std::string> row = {"    " + elide(first.value, 24),
                                    std::to_string(first.inputs) + (first.small ? " few" : "")};
    for (const InputStability* one : shown) {
        const auto& disagreement = one->slices[k].disagreement;
        row.push_back(disagreement ? share_text(*disagreement) : "-");
    }
    return row;
}

// The most disputed value first, over the configurations that are shown; small ones last.
std::vector<std::size_t> by_disagreement(const std::vector<const InputStability*>& shown, std::size_t begin,
                                         std::size_t end) {
    const auto most = [&](std::size_t k) {
        double value = -1;
        for (const InputStability* one : shown) value = std::max(value, one->slices[k].disagreement.value_or(-1));
        return value;
    };
    std::vector<std::size_t> order;
    for (std::size_t k = begin; k < end; ++k) order.push_back(k);
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        const bool small_a = shown.front()->slices[a].small, small_b = shown.front()->slices[b].small;
        return small_a != small_b ? small_b : most(a) > most(b);
    });
    return order;
}

Rows heading(const std::vector<const InputStability*>& shown) {
    constexpr std::size_t k_width = 16;
    Rows rows(1, std::vector<std::string>(shown.size() + 2));
    rows.front()[1] = "inputs";
    for (std::size_t i = 0; i < shown.size(); ++i) {
        const auto parts = heading_lines(place_text(shown[i]->where), k_width);
        rows.resize(std::max(rows.size(), parts.size()), std::vector<std::string>(shown.size() + 2));
        for (std::size_t p = 0; p < parts.size(); ++p) rows[p][i + 2] = elide(parts[p], k_width);
    }
    return rows;
}

// One table for all slices, so that its columns stand below each other.
void disagreement_table(Writer& w, const std::vector<const InputStability*>& shown) {
    const auto& slices = shown.front()->slices;
    Rows rows = heading(shown);
    std::size_t left = 0;
    for (std::size_t begin = 0, end = 0; begin < slices.size(); begin = end) {
        for (end = begin; end < slices.size() && slices[end].slice == slices[begin].slice; ++end) {
        }
        rows.push_back({"  " + slices[begin].slice});
        const auto order = by_disagreement(shown, begin, end);
        for (std::size_t i = 0; i < order.size(); ++i) {
            if (i < k_section_lines) rows.push_back(value_row(shown, order[i]));
        }
        left += order.size() > k_section_lines ? order.size() - k_section_lines : 0;
    }
    w.table(rows);
    say_more(w, left, "more value");
}

struct Largest {
    const SliceEffects* slice = nullptr;
    std::size_t row = 0, setting = 0;
    double value = 0;
};

// Where one factor changes the largest share of a slice that is not small.
Largest largest_of(const Attribution& a, std::size_t row) {
    Largest best;
    for (const SliceEffects& slice : a.slices) {
        if (slice.small) continue;
        for (std::size_t s = 0; s < slice.rows[row].cells.size(); ++s) {
            const auto& flips = slice.rows[row].cells[s].flips;
            if (flips && flips->value > best.value) best = {&slice, row, s, flips->value};
        }
    }
    return best;
}

std::size_t slices_compared(const Attribution& a) {
    return static_cast<std::size_t>(
        std::count_if(a.slices.begin(), a.slices.end(), [](const SliceEffects& slice) { return !slice.small; }));
}

// "isa  writer w7: 12.0% [8.0, 17.0] in dense, lr 0.1; of all inputs 8.4%"
void largest_lines(Writer& w) {
    const Attribution& a = w.report.attribution;
    Rows rows;
    for (std::size_t row = 0; row < a.rows.size(); ++row) {
        const Largest best = largest_of(a, row);
        if (best.slice == nullptr) continue;
        const Estimate& flips = *best.slice->rows[row].cells[best.setting].flips;
        const std::string where = a.settings.size() > 1 ? " in " + a.settings[best.setting].name : "";
        std::string text = share_text(flips.value);
        if (flips.interval) text += " " + range_text(*flips.interval, true);
        const auto& all = a.rows[row].cells[best.setting].flips;
        rows.push_back(
            {"  " + (a.rows[row].kind == FactorKind::seed ? a.rows[row].factor : short_name(a.rows[row].factor)),
             best.slice->slice + " " + best.slice->value + where, text,
             all ? "all inputs " + share_text(all->value) : ""});
    }
    if (rows.empty() || slices_compared(a) < 2) return;
    w.line(wrap("Changing only this ... changes most labels where (the largest of " +
                    plural(slices_compared(a), "slice") + ", picked afterwards: expect less of it next time)",
                w.width(), "  "));
    w.table(rows);
}

void named_inputs(Writer& w, const std::vector<const InputStability*>& shown) {
    bool titled = false;
    for (const InputStability* one : shown) {
        const auto& ids = one->unstable_ids;
        if (ids.empty()) continue;
        if (!titled) w.line("  unstable inputs, most disputed first:");
        titled = true;
        std::vector<std::string> first(ids.begin(),
                                       ids.begin() + static_cast<std::ptrdiff_t>(std::min(ids.size(), k_ids_shown)));
        for (std::string& id : first) id = elide(id, 40);
        std::string text = (one->where.empty() ? "" : one->where + ": ") + join(first, ", ");
        if (ids.size() > first.size()) text += " and " + std::to_string(ids.size() - first.size()) + " more";
        for (const std::string& line : split_lines(wrap(text, w.width() - 4))) w.line("    " + line);
    }
}

}  // namespace

void slices_section(Writer& w) {
    const auto shown = shown_configurations(w);
    if (shown.empty()) return;
    const bool slices = !shown.front()->slices.empty();
    bool ids = false, small = false;
    for (const InputStability* one : shown) ids |= !one->unstable_ids.empty();
    for (const SliceStability& slice : shown.front()->slices) small |= slice.small;
    if (!slices && !ids) return;
    w.line("");
    w.title(slices ? "Slices: labels that two retrains dispute, in parts of the inputs" : "Inputs by name");
    if (slices) {
        disagreement_table(w, shown);
        largest_lines(w);
    }
    named_inputs(w, shown);
    if (slices)
        w.line(wrap(
            std::string(small ? "few: under " + std::to_string(k_small_slice) + " inputs, where one says much; " : "") +
                "slices are shown, not tested",
            w.width(), "  "));
}

}  // namespace assay
