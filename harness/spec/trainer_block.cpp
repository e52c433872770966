// The blocks that say what is trained: trainer, and data, model, train of the built-in trainers.
#include <algorithm>
#include <charconv>
#include <regex>

#include "base/text.hpp"
#include "spec/reader.hpp"
#include "trainer/own_progress.hpp"
#include "trainer/parameters.hpp"
#include "trainer/placeholders.hpp"

namespace assay {
namespace {

const std::vector<std::string> k_exec_keys = {"exec",        "predict", "timeout", "disk",         "retries",
                                              "checkpoints", "cwd",     "env",     "keep_env",     "inputs",
                                              "predictions", "labels",  "weights", "keep_weights", "progress"};

const std::vector<std::string> k_decision_keys = {"logits", "threshold", "classes"};

std::optional<double> read_duration(const Node& node, Problems& problems) {
    static const std::regex k_duration("([1-9][0-9]{0,5})(s|m|h)");
    std::smatch match;
    if (node.kind == Node::Kind::scalar && std::regex_match(node.text, match, k_duration)) {
        const double value = std::stoi(match[1]);
        return match[2] == "h" ? value * 3600 : match[2] == "m" ? value * 60 : value;
    }
    problems.add("S0104", node.place,
                 "expected a length of time" +
                     (node.kind == Node::Kind::scalar ? ", got '" + elide(node.text, 40) + "'" : std::string()),
                 "write 90s, 20m or 2h");
    return std::nullopt;
}

std::optional<std::uint64_t> read_size(const Node& node, Problems& problems) {
    static const std::regex k_size("([1-9][0-9]{0,5})(M|G)");
    std::smatch match;
    if (node.kind == Node::Kind::scalar && std::regex_match(node.text, match, k_size))
        return static_cast<std::uint64_t>(std::stoi(match[1])) << (match[2] == "G" ? 30 : 20);
    problems.add(
        "S0104", node.place,
        "expected a size" + (node.kind == Node::Kind::scalar ? ", got '" + elide(node.text, 40) + "'" : std::string()),
        "write 500M or 10G");
    return std::nullopt;
}

std::vector<std::string> read_command(const Node& node, Problems& problems) {
    std::vector<std::string> command;
    if (node.kind == Node::Kind::list) {
        for (const Node& item : node.items) {
            if (auto word = read_text(item, problems)) command.push_back(*word);
        }
    } else if (const auto line = read_text(node, problems)) {
        if (auto words = split_command(*line)) {
            command = std::move(*words);
        } else {
            problems.add("S0104", node.place, "a quote that is never closed");
        }
    }
    if (command.empty()) problems.add("S0104", node.place, "an empty command");
    return command;
}

// A file name inside the output folder.
std::string read_file_name(const Node& node, const std::string& fallback, Problems& problems) {
    const auto name = read_text(node, problems);
    if (!name) return fallback;
    if (name->find('/') == std::string::npos && *name != "." && *name != "..") return *name;
    problems.add("S0104", node.place, "expected the name of a file in ${out}, without folders");
    return fallback;
}

// One whose format is known by its ending.
std::string read_answer_name(const Node& node, const std::string& fallback, Problems& problems) {
    std::string name = read_file_name(node, fallback, problems);
    if (is_answer_file(name)) return name;
    problems.add("S0104", node.place, "'" + elide(name, 40) + "' is no file of numbers that is read",
                 std::string("expected a name that ends in ") + k_answer_endings);
    return fallback;
}

std::vector<std::string> read_texts(const Node& node, Problems& problems) {
    std::vector<std::string> texts;
    if (node.kind != Node::Kind::list) problems.add("S0104", node.place, "expected a list of words");
    for (const Node& item : node.items) {
        if (auto text = read_text(item, problems)) texts.push_back(*text);
    }
    return texts;
}

std::string read_progress(const Node& node, Problems& problems) {
    const auto how = read_text(node, problems);
    const auto problem = how ? progress_problem(*how) : std::nullopt;
    if (problem)
        problems.add("S0104", node.place, "'" + elide(*how, 40) + "' says nothing about progress: " + *problem, "",
                     "keras, lightning, tqdm, or a regular expression: 'step (\\d+) of (\\d+)'");
    return how && !problem ? *how : "";
}

void read_exec_rest(const Node& node, Reader& reader) {
    TrainerSpec& trainer = reader.spec.trainer;
    Problems& problems = reader.problems;
    if (const Node* n = node.find("predict")) trainer.predict = read_command(*n, problems);
    if (const Node* n = node.find("timeout"))
        trainer.timeout_s = read_duration(*n, problems).value_or(trainer.timeout_s);
    if (const Node* n = node.find("disk")) trainer.disk_bytes = read_size(*n, problems).value_or(trainer.disk_bytes);
    if (const Node* n = node.find("checkpoints")) trainer.checkpoints = read_bool(*n, problems).value_or(false);
    if (const Node* n = node.find("retries"))
        trainer.retries = static_cast<int>(read_integer(*n, 0, 10, problems).value_or(0));
    if (const Node* n = node.find("cwd")) {
        if (const auto folder = read_text(*n, problems)) trainer.directory = reader.spec.path.parent_path() / *folder;
    }
    if (const Node* n = node.find("keep_env")) trainer.keep_environment = read_texts(*n, problems);
    if (const Node* n = node.find("inputs")) trainer.inputs = read_texts(*n, problems);
    if (const Node* n = node.find("predictions"))
        trainer.predictions = read_answer_name(*n, trainer.predictions, problems);
    if (const Node* n = node.find("labels")) trainer.labels = read_answer_name(*n, trainer.labels, problems);
    if (const Node* n = node.find("weights")) trainer.weights = read_file_name(*n, trainer.weights, problems);
    if (const Node* n = node.find("keep_weights")) trainer.keep_weights = read_bool(*n, problems).value_or(true);
    if (const Node* n = node.find("progress")) trainer.progress = read_progress(*n, problems);
    const Node* const env = node.find("env");
    if (env == nullptr) return;
    if (env->kind != Node::Kind::map) problems.add("S0104", env->place, "expected a map of variables");
    for (const auto& [key, value] : env->entries) {
        const auto text = read_verbatim(value, problems);
        if (text && check_variable(key, problems)) trainer.environment[key.text] = *text;
    }
}

void read_block(const Node& block, const std::string& block_name, Reader& reader) {
    const std::string& trainer = reader.spec.trainer.kind;
    std::vector<std::string> keys;
    for (const Parameter& parameter : trainer_parameters(trainer)) {
        if (parameter.block == block_name) keys.push_back(parameter.key);
    }
    if (!check_keys(block, keys, block_name, reader.problems)) return;
    for (const Parameter& parameter : trainer_parameters(trainer)) {
        const Node* const node = parameter.block == block_name ? block.find(parameter.key) : nullptr;
        const auto value = node == nullptr ? std::nullopt : read_value(*node, reader.problems);
        if (!value) continue;
        if (const auto problem = value_problem(parameter, *value)) {
            reader.problems.add("S0108", node->place, block_name + "." + parameter.key + ": " + *problem, "",
                                parameter.help);
        } else {
            reader.spec.params[parameter.name] = *value;
        }
    }
}

}  // namespace

void read_trainer(const Node& node, Reader& reader) {
    const std::vector<std::string> kinds = {"torch", "synthetic"};
    if (node.kind == Node::Kind::scalar) {
        if (std::find(kinds.begin(), kinds.end(), node.text) != kinds.end()) {
            reader.spec.trainer.kind = node.text;
            return;
        }
        const auto near = nearest_name(node.text, kinds);
        reader.problems.add(
            "S0103", node.place, "unknown trainer '" + elide(node.text, 40) + "'",
            near ? "did you mean '" + *near + "'?" : "",
            "trainers: torch, synthetic, or a command of your own, written under trainer as exec: COMMAND");
        return;
    }
    if (!check_keys(node, k_exec_keys, "trainer", reader.problems)) return;
    reader.spec.trainer.kind = "exec";
    reader.spec.trainer.warm = false;
    if (const Node* exec = node.find("exec")) {
        reader.spec.trainer.command = read_command(*exec, reader.problems);
    } else {
        reader.problems.add("S0107", node.place, "the trainer has no command", "write exec: python train.py");
    }
    read_exec_rest(node, reader);
}

void read_decision(const Node& root, Reader& reader) {
    const Node* const node = root.find("decision");
    if (node == nullptr) return;
    Problems& problems = reader.problems;
    if (reader.spec.trainer.kind != "exec") {
        problems.add("S0109", root.find_key("decision")->place,
                     "decision is for a command of your own; the built-in trainers write probabilities");
        return;
    }
    if (!check_keys(*node, k_decision_keys, "decision", problems)) return;
    if (node->entries.size() != 1) {
        problems.add("S0104", node->place, "decision says one thing: logits, threshold or classes");
        return;
    }
    Decision& decision = reader.spec.trainer.decision;
    const Node& value = node->entries.front().value;
    if (node->find("logits") != nullptr) {
        decision.logits = read_bool(value, problems).value_or(false);
    } else if (node->find("classes") != nullptr) {
        if (const auto classes = read_integer(value, 2, 1'000'000, problems))
            decision.classes = static_cast<std::size_t>(*classes);
    } else {
        const auto threshold = read_scalar(value, problems);
        decision.scores = true;
        if (!threshold) return;
        if (threshold->is_number() && threshold->as_number() > 0 && threshold->as_number() < 1) {
            decision.threshold = threshold->as_number();
        } else {
            problems.add("S0104", value.place, "expected a threshold between 0 and 1, got " + scalar_text(*threshold),
                         "", "the answer is class 1 where its probability is above the threshold");
        }
    }
}

void read_parameters(const Node& root, Reader& reader) {
    reader.spec.params = Json::Object{};
    const std::string& trainer = reader.spec.trainer.kind;
    for (const Parameter& parameter : trainer_parameters(trainer))
        reader.spec.params[parameter.name] = parameter.default_value;
    for (const char* name : {"data", "model", "train"}) {
        const Node* const block = root.find(name);
        if (block == nullptr) continue;
        if (trainer == "exec") {
            reader.problems.add("S0109", root.find_key(name)->place,
                                std::string(name) + " is for the built-in trainers; this spec has a command", "",
                                "write fixed values into the command, varied ones under factors");
        } else {
            read_block(*block, name, reader);
        }
    }
}

}  // namespace assay
