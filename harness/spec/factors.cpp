// What varies and what is pinned.
#include <algorithm>
#include <regex>

#include "base/random.hpp"
#include "base/text.hpp"
#include "spec/reader.hpp"
#include "trainer/effectors.hpp"
#include "trainer/parameters.hpp"
#include "trainer/placeholders.hpp"

namespace assay {
namespace {

constexpr std::size_t k_levels_max = 1000;

bool is_parameter_kind(FactorKind kind) {
    return kind == FactorKind::hyperparameter || kind == FactorKind::architecture || kind == FactorKind::data;
}

std::vector<std::string> names_of_kind(const AuditSpec& spec, FactorKind kind) {
    std::vector<std::string> names;
    if (kind == FactorKind::seed) {
        names = seed_streams();
        names.emplace_back("all");
    }
    if (kind == FactorKind::hardware) {
        for (const Effector& effector : effectors()) names.push_back(effector.name);
    }
    if (is_parameter_kind(kind)) {
        for (const Parameter& parameter : trainer_parameters(spec.trainer.kind)) names.push_back(parameter.name);
    }
    return names;
}

bool known_name(const Node& key, FactorKind kind, Reader& reader) {
    static const std::regex k_identifier("[A-Za-z_][A-Za-z0-9_]{0,63}");
    if (!std::regex_match(key.text, k_identifier)) {
        reader.problems.add("S0104", key.place, "'" + elide(key.text, 40) + "' is no name for a factor", "",
                            "names: letters, digits, underscore; not a digit first");
        return false;
    }
    const bool free = reader.spec.trainer.kind == "exec" && is_parameter_kind(kind);
    if (free || kind == FactorKind::software || kind == FactorKind::environment) return true;
    const auto names = names_of_kind(reader.spec, kind);
    if (std::find(names.begin(), names.end(), key.text) != names.end()) return true;
    const auto near = nearest_name(key.text, names);
    reader.problems.add("S0103", key.place,
                        "no " + std::string(kind_name(kind)) + " factor is called '" + key.text + "'",
                        near ? "did you mean '" + *near + "'?" : "", "known: " + join(names, ", "));
    return false;
}

std::optional<std::string> problem_of_level(const Reader& reader, FactorKind kind, const std::string& name,
                                            const Json& level) {
    if (kind == FactorKind::hardware) return level_problem(name, level);
    if (!is_parameter_kind(kind)) return std::nullopt;
    const Parameter* const parameter = find_parameter(reader.spec.trainer.kind, name);
    return parameter == nullptr ? std::nullopt : value_problem(*parameter, level);
}

// One level of a factor that is no seed. Levels of list-valued parameters are lists; 64 alone means [64].
std::optional<Json> read_level(const Node& node, FactorKind kind, const std::string& name, Reader& reader) {
    if (kind == FactorKind::environment || kind == FactorKind::software) {
        const auto text = read_verbatim(node, reader.problems);
        return text ? std::optional<Json>(*text) : std::nullopt;
    }
    auto value = read_value(node, reader.problems);
    if (!value) return std::nullopt;
    const Parameter* const parameter =
        is_parameter_kind(kind) ? find_parameter(reader.spec.trainer.kind, name) : nullptr;
    if (parameter != nullptr && parameter->type == "integers" && value->is_integer()) value = Json(Json::Array{*value});
    if (const auto problem = problem_of_level(reader, kind, name, *value)) {
        reader.problems.add("S0108", node.place, name + ": " + *problem);
        return std::nullopt;
    }
    return value;
}

std::vector<Json> read_seed_levels(const Node& node, const std::string& stream, Reader& reader) {
    std::vector<Json> levels;
    if (node.kind == Node::Kind::list) {
        for (const Node& item : node.items) {
            if (const auto seed = read_seed(item, reader.problems)) levels.emplace_back(std::to_string(*seed));
        }
        return levels;
    }
    const auto count = read_integer(node, 2, static_cast<std::int64_t>(k_levels_max), reader.problems);
    for (std::int64_t i = 0; i < count.value_or(0); ++i) {
        levels.emplace_back(std::to_string(derive_seed(reader.spec.root_seed, stream, static_cast<std::uint64_t>(i))));
    }
    return levels;
}

std::vector<Json> read_levels(const Node& node, FactorKind kind, const std::string& name, Reader& reader) {
    if (kind == FactorKind::seed) return read_seed_levels(node, name, reader);
    std::vector<Json> levels;
    if (node.kind != Node::Kind::list) {
        reader.problems.add("S0104", node.place, "expected the levels of " + name + " as a list", "write [a, b]");
        return levels;
    }
    for (const Node& item : node.items) {
        if (auto level = read_level(item, kind, name, reader)) levels.push_back(std::move(*level));
    }
    return levels;
}

void check_levels(const Node& node, const Factor& factor, Reader& reader) {
    for (std::size_t i = 0; i < factor.levels.size(); ++i) {
        const auto first = std::find(factor.levels.begin(), factor.levels.end(), factor.levels[i]);
        if (first == factor.levels.begin() + static_cast<std::ptrdiff_t>(i)) continue;
        const bool all_read = node.items.size() == factor.levels.size();
        reader.problems.add("S0109", all_read ? node.items[i].place : node.place,
                            factor.name + " has the level " + level_text(factor.levels[i]) + " twice");
        return;
    }
    const bool complete = node.kind != Node::Kind::list || factor.levels.size() == node.items.size();
    if (factor.levels.size() < 2 && complete && (node.kind == Node::Kind::list)) {
        reader.problems.add("S0109", node.place, factor.name + " needs two levels or more to vary", "",
                            "a value that all runs share belongs under pin, or into data, model or train");
    }
    if (factor.levels.size() > k_levels_max) reader.problems.add("S0110", node.place, "more than 1000 levels");
}

void read_kind(const Node& block, FactorKind kind, Reader& reader) {
    if (block.kind != Node::Kind::map) {
        reader.problems.add("S0104", block.place, "expected a map of factors and their levels");
        return;
    }
    for (const auto& [key, value] : block.entries) {
        if (!known_name(key, kind, reader)) continue;
        Factor factor{kind, key.text, read_levels(value, kind, key.text, reader)};
        check_levels(value, factor, reader);
        // seed.dropout beside architecture.dropout is no conflict; hyperparameter.dropout beside it is.
        const auto same = [&](const Factor& other) {
            const bool one_is_seed = (other.kind == FactorKind::seed) != (kind == FactorKind::seed);
            return other.name == factor.name && !one_is_seed;
        };
        if (std::any_of(reader.spec.factors.begin(), reader.spec.factors.end(), same)) {
            reader.problems.add("S0105", key.place, "a factor called " + key.text + " stands here twice");
        }
        reader.spec.places.try_emplace(full_name(factor), key.place);
        reader.spec.factors.push_back(std::move(factor));
    }
}

const Factor* find_factor(const AuditSpec& spec, FactorKind kind, const std::string& name) {
    const auto it = std::find_if(spec.factors.begin(), spec.factors.end(),
                                 [&](const Factor& f) { return f.kind == kind && f.name == name; });
    return it == spec.factors.end() ? nullptr : &*it;
}

void refuse_if_varied(const Node& key, FactorKind kind, Reader& reader) {
    if (find_factor(reader.spec, kind, key.text) == nullptr) return;
    reader.problems.add("S0109", key.place, std::string(kind_name(kind)) + "." + key.text + " is pinned and varied",
                        "remove one of them");
}

void pin_hardware(const Node& node, Reader& reader) {
    const auto names = names_of_kind(reader.spec, FactorKind::hardware);
    if (!check_keys(node, names, "pin.hardware", reader.problems)) return;
    for (const auto& [key, value] : node.entries) {
        if (std::find(names.begin(), names.end(), key.text) == names.end()) continue;
        refuse_if_varied(key, FactorKind::hardware, reader);
        const auto level = read_scalar(value, reader.problems);
        if (!level) continue;
        if (const auto problem = level_problem(key.text, *level)) {
            reader.problems.add("S0108", value.place, key.text + ": " + *problem);
        } else {
            reader.spec.pins[key.text] = *level;
        }
    }
}

void pin_environment(const Node& node, Reader& reader) {
    if (node.kind != Node::Kind::map) {
        reader.problems.add("S0104", node.place, "expected a map of variables");
        return;
    }
    for (const auto& [key, value] : node.entries) {
        refuse_if_varied(key, FactorKind::environment, reader);
        const auto text = read_verbatim(value, reader.problems);
        if (text && check_variable(key, reader.problems)) reader.spec.pinned_environment[key.text] = *text;
    }
}

// A value written in a block and varied by a factor: only the factor's own levels are no contradiction.
void check_blocks_against_factors(const Node& root, Reader& reader) {
    for (const Parameter& parameter : trainer_parameters(reader.spec.trainer.kind)) {
        const Node* const block = root.find(parameter.block);
        const Node* const written = block == nullptr ? nullptr : block->find(parameter.key);
        if (written == nullptr) continue;
        for (const Factor& factor : reader.spec.factors) {
            if (!is_parameter_kind(factor.kind) || factor.name != parameter.name) continue;
            const Json& value = reader.spec.params.at(parameter.name);
            if (std::find(factor.levels.begin(), factor.levels.end(), value) != factor.levels.end()) continue;
            reader.problems.add(
                "S0109", written->place,
                parameter.block + "." + parameter.key + " is fixed here and varied by the factor " + factor.name,
                "remove one of them");
        }
    }
}

void check_block_design(const Node& root, Reader& reader) {
    if (reader.spec.design.kind != "seeds") return;
    bool any = false;
    for (Factor& factor : reader.spec.factors) {
        if (factor.kind != FactorKind::seed) continue;
        any = true;
        const Node* const kinds = root.find("factors");
        const Node* const seeds = kinds == nullptr ? nullptr : kinds->find("seed");
        const Node* const node = seeds == nullptr ? nullptr : seeds->find(factor.name);
        if (node == nullptr || node->kind != Node::Kind::scalar || node->text != "2") {
            reader.problems.add("S0109", node == nullptr ? Place{} : node->place,
                                "with design {blocks: N} each seed factor has 2 seeds in a block",
                                "write " + factor.name + ": 2");
        }
        factor.levels.clear();
        for (int i = 0; i < 2 * reader.spec.design.blocks; ++i) {
            factor.levels.emplace_back(
                std::to_string(derive_seed(reader.spec.root_seed, factor.name, static_cast<std::uint64_t>(i))));
        }
    }
    if (!any) reader.problems.add("S0109", root.find("design")->place, "design {blocks: N} needs a seed factor");
}

const Node* factor_node(const Node& root, const Factor& factor) {
    const Node* const kinds = root.find("factors");
    const Node* const kind = kinds == nullptr ? nullptr : kinds->find(kind_name(factor.kind));
    return kind == nullptr ? nullptr : kind->find_key(factor.name);
}

// Designs whose seed streams move together, the same seeds at every level: `screen` and `hardware`.
void check_shared_seeds(const Node& root, Reader& reader) {
    const std::string& design = reader.spec.design.kind;
    if (design != "screen" && design != "hardware") return;
    const Factor* first = nullptr;
    bool any_fixed = false;
    const auto refuse = [&](const Factor& factor, const std::string& what, const std::string& help) {
        const Node* const node = factor_node(root, factor);
        reader.problems.add("S0109", node == nullptr ? Place{} : node->place, what, "", help);
    };
    for (const Factor& factor : reader.spec.factors) {
        if (factor.kind == FactorKind::seed) {
            if (first == nullptr) first = &factor;
            if (factor.levels.size() == first->levels.size()) continue;
            refuse(factor, "with design " + design + " every seed factor has the same number of seeds",
                   first->name + " has " + std::to_string(first->levels.size()) + ", " + factor.name + " has " +
                       std::to_string(factor.levels.size()));
        } else if (design == "hardware" && factor.kind != FactorKind::hardware) {
            refuse(factor, "design hardware varies hardware and seeds only",
                   "keep one level of " + factor.name + ", or write design: factorial");
        } else {
            any_fixed = true;
        }
    }
    const Node* const place = root.find("design");
    if (first == nullptr) {
        reader.problems.add("S0109", place->place, "design " + design + " needs a seed factor", "write seed: {all: 8}");
    }
    if (!any_fixed) {
        reader.problems.add(
            "S0109", place->place,
            "design " + design + " needs " + (design == "hardware" ? "a hardware factor" : "a factor that is no seed"));
    }
}

void check_command(const Node& node, const std::vector<std::string>& command, const std::vector<std::string>& known,
                   Problems& problems) {
    for (const std::string& word : command) {
        for (const std::string& name : placeholder_names(word)) {
            if (std::find(known.begin(), known.end(), name) != known.end()) continue;
            const auto near = nearest_name(name, known);
            problems.add("S0117", problems.find(node.place, "${" + name), "nothing fills in ${" + elide(name, 40) + "}",
                         near ? "did you mean '${" + *near + "}'?" : "", "known: " + join(known, ", "));
        }
    }
}

void check_placeholders(const Node& root, Reader& reader) {
    if (reader.spec.trainer.kind != "exec") return;
    std::vector<std::string> known = known_placeholders();
    for (const Factor& factor : reader.spec.factors) {
        if (factor.kind != FactorKind::seed) known.push_back(factor.name);
    }
    const Node* const trainer = root.find("trainer");
    const TrainerSpec& spec = reader.spec.trainer;
    if (!spec.command.empty()) check_command(*trainer->find("exec"), spec.command, known, reader.problems);
    known.emplace_back("trained");
    if (!spec.predict.empty()) check_command(*trainer->find("predict"), spec.predict, known, reader.problems);
}

}  // namespace

void read_factors(const Node& node, Reader& reader) {
    if (node.kind != Node::Kind::map) {
        reader.problems.add("S0104", node.place, "expected factors grouped by kind", "",
                            "kinds: " + join(kind_names(), ", "));
        return;
    }
    for (const auto& [key, value] : node.entries) {
        if (const auto kind = kind_from_name(key.text)) {
            reader.spec.places.try_emplace(key.text, key.place);
            read_kind(value, *kind, reader);
            continue;
        }
        const auto near = nearest_name(key.text, kind_names());
        reader.problems.add("S0103", key.place, "unknown factor kind '" + elide(key.text, 40) + "'",
                            near ? "did you mean '" + *near + "'?" : "", "kinds: " + join(kind_names(), ", "));
    }
    if (reader.spec.factors.empty() && reader.problems.empty()) {
        reader.problems.add("S0107", node.place, "the spec varies nothing: factors is empty");
    }
}

void read_pins(const Node* node, Reader& reader) {
    reader.spec.pins = Json::Object{};
    const std::vector<std::string> keys = {"hardware", "environment"};
    if (node != nullptr && check_keys(*node, keys, "pin", reader.problems)) {
        if (const Node* hardware = node->find("hardware")) pin_hardware(*hardware, reader);
        if (const Node* environment = node->find("environment")) pin_environment(*environment, reader);
    }
    if (reader.spec.trainer.kind != "torch") return;
    const std::pair<const char*, Json> defaults[] = {{"device", "cpu"}, {"threads", 1}, {"flush_denormals", true}};
    for (const auto& [name, level] : defaults) {
        const bool varied = find_factor(reader.spec, FactorKind::hardware, name) != nullptr;
        if (!varied && reader.spec.pins.find(name) == nullptr) reader.spec.pins[name] = level;
    }
}

void check_together(const Node& root, Reader& reader) {
    AuditSpec& spec = reader.spec;
    check_blocks_against_factors(root, reader);
    check_block_design(root, reader);
    check_shared_seeds(root, reader);
    check_placeholders(root, reader);
    const bool all = find_factor(spec, FactorKind::seed, "all") != nullptr;
    const auto seeds = std::count_if(spec.factors.begin(), spec.factors.end(),
                                     [](const Factor& f) { return f.kind == FactorKind::seed; });
    if (all && seeds > 1) {
        const Node* const key = root.find("factors")->find("seed")->find_key("all");
        reader.problems.add("S0109", key->place, "seed.all feeds every stream; no stream can vary beside it",
                            "remove one of them");
    }
    // A parameter that a factor varies has no value of its own.
    for (const Factor& factor : spec.factors) {
        if (is_parameter_kind(factor.kind) && spec.params.is_object()) spec.params.as_object().erase(factor.name);
    }
}

}  // namespace assay
