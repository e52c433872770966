#include "calibration/pool.hpp"

#include <cmath>
#include <map>
#include <numeric>

#include "analysis/configurations.hpp"
#include "analysis/outcome.hpp"
#include "archive/store.hpp"
#include "base/error.hpp"
#include "base/text.hpp"
#include "cli/audit.hpp"

namespace assay::calibration {
namespace {

constexpr const char* k_nets[] = {"dense-0.001-3", "dense-0.1-3", "dense-0.1-10", "cnn-0.001-3", "cnn-0.03-3"};

// Place of each run in its unit: the combination of seeds, then the levels of all else.
std::vector<std::size_t> places_of(const Plan& plan, const SeedGroups& groups) {
    std::vector<std::vector<int>> keys;
    for (std::size_t run = 0; run < plan.runs.size(); ++run) {
        keys.push_back({static_cast<int>(groups.place[run])});
        for (std::size_t f = 0; f < plan.factors.size(); ++f) {
            if (plan.factors[f].kind != FactorKind::seed) keys.back().push_back(plan.runs[run].levels[f]);
        }
    }
    return numbered(keys);
}

Pool pool_of(const std::string& net, const Plan& plan, const std::vector<RunData>& runs) {
    const RunTable table = run_table(plan, runs, outcomes_of(runs));
    const DesignLabels design = design_labels(plan);
    const std::vector<std::size_t> place = places_of(plan, design.groups);
    Pool pool;
    pool.net = net;
    pool.planned = design.groups.count;
    pool.d2 = table.d2;
    pool.churn = table.churn;
    pool.identity = table.identity;
    pool.streams.resize(design.stream.size());
    std::vector<std::map<std::size_t, std::size_t>> row_at(pool.planned);
    for (std::size_t row = 0; row < table.run_of_row.size(); ++row) {
        const std::size_t run = table.run_of_row[row];
        pool.labels.push_back(predicted_labels(*runs[run].predictions));
        pool.unit.push_back(design.groups.group[run]);
        for (std::size_t k = 0; k < design.stream.size(); ++k) pool.streams[k].push_back(design.stream[k][run]);
        row_at[pool.unit.back()].emplace(place[run], row);
    }
    const std::size_t places = plan.runs.size() / pool.planned;
    for (const auto& of_unit : row_at) {
        if (of_unit.size() < places) continue;
        pool.rows.emplace_back();
        for (const auto& [at, row] : of_unit) pool.rows.back().push_back(row);
    }
    return pool;
}

// What an interval is away from its estimate, on its scale.
double narrowed(double end, double value, Scale scale, double factor) {
    if (scale == Scale::identity) return value + factor * (end - value);
    return value * std::pow(end / value, factor);
}

}  // namespace

std::vector<std::size_t> Pool::all_rows() const {
    std::vector<std::size_t> all;
    for (const auto& of_unit : rows) all.insert(all.end(), of_unit.begin(), of_unit.end());
    return all;
}

Pools read_pools(const std::filesystem::path& folder) {
    const Store store = Store::open(folder / "store");
    std::map<std::string, Plan> plans;
    for (const std::string& id : store.list_audits()) {
        Plan plan = store.get_audit(id);
        plans.try_emplace(plan.name, std::move(plan));
    }
    const auto read = [&](const std::string& net, const std::string& kind) {
        const auto plan = plans.find("pool-" + net + "-" + kind);
        const StoredRuns stored = plan == plans.end() ? StoredRuns{} : load_runs(store, plan->second);
        if (plan == plans.end() || stored.stored < plan->second.runs.size()) {
            throw Error("C0001", Exit::nothing, folder.string() + " lacks runs of the pool " + net + "-" + kind,
                        "train them: tests/calibration/pools " + folder.string());
        }
        return std::make_shared<const Pool>(pool_of(net, plan->second, stored.runs));
    };
    Pools pools;
    for (const char* net : k_nets) {
        pools.seeds.push_back(read(net, "seeds"));
        pools.blocks.push_back(read(net, "blocks"));
    }
    return pools;
}

std::vector<std::size_t> drawn(std::size_t n, std::size_t size, Random& random) {
    std::vector<std::size_t> all;
    for (const std::int64_t i : random.permutation(size)) all.push_back(static_cast<std::size_t>(i));
    all.resize(n);
    return all;
}

double covers_pool(const JackknifeEstimate& estimate, Scale scale, double truth, std::size_t n, std::size_t size) {
    const auto& interval = estimate.interval;
    if (!interval) return 0;
    const double factor = std::sqrt(1 - static_cast<double>(n) / static_cast<double>(size));
    const double value = estimate.value.value();
    if (narrowed(interval->low, value, scale, factor) > truth) return 0;
    return !interval->high || truth <= narrowed(*interval->high, value, scale, factor) ? 1 : 0;
}

std::vector<std::string> pool_bar_ids() { return {"P1", "P2", "P3", "P5", "P7", "P12"}; }

namespace {

// "cnn-0.03-3: 2 of 200 seeds."
std::string left_out(const std::vector<PoolPtr>& pools, const std::string& unit) {
    std::string text;
    for (const PoolPtr& pool : pools) {
        const std::size_t missing = pool->planned - pool->rows.size();
        if (missing > 0)
            text += " " + pool->net + ": " + std::to_string(missing) + " of " + std::to_string(pool->planned) + " " +
                    unit + " are left out, since a run collapsed.";
    }
    return text;
}

}  // namespace

std::vector<Bar> pool_bars(const Pools& pools) {
    const std::string missing = left_out(pools.seeds, "seeds") + left_out(pools.blocks, "blocks");
    std::string facts;
    for (const PoolPtr& pool : pools.seeds) facts += " " + pool_facts(*pool) + ".";
    facts += " Totals and first-order shares:";
    for (const PoolPtr& pool : pools.blocks) facts += " " + pool_share_facts(*pool) + ".";
    return {
        {"P1", "real runs: exact test of two levels that change places at random",
         "Rejections at 5%; bars of B1. isa: the runs of a seed on two instruction sets; shuffle: two shufflings of "
         "one "
         "seed of the initial weights, one such pair a block. Which of the two is called first is drawn for each "
         "pair." +
             missing,
         pool_factor_tests(pools)},
        {"P2", "real runs: whole seeds of the initial weights in two groups, two shufflings of each",
         "Rejections at 5%; bar of B2.", pool_nested_tests(pools)},
        {"P3", "real runs: F2 between separate groups",
         "Rejections at 5%; bar of B3. sd ratio 0.58: the units of the second group are means of three runs, which "
         "vary less about the same mean.",
         pool_group_tests(pools)},
        {"P5", "real runs: dispersion test between groups of equal spread",
         "Rejections at 5%; bar of B5. Pairs as for P1, separate runs as for P3.", pool_dispersion_tests(pools)},
        {"P7", "real runs: 95% intervals of V, A, total indices and first-order shares",
         "Share of intervals that hold the value of the whole pool, narrowed by sqrt(1 - n/N) first. Bars of B7; A: at "
         "least 92%, the bar of a bimodal pool; an interval that is withheld misses nothing. half width: sqrt(high / "
         "low) - 1, the mean. Warning: any flag of A's "
         "interval. The pools:" +
             facts + missing,
         pool_coverages(pools)},
        {"P12", "real runs: lists of inputs that flip too often",
         "Bar of B12. One seed is the deployed model, n others are seen, and all the rest of the pool say how often "
         "each input flips.",
         pool_flip_lists(pools)},
    };
}

}  // namespace assay::calibration
