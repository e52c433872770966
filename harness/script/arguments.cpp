#include "script/arguments.hpp"

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "script/calls.hpp"

namespace assay {
namespace {

std::string name_of_flag(const std::string& flag) {
    std::string name = flag.substr(std::min(flag.find_first_not_of('-'), flag.size()));
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
}

bool is_plain_name(const std::string& name) {
    const auto plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    };
    return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), plain) &&
           !(name[0] >= '0' && name[0] <= '9');
}

// "--lr", "-l": what a command line and a comment can hold as it is.
bool is_plain_flag(const std::string& flag) { return flag.starts_with("-") && is_plain_name(name_of_flag(flag)); }

// Of several flags the first long one, as argparse chooses it.
std::string chosen_flag(const std::vector<std::string>& flags) {
    const auto is_long = [](const std::string& flag) { return flag.starts_with("--"); };
    const auto it = std::find_if(flags.begin(), flags.end(), is_long);
    return it != flags.end() ? *it : flags.empty() ? "" : flags.front();
}

std::optional<Json> literal_of(const std::vector<Token>& tokens, const Call& call, const char* keyword) {
    const Argument* const argument = call.keyword(keyword);
    return argument == nullptr ? std::nullopt : literal_value(tokens, argument->value);
}

// The type that is written, or that the default has.
std::string type_of(const std::vector<Token>& tokens, const Call& call, const std::optional<Json>& value) {
    static const std::set<std::string> k_types = {"int", "float", "str", "bool"};
    if (const Argument* type = call.keyword("type")) {
        const std::string name = span_text(tokens, type->value);
        return k_types.contains(name) ? name : "";
    }
    if (value && value->is_bool()) return "bool";
    return "str";
}

std::optional<ScriptOption> option_of(const std::vector<Token>& tokens, const Call& call) {
    std::vector<std::string> flags;
    for (const Argument& argument : call.arguments) {
        const auto value = argument.keyword.empty() ? literal_value(tokens, argument.value) : std::nullopt;
        if (value && value->is_string()) flags.push_back(value->as_string());
    }
    ScriptOption option;
    option.flag = chosen_flag(flags);
    option.positional = !option.flag.starts_with('-');
    const auto destination = literal_of(tokens, call, "dest");
    option.name = destination && destination->is_string() ? destination->as_string() : name_of_flag(option.flag);
    option.line = call.line;
    const auto action = literal_of(tokens, call, "action");
    const std::string does = action && action->is_string() ? action->as_string() : "store";
    if (does == "help" || does == "version" || !is_plain_name(option.name)) return std::nullopt;
    if (!option.positional && !is_plain_flag(option.flag)) return std::nullopt;
    option.is_switch = does != "store" && does != "append" && does != "extend";
    option.default_value = literal_of(tokens, call, "default");
    const auto required = literal_of(tokens, call, "required");
    const auto count = literal_of(tokens, call, "nargs");
    const bool may_be_absent = count && (*count == Json("?") || *count == Json("*"));
    option.required = option.positional ? !may_be_absent : required == std::optional<Json>(true);
    option.type = option.is_switch ? "bool" : type_of(tokens, call, option.default_value);
    if (const auto choices = literal_of(tokens, call, "choices"); choices && choices->is_array())
        option.choices = choices->as_array();
    return option;
}

}  // namespace

ScriptFacts read_script(std::string_view text) {
    const std::vector<Token> tokens = python_tokens(text);
    ScriptFacts facts;
    facts.reads_seed = text.find("ASSAY_SEED") != std::string_view::npos;
    for (const char* ending : {"npy", "npz", "csv", "json", "safetensors"}) {
        const std::string name = std::string("predictions.") + ending;
        facts.writes_predictions = facts.writes_predictions || text.find(name) != std::string_view::npos;
    }
    facts.modules = imported_modules(tokens);
    std::set<std::string> seen;
    for (const Call& call : python_calls(tokens)) {
        if (call.last_name() != "add_argument" || call.name == "add_argument") continue;
        auto option = option_of(tokens, call);
        if (option && seen.insert(option->name).second) facts.options.push_back(std::move(*option));
    }
    return facts;
}

std::string role_of(const ScriptOption& option) {
    static const std::set<std::string> k_seeds = {"seed",        "random_seed", "rng_seed",     "manual_seed",
                                                  "global_seed", "train_seed",  "random_state", "np_seed"};
    // Logs and working folders are no results.
    static const std::set<std::string> k_outputs = {"out",        "output",      "out_dir",   "outdir",
                                                    "output_dir", "save_dir",    "savedir",   "results_dir",
                                                    "result_dir", "output_path", "save_path", "out_path"};
    const std::string name = lower_case(option.name);
    if (option.is_switch) return "";
    return k_seeds.contains(name) ? "seed" : k_outputs.contains(name) ? "out" : "";
}

}  // namespace assay
