#include "trainer/placeholders.hpp"

#include <set>

#include "core/factor.hpp"

namespace assay {
namespace {

std::string value_of(const std::string& name, const TrainerInput& input, const CommandFiles& files) {
    const RunRequest& request = input.request;
    if (name == "out") return input.out.string();
    if (name == "run") return input.run_id;
    if (name == "args_json_file") return files.parameters.string();
    if (name == "trained" && !files.trained.empty()) return files.trained.string();
    if (name == "seed") return std::to_string(request.seeds.at("master"));
    if (name.starts_with("seed.")) return std::to_string(request.seeds.at(name.substr(5)));
    for (const Json* block : {&request.params, &request.hardware}) {
        if (const Json* value = block->find(name)) return level_text(*value);
    }
    for (const auto* map : {&request.software, &request.environment}) {
        const auto it = map->find(name);
        if (it != map->end()) return it->second;
    }
    return name == "device" ? "cpu" : name == "threads" ? "1" : "";
}

// --name=value, or name=value, for each parameter that the command does not hand over by its name: a script may spell
// it in its own way (--learning-rate=${learning_rate}), and would refuse it twice.
std::vector<std::string> arguments(const std::vector<std::string>& command, const RunRequest& request,
                                   const char* hyphens) {
    std::set<std::string> named;
    for (const std::string& word : command) {
        for (std::string& name : placeholder_names(word)) named.insert(std::move(name));
    }
    std::vector<std::string> words;
    for (const auto& [name, value] : request.params.as_object()) {
        if (!named.contains(name)) words.push_back(hyphens + name + "=" + level_text(value));
    }
    return words;
}

std::string expand_word(const std::string& word, const TrainerInput& input, const CommandFiles& files) {
    std::string out;
    for (std::size_t i = 0; i < word.size(); ++i) {
        if (word[i] != '$' || i + 1 == word.size()) {
            out += word[i];
        } else if (word[i + 1] == '$') {
            out += word[++i];
        } else if (word[i + 1] == '{' && word.find('}', i) != std::string::npos) {
            const std::size_t end = word.find('}', i);
            out += value_of(word.substr(i + 2, end - i - 2), input, files);
            i = end;
        } else {
            out += word[i];
        }
    }
    return out;
}

}  // namespace

std::vector<std::string> placeholder_names(const std::string& word) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i + 1 < word.size(); ++i) {
        if (word[i] != '$') continue;
        if (word[i + 1] == '{') {
            const std::size_t end = word.find('}', i);
            names.push_back(word.substr(i + 2, end == std::string::npos ? end : end - i - 2));
        }
        ++i;
    }
    return names;
}

const std::vector<std::string>& known_placeholders() {
    static const std::vector<std::string> k_names = [] {
        std::vector<std::string> names = {"args", "args_no_hyphens", "args_json_file", "seed", "out",
                                          "run",  "device",          "threads"};
        for (const std::string& stream : seed_streams()) names.push_back("seed." + stream);
        return names;
    }();
    return k_names;
}

std::optional<std::vector<std::string>> split_command(const std::string& line) {
    std::vector<std::string> words;
    std::string word;
    bool in_word = false;
    char quote = '\0';
    for (const char c : line) {
        if (quote != '\0') {
            if (c == quote) {
                quote = '\0';
            } else {
                word += c;
            }
        } else if (c == '\'' || c == '"') {
            quote = c;
            in_word = true;
        } else if (c == ' ' || c == '\n') {
            if (in_word) words.push_back(std::move(word));
            word.clear();
            in_word = false;
        } else {
            word += c;
            in_word = true;
        }
    }
    if (quote != '\0') return std::nullopt;
    if (in_word) words.push_back(std::move(word));
    return words;
}

std::vector<std::string> expand_command(const std::vector<std::string>& command, const TrainerInput& input,
                                        const CommandFiles& files) {
    std::vector<std::string> out;
    for (const std::string& word : command) {
        if (word == "${args}" || word == "${args_no_hyphens}") {
            const auto words = arguments(command, input.request, word == "${args}" ? "--" : "");
            out.insert(out.end(), words.begin(), words.end());
        } else {
            out.push_back(expand_word(word, input, files));
        }
    }
    return out;
}

}  // namespace assay
