#include "spec/spec.hpp"

#include <algorithm>
#include <charconv>
#include <regex>

#include "base/file.hpp"
#include "base/random.hpp"
#include "base/text.hpp"
#include "spec/reader.hpp"

namespace assay {
namespace {

const std::vector<std::string> k_top_keys = {"assay", "name",    "trainer",    "data",     "model",
                                             "train", "factors", "replicates", "design",   "root_seed",
                                             "pin",   "replays", "inputs",     "decision", "gate"};

constexpr std::size_t k_number_length = 400;  // a double needs no more; std::regex takes stack for each character

bool is_decimal(const std::string& text) {
    static const std::regex k_number(R"([-+]?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?)");
    return text.size() <= k_number_length && std::regex_match(text, k_number);
}
// Digits that YAML 1.1, YAML 1.2 and people read as different numbers.
bool is_doubtful_number(const std::string& text) {
    static const std::regex k_doubtful(
        R"([-+]?(0[0-9]+(\.[0-9]*)?|0[xXoObB][0-9a-fA-F_]+|[0-9]+(_[0-9]+)+|\.[0-9]+|[0-9]+\.|\.(inf|nan)))",
        std::regex::icase);
    return text.size() <= k_number_length && std::regex_match(text, k_doubtful);
}

std::string kind_of(const Node& node) {
    switch (node.kind) {
        case Node::Kind::list:
            return "a list";
        case Node::Kind::map:
            return "a map";
        case Node::Kind::none:
            return "nothing";
        default:
            return "'" + elide(node.text, 40) + "'";
    }
}

void expected(const std::string& what, const Node& node, Problems& problems) {
    problems.add("S0104", node.place, "expected " + what + ", got " + kind_of(node));
}

void read_design(const Node& node, Reader& reader) {
    const std::vector<std::string> kinds = {"factorial", "repeat", "screen", "hardware"};
    DesignSpec& design = reader.spec.design;
    if (node.kind == Node::Kind::map) {
        const std::vector<std::string> keys = {"blocks"};
        check_keys(node, keys, "design", reader.problems);
        if (const Node* blocks = node.find("blocks")) {
            design.kind = "seeds";
            design.blocks = static_cast<int>(read_integer(*blocks, 1, 1000, reader.problems).value_or(1));
        }
        return;
    }
    const auto text = read_text(node, reader.problems);
    if (!text) return;
    if (std::find(kinds.begin(), kinds.end(), *text) == kinds.end()) {
        const auto near = nearest_name(*text, kinds);
        reader.problems.add("S0104", node.place, "unknown design '" + elide(*text, 40) + "'",
                            near ? "did you mean '" + *near + "'?" : "",
                            "designs: " + join(kinds, ", ") + ", {blocks: N}");
    } else {
        design.kind = *text;
    }
}

void read_name(const Node* node, Reader& reader) {
    static const std::regex k_name("[a-z0-9][a-z0-9._-]{0,63}");
    if (node == nullptr) {
        reader.problems.add("S0107", {0, 0, 1}, "the spec has no name", "write name: my_audit");
        return;
    }
    const auto name = read_text(*node, reader.problems);
    if (name && !std::regex_match(*name, k_name)) {
        reader.problems.add("S0104", node->place, "'" + elide(*name, 40) + "' is no name for an audit", "",
                            "names: lower-case letters, digits, dot, dash, underscore; at most 64");
    } else if (name) {
        reader.spec.name = *name;
    }
}

void read_version(const Node* node, Problems& problems) {
    const char* const help = "write assay: 1 first";
    if (node == nullptr) {
        problems.add("S0107", {0, 0, 1}, "the spec does not say which version of the format it is", help);
    } else if (node->kind != Node::Kind::scalar || node->text != "1") {
        problems.add("S0104", node->place, "this assay reads version 1 of the format, got " + kind_of(*node), help);
    }
}

void read_counts(const Node& root, Reader& reader) {
    if (const Node* node = root.find("replicates")) {
        reader.spec.replicates = static_cast<int>(read_integer(*node, 1, 1000, reader.problems).value_or(1));
    }
    if (const Node* node = root.find("replays")) {
        reader.spec.replays = static_cast<int>(read_integer(*node, 0, 1000, reader.problems).value_or(1));
    }
    if (const Node* node = root.find("root_seed"))
        reader.spec.root_seed = read_seed(*node, reader.problems).value_or(1);
}

// Read by the harness only, never by a trainer.
void read_inputs(const Node& node, Reader& reader) {
    const std::vector<std::string> keys = {"table"};
    if (!check_keys(node, keys, "inputs", reader.problems)) return;
    const Node* const table = node.find("table");
    if (table == nullptr) {
        reader.problems.add("S0107", node.place, "inputs names no table", "write inputs: {table: inputs.csv}");
    } else if (const auto path = read_text(*table, reader.problems)) {
        reader.spec.input_table = reader.spec.path.parent_path() / *path;
    }
}

// Streams that no factor varies get one seed each, drawn from the root seed as level 0 would be.
void fill_base_seeds(AuditSpec& spec) {
    std::vector<std::string> streams = seed_streams();
    streams.emplace_back("master");
    for (const std::string& stream : streams) spec.base_seeds[stream] = derive_seed(spec.root_seed, stream, 0);
}

}  // namespace

bool check_keys(const Node& node, std::span<const std::string> allowed, const std::string& what, Problems& problems) {
    if (node.kind != Node::Kind::map) {
        expected("keys and values in " + what, node, problems);
        return false;
    }
    const std::vector<std::string> names(allowed.begin(), allowed.end());
    for (const auto& [key, value] : node.entries) {
        if (std::find(names.begin(), names.end(), key.text) != names.end()) continue;
        const auto near = nearest_name(key.text, names);
        problems.add("S0102", key.place, "unknown key '" + elide(key.text, 40) + "' in " + what,
                     near ? "did you mean '" + *near + "'?" : "", "keys: " + join(names, ", "));
    }
    return true;
}

std::optional<Json> read_scalar(const Node& node, Problems& problems) {
    if (node.kind != Node::Kind::scalar) {
        expected("a value", node, problems);
        return std::nullopt;
    }
    if (node.quoted) return Json(node.text);
    if (node.text == "true" || node.text == "false") return Json(node.text == "true");
    if (is_doubtful_number(node.text)) {
        problems.add("S0106", node.place,
                     "'" + elide(node.text, 40) + "' reads as different numbers to different people",
                     "write a plain decimal number, or quotes around a word");
        return std::nullopt;
    }
    if (!is_decimal(node.text)) return Json(node.text);
    double value = 0;
    const char* const begin = node.text.data() + (node.text.front() == '+' ? 1 : 0);
    const auto result = std::from_chars(begin, node.text.data() + node.text.size(), value);
    const bool large_integer =
        node.text.find_first_of(".eE") == std::string::npos && std::abs(value) >= 9007199254740992.0;
    if (result.ec != std::errc() || large_integer) {
        problems.add("S0106", node.place, "no double holds " + elide(node.text, 40));
        return std::nullopt;
    }
    return Json(value);
}

std::optional<Json> read_value(const Node& node, Problems& problems) {
    if (node.kind != Node::Kind::list) return read_scalar(node, problems);
    Json::Array array;
    for (const Node& item : node.items) {
        auto value = read_scalar(item, problems);
        if (!value) return std::nullopt;
        array.push_back(std::move(*value));
    }
    return Json(std::move(array));
}

std::optional<std::int64_t> read_integer(const Node& node, std::int64_t low, std::int64_t high, Problems& problems) {
    const auto value = read_scalar(node, problems);
    if (!value) return std::nullopt;
    if (value->is_integer() && value->as_integer() >= low && value->as_integer() <= high) return value->as_integer();
    expected("an integer from " + std::to_string(low) + " to " + std::to_string(high), node, problems);
    return std::nullopt;
}

std::optional<std::uint64_t> read_seed(const Node& node, Problems& problems) {
    std::uint64_t seed = 0;
    const char* const end = node.text.data() + node.text.size();
    const auto [next, error] = std::from_chars(node.text.data(), end, seed);
    const bool octal = node.text.size() > 1 && node.text[0] == '0';
    if (node.kind == Node::Kind::scalar && error == std::errc() && next == end && !node.text.empty() && !octal)
        return seed;
    problems.add(octal ? "S0106" : "S0104", node.place,
                 "expected a seed, 0 to 18446744073709551615 in decimal, got " + kind_of(node),
                 octal ? "write it without a 0 in front" : "");
    return std::nullopt;
}

std::optional<std::string> read_text(const Node& node, Problems& problems) {
    if (node.kind == Node::Kind::scalar && !node.text.empty()) return node.text;
    expected("a word", node, problems);
    return std::nullopt;
}

std::optional<std::string> read_verbatim(const Node& node, Problems& problems) {
    if (node.kind == Node::Kind::scalar) return node.text;
    expected("a value", node, problems);
    return std::nullopt;
}

bool check_variable(const Node& key, Problems& problems) {
    if (!key.text.empty() && key.text.find('=') == std::string::npos) return true;
    problems.add("S0104", key.place, "'" + elide(key.text, 40) + "' is no name for an environment variable");
    return false;
}

std::optional<bool> read_bool(const Node& node, Problems& problems) {
    if (node.kind == Node::Kind::scalar && !node.quoted && (node.text == "true" || node.text == "false"))
        return node.text == "true";
    expected("true or false", node, problems);
    return std::nullopt;
}

AuditSpec parse_spec(std::string_view text, const std::filesystem::path& path) {
    Problems problems(text, path);
    AuditSpec spec;
    spec.path = path;
    Reader reader{spec, problems};
    const Node root = parse_tree(text, problems);
    if (problems.empty() && check_keys(root, k_top_keys, "the spec", problems)) {
        read_version(root.find("assay"), problems);
        read_name(root.find("name"), reader);
        read_counts(root, reader);
        fill_base_seeds(spec);
        spec.trainer.directory = path.parent_path();
        if (const Node* node = root.find("trainer")) read_trainer(*node, reader);
        read_decision(root, reader);
        read_parameters(root, reader);
        if (const Node* node = root.find("factors")) {
            read_factors(*node, reader);
        } else {
            problems.add("S0107", {0, 0, 1}, "the spec varies nothing: it has no factors",
                         "write factors: {seed: {init: 4}}");
        }
        read_pins(root.find("pin"), reader);
        if (const Node* node = root.find("inputs")) read_inputs(*node, reader);
        if (const Node* node = root.find("design")) read_design(*node, reader);
        if (const Node* node = root.find("gate")) read_gate(*node, reader);
        check_together(root, reader);
    }
    if (!problems.empty()) throw SpecError(problems.first_code(), Exit::usage, problems.text());
    return spec;
}

std::string spec_place(const AuditSpec& spec, const std::string& factor) {
    const auto it = spec.places.find(factor);
    if (it == spec.places.end() || spec.path.empty() || it->second.line < 0) return "";
    return spec.path.string() + ":" + std::to_string(it->second.line + 1) + ":" + std::to_string(it->second.column + 1);
}

AuditSpec read_spec(const std::filesystem::path& path) {
    return parse_spec(read_file(path, std::size_t{16} << 20), path);
}

}  // namespace assay
