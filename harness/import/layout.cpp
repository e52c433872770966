#include "import/layout.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include "base/text.hpp"

namespace assay {
namespace {

bool is_seed(const Factor& factor) { return factor.kind == FactorKind::seed; }

void set_value(const Column& column, const Json& level, RunRequest& request) {
    switch (column.kind) {
        case FactorKind::seed: {
            const std::uint64_t seed = std::stoull(level.as_string());
            if (column.name != "all") {
                request.seeds[column.name] = seed;
                break;
            }
            for (const std::string& stream : seed_streams()) request.seeds[stream] = seed;
            request.seeds["master"] = seed;
            break;
        }
        case FactorKind::hardware:
            request.hardware[column.name] = level;
            break;
        case FactorKind::software:
            request.software[column.name] = level.as_string();
            break;
        case FactorKind::environment:
            request.environment[column.name] = level.as_string();
            break;
        default:
            request.params[column.name] = level;
    }
}

std::vector<Column> factor_columns(const std::vector<Column>& columns) {
    std::vector<Column> out;
    std::copy_if(columns.begin(), columns.end(), std::back_inserter(out),
                 [](const Column& c) { return c.role == Column::Role::factor; });
    return out;
}

// Each column's values as indices into its distinct ones, in the order of appearance.
struct Numbered {
    std::vector<Json> levels;
    std::vector<int> of_row;
};
Numbered number_column(const std::vector<TableRow>& rows, std::size_t column) {
    Numbered out;
    std::map<std::string, int> seen;
    for (const TableRow& row : rows) {
        const auto [it, fresh] = seen.emplace(canonical_json(row.levels[column]), static_cast<int>(out.levels.size()));
        if (fresh) out.levels.push_back(row.levels[column]);
        out.of_row.push_back(it->second);
    }
    return out;
}

void add_factors(const std::vector<Column>& columns, const std::vector<TableRow>& rows, Plan& plan) {
    for (std::size_t c = 0; c < columns.size(); ++c) {
        Numbered numbered = number_column(rows, c);
        for (std::size_t i = 0; i < rows.size(); ++i) set_value(columns[c], rows[i].levels[c], plan.runs[i].request);
        if (numbered.levels.size() < 2) continue;
        plan.factors.push_back({columns[c].kind, columns[c].name, std::move(numbered.levels)});
        for (std::size_t i = 0; i < rows.size(); ++i) plan.runs[i].levels.push_back(numbered.of_row[i]);
    }
}

// Equal rows are repeats of one run: counted where the table does not number them.
void number_repeats(const std::vector<TableRow>& rows, Plan& plan, Problems& problems) {
    std::map<std::vector<int>, std::map<int, std::size_t>> repeats;  // cell -> replicate -> row
    for (std::size_t i = 0; i < rows.size(); ++i) {
        auto& cell = repeats[plan.runs[i].levels];
        const int number = rows[i].replicate.value_or(static_cast<int>(cell.size()));
        plan.runs[i].request.replicate = number;
        const auto [first, fresh] = cell.emplace(number, i);
        if (fresh) continue;
        problems.add("I0109", rows[i].place,
                     "the same run as line " + std::to_string(rows[first->second].place.line + 1) +
                         ", both replicate " + std::to_string(number),
                     "", "number repeats 0, 1, 2, ...; what differs between them else belongs into a column");
    }
    for (const auto& [levels, cell] : repeats) {
        if (cell.contains(0)) continue;
        problems.add("I0109", rows[cell.begin()->second].place,
                     "replicate " + std::to_string(cell.begin()->first) + " of a run whose replicate 0 is not there",
                     "", "0 is the run itself");
    }
}

std::vector<std::size_t> seed_factors(const Plan& plan) {
    std::vector<std::size_t> out;
    for (std::size_t f = 0; f < plan.factors.size(); ++f) {
        if (is_seed(plan.factors[f])) out.push_back(f);
    }
    return out;
}

// Runs that share a seed of any stream belong together, and so do those that share one with these. Numbered in the
// order of the runs.
std::vector<int> connected_blocks(const Plan& plan, const std::vector<std::size_t>& seeds) {
    std::vector<std::size_t> parent(plan.runs.size());
    std::iota(parent.begin(), parent.end(), std::size_t{0});
    const auto root = [&](std::size_t i) {
        while (parent[i] != i) i = parent[i] = parent[parent[i]];
        return i;
    };
    std::map<std::pair<std::size_t, int>, std::size_t> first;
    for (std::size_t i = 0; i < plan.runs.size(); ++i) {
        for (const std::size_t f : seeds)
            parent[root(i)] = root(first.emplace(std::pair(f, plan.runs[i].levels[f]), i).first->second);
    }
    std::map<std::size_t, int> number;
    std::vector<int> blocks;
    for (std::size_t i = 0; i < plan.runs.size(); ++i)
        blocks.push_back(number.emplace(root(i), static_cast<int>(number.size())).first->second);
    return blocks;
}

// Two seeds of every stream in each of two blocks or more; levels 2b and 2b + 1 of each then belong to block b.
bool lay_out_blocks(Plan& plan, const std::vector<std::size_t>& seeds) {
    const std::vector<int> blocks = connected_blocks(plan, seeds);
    const int n = 1 + *std::max_element(blocks.begin(), blocks.end());
    if (n < 2) return false;
    std::vector<std::vector<std::vector<int>>> order(seeds.size());  // [stream][block]: its levels, as they appear
    for (std::size_t s = 0; s < seeds.size(); ++s) {
        order[s].resize(static_cast<std::size_t>(n));
        for (std::size_t i = 0; i < plan.runs.size(); ++i) {
            auto& levels = order[s][static_cast<std::size_t>(blocks[i])];
            const int level = plan.runs[i].levels[seeds[s]];
            if (std::find(levels.begin(), levels.end(), level) == levels.end()) levels.push_back(level);
        }
        for (const auto& levels : order[s]) {
            if (levels.size() != 2) return false;
        }
    }
    for (std::size_t s = 0; s < seeds.size(); ++s) {
        std::vector<Json>& levels = plan.factors[seeds[s]].levels;
        std::vector<Json> sorted;
        std::vector<int> moved(levels.size());
        for (const auto& block : order[s]) {
            for (const int level : block) {
                moved[static_cast<std::size_t>(level)] = static_cast<int>(sorted.size());
                sorted.push_back(levels[static_cast<std::size_t>(level)]);
            }
        }
        levels = std::move(sorted);
        for (PlannedRun& run : plan.runs) run.levels[seeds[s]] = moved[static_cast<std::size_t>(run.levels[seeds[s]])];
    }
    for (std::size_t i = 0; i < plan.runs.size(); ++i) plan.runs[i].block = blocks[i];
    plan.design = "seeds";
    plan.blocks = n;
    return true;
}

// Whether two runs of one configuration differ in this one stream alone.
bool varies_alone(const Plan& plan, std::size_t factor) {
    std::map<std::vector<int>, std::set<int>> groups;
    for (const PlannedRun& run : plan.runs) {
        std::vector<int> rest = run.levels;
        rest[factor] = -1;
        auto& levels = groups[rest];
        levels.insert(run.levels[factor]);
        if (levels.size() > 1) return true;
    }
    return false;
}

void choose_design(Plan& plan) {
    plan.design = "factorial";
    const std::vector<std::size_t> seeds = seed_factors(plan);
    if (seeds.size() < 2) return;
    if (lay_out_blocks(plan, seeds)) return;
    const bool crossed =
        std::any_of(seeds.begin(), seeds.end(), [&](std::size_t factor) { return varies_alone(plan, factor); });
    if (!crossed) plan.design = "repeat";
}

}  // namespace

Plan plan_of_rows(const std::vector<Column>& columns, const std::vector<TableRow>& rows, Problems& problems) {
    Plan plan;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        PlannedRun run;
        run.number = static_cast<int>(i) + 1;
        run.request.params = run.request.hardware = Json::Object{};
        plan.runs.push_back(std::move(run));
        plan.order.push_back(static_cast<int>(i));
    }
    add_factors(factor_columns(columns), rows, plan);
    if (plan.factors.empty()) {
        problems.add("I0110", rows.front().place, "every run was given the same: nothing varies", "",
                     "add a column for what differed between them: seed, if it was the seed");
        return plan;
    }
    number_repeats(rows, plan, problems);
    choose_design(plan);
    return plan;
}

}  // namespace assay
