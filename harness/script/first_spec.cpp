#include "script/first_spec.hpp"

#include <algorithm>
#include <cmath>

#include "base/text.hpp"
#include "base/utf8.hpp"
#include "core/factor.hpp"

namespace assay {
namespace {

constexpr std::size_t k_settings_shown = 30;

// Lower-case letters, digits, dot, dash, underscore, as the name of an audit has to be.
std::string audit_name(const std::string& script) {
    std::string name;
    const std::string file = script.substr(script.find_last_of('/') + 1);
    for (const char c : lower_case(file.substr(0, file.find_last_of('.')))) {
        const bool plain =
            (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (!name.empty() && (c == '.' || c == '-'));
        name += plain ? c : name.empty() ? 'a' : '_';
    }
    return name.empty() ? "audit" : name.substr(0, 64);
}

bool imports(const ScriptFacts& facts, const std::string& module) {
    return std::binary_search(facts.modules.begin(), facts.modules.end(), module);
}

const ScriptOption* with_role(const ScriptFacts& facts, const std::string& role) {
    const auto it = std::find_if(facts.options.begin(), facts.options.end(),
                                 [&](const ScriptOption& option) { return role_of(option) == role; });
    return it == facts.options.end() ? nullptr : &*it;
}

std::string at(const std::string& script, const ScriptOption& option) {
    return script + ":" + std::to_string(option.line);
}

// A word of the command: a dollar doubled, in quotes where it would be split.
std::string word(const std::string& text) {
    std::string out;
    for (const char c : text) out += c == '$' ? std::string("$$") : std::string(1, c);
    if (out.find_first_of(" '\"") == std::string::npos) return out;
    return out.find('"') == std::string::npos ? "\"" + out + "\"" : "'" + out + "'";
}

std::string quoted_yaml(const std::string& text) {
    std::string out = "'";
    for (const char c : text) out += c == '\'' ? std::string("''") : std::string(1, c);
    return out + "'";
}

// It can stand in a comment, and be read back from one.
bool is_one_plain_line(const std::string& text) { return text.size() <= 64 && printable_line(text) == text; }

// How a value of one option is given.
std::string given(const ScriptOption& option, const std::string& value) {
    return option.positional ? value : option.flag + "=" + value;
}

// python3 is there in Debian, in virtual environments and in conda's; python is not always.
std::string interpreter(const std::string& script) {
    return script.ends_with(".py") ? "python3 " : script.ends_with(".sh") ? "sh " : "./";
}

std::string command_of(const std::string& script, const ScriptFacts& facts, FirstSpec& spec) {
    std::string command = interpreter(script) + word(script);
    for (const ScriptOption& option : facts.options) {
        const std::string role = role_of(option);
        if (!role.empty() && with_role(facts, role) == &option) {
            command += " " + given(option, "${" + role + "}");
            spec.found.push_back(option.flag + " (" + at(script, option) + ") takes " +
                                 (role == "seed" ? "the seed" : "the folder for results"));
        } else if (option.required && !option.is_switch) {
            command += " " + given(option, "FILL_IN");
            spec.missing.push_back(option.flag + " (" + at(script, option) +
                                   ") has no default: write its value into the command, where FILL_IN stands");
        }
    }
    return command + " ${args}";
}

// "lr: [0.001, 0.01]" where a second level can be guessed, else a comment with what is there.
std::string levels_of(const ScriptOption& option) {
    std::vector<std::string> levels;
    const auto add = [&](const Json& value) {
        if (value.is_null() || value.is_array() || (value.is_string() && !is_one_plain_line(value.as_string()))) return;
        const std::string text = value.is_string() ? quoted_yaml(value.as_string()) : level_text(value);
        if (levels.size() < 8 && std::find(levels.begin(), levels.end(), text) == levels.end()) levels.push_back(text);
    };
    const auto& value = option.default_value;
    if (value) add(*value);
    for (const Json& choice : option.choices) add(choice);
    if (levels.size() == 1 && value && value->is_number()) {
        const double other = value->as_number() * (option.type == "int" ? 2 : 10);
        if (value->as_number() != 0 && std::abs(other) < 1e9) add(Json(other));
    }
    if (levels.empty()) return "[A, B]";
    if (levels.size() == 1) levels.emplace_back("ANOTHER");
    return "[" + join(levels, ", ") + "]";
}

std::string settings(const std::string& script, const ScriptFacts& facts) {
    std::vector<std::pair<std::string, std::string>> lines;
    for (const ScriptOption& option : facts.options) {
        if (!role_of(option).empty() || option.positional || option.is_switch || option.required) continue;
        // ${args} writes --name=value; argparse takes no _ for a -.
        const bool as_it_is = option.flag == "--" + option.name;
        lines.emplace_back(
            option.name + ": " + levels_of(option),
            at(script, option) + (as_it_is ? "" : "; add " + option.flag + "=${" + option.name + "} to exec"));
    }
    if (lines.empty()) return "";
    std::string text =
        "  # Settings of the script, as ${args} hands them over. To see what one changes, take\n"
        "  # its '#' away, that of the next line too, and give it two levels or more.\n"
        "  # hyperparameter:\n";
    for (std::size_t i = 0; i < std::min(lines.size(), k_settings_shown); ++i)
        text += "  #   " + pad_right(lines[i].first, 34) + " # " + lines[i].second + "\n";
    if (lines.size() > k_settings_shown)
        text += "  #   ... and " + std::to_string(lines.size() - k_settings_shown) + " more\n";
    return text;
}

std::string seed_comment(const std::string& script, const ScriptFacts& facts) {
    const ScriptOption* const option = with_role(facts, "seed");
    if (option != nullptr) return option->flag + ", " + at(script, *option);
    if (imports(facts, "assay")) return "import assay; assay.start() sets the seeds";
    return facts.reads_seed ? "the script reads ASSAY_SEED" : "the script has to take it: ASSAY_SEED, or an option";
}

void say_what_is_missing(const std::string& script, const ScriptFacts& facts, FirstSpec& spec) {
    if (imports(facts, "assay")) return;
    const ScriptOption* const out = with_role(facts, "out");
    if (with_role(facts, "seed") == nullptr && !facts.reads_seed) {
        spec.missing.push_back(script +
                               " takes no seed: give it an option --seed, or let it read the variable ASSAY_SEED");
    }
    if (facts.writes_predictions) return;
    const std::string folder = out == nullptr ? "os.environ['ASSAY_OUT']" : "args." + out->name;
    spec.missing.push_back(
        script + " has to write np.save(f\"{" + folder +
        "}/predictions.npy\", probs): [N, C] probabilities of held-out inputs, the same in every run");
}

}  // namespace

FirstSpec first_spec(const std::string& name, const ScriptFacts& facts, int cores) {
    FirstSpec spec;
    const std::string script = printable_line(name);
    const std::string command = command_of(script, facts, spec);
    spec.yaml =
        "# An audit of " + script + ", written by `assay init`. Read it, change it, then: assay plan\n" +
        "assay: 1\nname: " + quoted_yaml(audit_name(script)) +
        "\ntrainer:\n"
        "  # No shell; a run starts in this file's folder. ${args} becomes --NAME=VALUE of each setting below.\n"
        "  exec: " +
        quoted_yaml(command) +
        "\n"
        "  timeout: 1h             # of one run\n"
        "  # predictions: predictions.npy    # what it writes into ${out}: [N, C] probabilities, compulsory\n"
        "  # labels: labels.npy              # and [N] true labels, for accuracy\n"
        "factors:\n"
        "  seed:\n"
        "    all: 6                # " +
        seed_comment(script, facts) + "\n" + settings(script, facts);
    const std::string threads = "hardware:\n" + std::string(cores >= 2 ? "  " : "  # ") +
                                "  threads: [1, 2]       # does the number of threads change the answers?\n";
    spec.yaml += (cores >= 2 ? "  " : "  # ") + threads;
    spec.yaml += "replays: 1                # of each setting one run is repeated: does it give the same bits?\n";
    say_what_is_missing(script, facts, spec);
    return spec;
}

}  // namespace assay
