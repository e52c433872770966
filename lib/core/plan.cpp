#include "core/plan.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "base/digest.hpp"
#include "base/error.hpp"
#include "base/text.hpp"
#include "core/fields.hpp"

namespace assay {
namespace {

constexpr std::string_view k_format = "assay-audit/1";

Json integers_json(const std::vector<int>& values) {
    Json::Array array;
    for (const int value : values) array.push_back(value);
    return array;
}

std::vector<int> integers_from_json(const Json& json) {
    std::vector<int> values;
    for (const Json& value : json.as_array()) values.push_back(count_from_json(value));
    return values;
}

Json factor_json(const Factor& factor) {
    return Json::Object{{"kind", kind_name(factor.kind)}, {"levels", factor.levels}, {"name", factor.name}};
}

Factor factor_from_json(const Json& json) {
    const auto kind = kind_from_name(json.at("kind").as_string());
    if (!kind) throw Error("A0103", Exit::unreadable, "an audit with an unknown factor kind");
    return {*kind, json.at("name").as_string(), json.at("levels").as_array()};
}

void check_indices(const Plan& plan) {
    bool sound = plan.order.size() == plan.runs.size();
    for (const int index : plan.order)
        sound = sound && index >= 0 && static_cast<std::size_t>(index) < plan.runs.size();
    for (const PlannedRun& run : plan.runs) {
        sound = sound && run.levels.size() == plan.factors.size();
        for (std::size_t f = 0; sound && f < run.levels.size(); ++f) {
            sound = run.levels[f] >= 0 && static_cast<std::size_t>(run.levels[f]) < plan.factors[f].levels.size();
        }
    }
    if (!sound) throw Error("A0103", Exit::unreadable, "an audit whose runs do not fit its factors");
}

}  // namespace

Json plan_json(const Plan& plan) {
    Json::Array factors, runs;
    for (const Factor& factor : plan.factors) factors.push_back(factor_json(factor));
    for (const PlannedRun& run : plan.runs) {
        runs.push_back(Json::Object{{"block", run.block},
                                    {"levels", integers_json(run.levels)},
                                    {"number", run.number},
                                    {"request", to_json(run.request)}});
    }
    Json json = Json::Object{{"format", k_format},
                             {"name", plan.name},
                             {"design", plan.design},
                             {"blocks", plan.blocks},
                             {"root_seed", std::to_string(plan.root_seed)},
                             {"factors", std::move(factors)},
                             {"runs", std::move(runs)},
                             {"order", integers_json(plan.order)},
                             {"spec", plan.spec}};
    if (plan.inputs) json["inputs"] = Json::Object{{"sha256", plan.inputs->sha256}, {"size", plan.inputs->size_bytes}};
    return json;
}

Plan plan_from_json(const Json& json) {
    if (json.at("format").as_string() != k_format) {
        throw Error("A0103", Exit::unreadable,
                    "an audit of format '" + json.at("format").as_string() + "'; this assay reads assay-audit/1");
    }
    Plan plan;
    plan.name = json.at("name").as_string();
    plan.design = json.at("design").as_string();
    plan.blocks = count_from_json(json.at("blocks"));
    plan.root_seed = seed_from_json(json.at("root_seed"));
    for (const Json& factor : json.at("factors").as_array()) plan.factors.push_back(factor_from_json(factor));
    for (const Json& run : json.at("runs").as_array()) {
        plan.runs.push_back({count_from_json(run.at("number")), integers_from_json(run.at("levels")),
                             count_from_json(run.at("block")), run_request_from_json(run.at("request"))});
    }
    plan.order = integers_from_json(json.at("order"));
    plan.spec = json.at("spec");
    if (const Json* inputs = json.find("inputs"))
        plan.inputs = MemberRef{inputs->at("sha256").as_string(), size_from_json(inputs->at("size"))};
    check_indices(plan);
    return plan;
}

std::string audit_id(const Plan& plan) { return sha256_hex(canonical_json(plan_json(plan))); }

bool seeds_move_together(const Plan& plan) {
    return plan.design == "repeat" || plan.design == "screen" || plan.design == "hardware";
}

SeedGroups seed_groups(const Plan& plan) {
    std::map<std::pair<std::size_t, int>, std::size_t> first_with;  // (factor, level) -> a run
    std::vector<std::size_t> parent;
    const auto root = [&](std::size_t run) {
        while (parent[run] != run) run = parent[run] = parent[parent[run]];
        return run;
    };
    std::vector<std::vector<int>> seeds;
    for (std::size_t run = 0; run < plan.runs.size(); ++run) {
        parent.push_back(run);
        seeds.emplace_back();
        for (std::size_t f = 0; f < plan.factors.size(); ++f) {
            if (plan.factors[f].kind != FactorKind::seed) continue;
            const int level = plan.runs[run].levels[f];
            seeds.back().push_back(level);
            const auto [it, fresh] = first_with.try_emplace({f, level}, run);
            if (!fresh) parent[root(run)] = root(it->second);
        }
        // Without seeds all runs are of one seed.
        if (seeds.back().empty() && run > 0) parent[root(run)] = root(0);
    }
    SeedGroups out;
    std::map<std::size_t, std::size_t> numbers;
    std::vector<std::set<std::vector<int>>> combinations;
    for (std::size_t run = 0; run < parent.size(); ++run) {
        out.group.push_back(numbers.try_emplace(root(run), numbers.size()).first->second);
        combinations.resize(numbers.size());
        combinations[out.group.back()].insert(seeds[run]);
    }
    for (std::size_t run = 0; run < parent.size(); ++run) {
        const auto& of_group = combinations[out.group[run]];
        out.place.push_back(static_cast<std::size_t>(std::distance(of_group.begin(), of_group.find(seeds[run]))));
    }
    out.count = numbers.size();
    return out;
}

std::string run_label(const Plan& plan, int number) {
    const std::size_t width = std::max<std::size_t>(3, std::to_string(plan.runs.size()).size());
    const std::string digits = std::to_string(number);
    return std::string(digits.size() < width ? width - digits.size() : 0, '0') + digits;
}

std::string cell_text(const Plan& plan, const PlannedRun& run) {
    std::vector<std::string> parts;
    for (std::size_t f = 0; f < plan.factors.size(); ++f) {
        const Factor& factor = plan.factors[f];
        const auto level = static_cast<std::size_t>(run.levels[f]);
        const bool seed = factor.kind == FactorKind::seed;
        const bool shared = std::count_if(plan.factors.begin(), plan.factors.end(),
                                          [&](const Factor& other) { return other.name == factor.name; }) > 1;
        parts.push_back((seed && shared ? full_name(factor) : factor.name) + "=" +
                        (seed ? std::to_string(level + 1) : level_text(factor.levels[level])));
    }
    if (run.request.replicate > 0) parts.push_back("replay=" + std::to_string(run.request.replicate));
    return join(parts, " ");
}

}  // namespace assay
