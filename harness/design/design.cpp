#include "design/design.hpp"

#include <algorithm>
#include <span>

#include "base/error.hpp"
#include "base/random.hpp"
#include "design/claims.hpp"
#include "design/idle_streams.hpp"

namespace assay {
namespace {

using Levels = std::vector<int>;

bool is_seed(const Factor& factor) { return factor.kind == FactorKind::seed; }

[[noreturn]] void refuse_runs(const std::string& how_many) {
    throw Error("S0201", Exit::usage, "the design makes " + how_many, "vary less at once");
}

// Every choice of one entry from each list; the last list turns fastest.
std::vector<Levels> crossing(const std::vector<Levels>& choices) {
    std::vector<Levels> rows = {{}};
    for (const Levels& choice : choices) {
        if (rows.size() * choice.size() > static_cast<std::size_t>(k_runs_max)) {
            throw Error("S0201", Exit::usage, "the design makes more than " + std::to_string(k_runs_max) + " runs",
                        "vary less at once, or use design {blocks: N} for the seeds");
        }
        std::vector<Levels> longer;
        for (const Levels& row : rows) {
            for (const int level : choice) {
                longer.push_back(row);
                longer.back().push_back(level);
            }
        }
        rows = std::move(longer);
    }
    return rows;
}

Levels counting(int begin, int end) {
    Levels levels;
    for (int i = begin; i < end; ++i) levels.push_back(i);
    return levels;
}

struct Cell {
    Levels levels;
    int block = 0;
};

// Every combination of levels; the seeds at their first.
std::vector<Levels> all_configurations(const AuditSpec& spec) {
    std::vector<Levels> choices;
    for (const Factor& factor : spec.factors)
        choices.push_back(is_seed(factor) ? Levels{0} : counting(0, static_cast<int>(factor.levels.size())));
    return crossing(choices);
}

// The first level of everything, then each other level alone.
std::vector<Levels> single_changes(const AuditSpec& spec) {
    std::vector<Levels> configurations = {Levels(spec.factors.size(), 0)};
    for (std::size_t f = 0; f < spec.factors.size(); ++f) {
        if (is_seed(spec.factors[f])) continue;
        for (const int level : counting(1, static_cast<int>(spec.factors[f].levels.size()))) {
            configurations.push_back(configurations.front());
            configurations.back()[f] = level;
        }
    }
    return configurations;
}

// Seed factors side by side: run i takes level i of each, modulo its number of levels.
std::vector<Cell> side_by_side(const AuditSpec& spec, const std::vector<Levels>& configurations) {
    int longest = 1;
    for (const Factor& factor : spec.factors) {
        if (is_seed(factor)) longest = std::max(longest, static_cast<int>(factor.levels.size()));
    }
    if (configurations.size() * static_cast<std::size_t>(longest) > static_cast<std::size_t>(k_runs_max))
        refuse_runs("more than " + std::to_string(k_runs_max) + " runs");
    std::vector<Cell> cells;
    for (const Levels& base : configurations) {
        for (int i = 0; i < longest; ++i) {
            Cell cell{base, 0};
            for (std::size_t f = 0; f < spec.factors.size(); ++f) {
                if (is_seed(spec.factors[f])) cell.levels[f] = i % static_cast<int>(spec.factors[f].levels.size());
            }
            cells.push_back(std::move(cell));
        }
    }
    return cells;
}

// Full crossing; with blocks the seed factors cross within each block only, so no two blocks share a seed.
std::vector<Cell> crossed_cells(const AuditSpec& spec) {
    const bool blocks = spec.design.kind == "seeds";
    std::vector<Cell> cells;
    for (int block = 0; block < (blocks ? spec.design.blocks : 1); ++block) {
        std::vector<Levels> choices;
        for (const Factor& factor : spec.factors) {
            choices.push_back(blocks && is_seed(factor) ? counting(2 * block, 2 * block + 2)
                                                        : counting(0, static_cast<int>(factor.levels.size())));
        }
        for (Levels& levels : crossing(choices)) cells.push_back({std::move(levels), block});
    }
    return cells;
}

std::vector<Cell> cells_of(const AuditSpec& spec) {
    if (spec.design.kind == "screen") return side_by_side(spec, single_changes(spec));
    if (spec.design.kind == "repeat" || spec.design.kind == "hardware")
        return side_by_side(spec, all_configurations(spec));
    return crossed_cells(spec);
}

void set_level(const Factor& factor, const Json& level, RunRequest& request) {
    switch (factor.kind) {
        case FactorKind::seed: {
            const std::uint64_t seed = std::stoull(level.as_string());
            if (factor.name != "all") {
                request.seeds[factor.name] = seed;
            } else {
                for (auto& [stream, value] : request.seeds) value = seed;
            }
            break;
        }
        case FactorKind::hardware:
            request.hardware[factor.name] = level;
            break;
        case FactorKind::software:
            request.software[factor.name] = level.as_string();
            break;
        case FactorKind::environment:
            request.environment[factor.name] = level.as_string();
            break;
        default:
            request.params[factor.name] = level;
    }
}

RunRequest request_of(const AuditSpec& spec, const Json& trainer_identity, const Levels& levels, int replicate) {
    RunRequest request;
    request.trainer = trainer_identity;
    request.params = spec.params;
    request.seeds = spec.base_seeds;
    request.hardware = spec.pins;
    request.environment = spec.pinned_environment;
    request.replicate = replicate;
    for (std::size_t f = 0; f < spec.factors.size(); ++f) {
        set_level(spec.factors[f], spec.factors[f].levels[static_cast<std::size_t>(levels[f])], request);
    }
    return request;
}

// The cells that are replayed: the first `replays` of each combination of non-seed levels.
std::vector<Cell> replayed_cells(const AuditSpec& spec, const std::vector<Cell>& cells) {
    std::map<Levels, int> taken;
    std::vector<Cell> replayed;
    for (const Cell& cell : cells) {
        Levels setting;
        for (std::size_t f = 0; f < spec.factors.size(); ++f) {
            if (!is_seed(spec.factors[f])) setting.push_back(cell.levels[f]);
        }
        if (taken[setting]++ < spec.replays) replayed.push_back(cell);
    }
    return replayed;
}

}  // namespace

Plan make_plan(const AuditSpec& spec, const Json& trainer_identity) {
    Plan plan;
    plan.name = spec.name;
    plan.design = spec.design.kind;
    plan.blocks = spec.design.kind == "seeds" ? spec.design.blocks : 1;
    plan.root_seed = spec.root_seed;
    plan.factors = spec.factors;
    plan.spec = resolved_spec(spec);
    const std::vector<Cell> cells = cells_of(spec);
    const auto add = [&](const Cell& cell, int replicate) {
        const int number = static_cast<int>(plan.runs.size()) + 1;
        plan.runs.push_back(
            {number, cell.levels, cell.block, request_of(spec, trainer_identity, cell.levels, replicate)});
    };
    for (const Cell& cell : cells) add(cell, 0);
    if (spec.replicates > 1) {
        for (int r = 1; r < spec.replicates; ++r) {
            for (const Cell& cell : cells) add(cell, r);
        }
    } else {
        for (const Cell& cell : replayed_cells(spec, cells)) add(cell, 1);
    }
    if (plan.runs.size() > static_cast<std::size_t>(k_runs_max)) {
        refuse_runs(std::to_string(plan.runs.size()) + " runs; at most " + std::to_string(k_runs_max));
    }
    refuse_idle_streams(plan, spec);
    refuse_hopeless(plan);
    plan.order = counting(0, static_cast<int>(plan.runs.size()));
    Random(spec.root_seed, "order").shuffle(std::span(plan.order));
    return plan;
}

}  // namespace assay
