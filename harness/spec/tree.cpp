#include "spec/tree.hpp"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/text.hpp"
#include "base/utf8.hpp"

namespace assay {
namespace {

constexpr std::size_t k_bytes = 1U << 20;
constexpr std::size_t k_nodes = 100'000;
constexpr int k_depth = 64;

struct Builder {
    Problems& problems;
    std::size_t nodes = 0;
    bool stopped = false;

    void stop(const Place& place, const std::string& message) {
        if (!stopped) problems.add("S0110", place, message, "", "a spec is read by people; split it");
        stopped = true;
    }
};

Place place_of(const YAML::Node& node, std::size_t width) {
    const YAML::Mark mark = node.Mark();
    return {mark.line, mark.column, width};
}

Node convert(const YAML::Node& yaml, Builder& builder, int depth);

void convert_map(const YAML::Node& yaml, Builder& builder, int depth, Node& node) {
    std::set<std::string> seen;
    for (const auto& entry : yaml) {
        if (builder.stopped) return;
        Node key = convert(entry.first, builder, depth + 1);
        if (key.kind != Node::Kind::scalar) {
            builder.problems.add("S0104", key.place, "a key must be a word");
            continue;
        }
        if (!seen.insert(key.text).second) {
            builder.problems.add("S0105", key.place, "the key '" + elide(key.text, 40) + "' stands here twice",
                                 "remove one of them");
            continue;
        }
        Node value = convert(entry.second, builder, depth + 1);
        if (value.place.line < 0) value.place = key.place;  // an empty value has no place of its own
        node.entries.push_back({std::move(key), std::move(value)});
    }
}

Node convert(const YAML::Node& yaml, Builder& builder, int depth) {
    Node node;
    node.place = place_of(yaml, 1);
    if (++builder.nodes > k_nodes) builder.stop(node.place, "more than 100,000 values");
    if (depth > k_depth) builder.stop(node.place, "nested more than 64 deep");
    if (builder.stopped) return node;
    switch (yaml.Type()) {
        case YAML::NodeType::Scalar:
            node.kind = Node::Kind::scalar;
            node.text = yaml.Scalar();
            node.quoted = yaml.Tag() == "!";
            node.place.width =
                std::max<std::size_t>(1, node.text.find('\n') == std::string::npos ? node.text.size() : 1);
            if (node.quoted) node.place.width += 2;
            if (node.text.find('\0') != std::string::npos) {
                builder.problems.add("S0101", node.place, "a NUL character: no command or variable can hold one");
            }
            break;
        case YAML::NodeType::Sequence:
            node.kind = Node::Kind::list;
            for (const YAML::Node& item : yaml) {
                if (builder.stopped) break;
                node.items.push_back(convert(item, builder, depth + 1));
                if (node.items.back().place.line < 0) node.items.back().place = node.place;
            }
            break;
        case YAML::NodeType::Map:
            node.kind = Node::Kind::map;
            convert_map(yaml, builder, depth, node);
            break;
        default:
            break;
    }
    return node;
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r'; }

// What the parser would answer badly, or only after a long time.
bool refused_unparsed(std::string_view text, Problems& problems) {
    if (text.size() > k_bytes) {
        problems.add("S0110", {-1, 0, 1}, "the spec has more than 1 MiB");
        return true;
    }
    int line = 0, column = 0, open = 0;
    bool leading = true;
    for (const char c : text) {
        if (is_control(c)) {
            problems.add("S0101", {line, column, 1}, "a control character: this is no text file");
            return true;
        }
        if (c == '\t' && leading) {
            problems.add("S0101", {line, column, 1}, "a tab at the beginning of a line", "use blanks",
                         "YAML takes no tabs for indentation");
            return true;
        }
        if (c == '[' || c == '{') ++open;
        if ((c == ']' || c == '}') && open > 0) --open;
        if (open > k_depth) {
            problems.add("S0110", {line, column, 1}, "nested more than 64 deep");
            return true;
        }
        leading = c == '\n' || (leading && c == ' ');
        column = c == '\n' ? 0 : column + 1;
        line += c == '\n' ? 1 : 0;
    }
    return false;
}

// What is no UTF-8 could be read here, but what is kept of it could never be read again.
bool refused_encoding(std::string_view text, Problems& problems) {
    const std::vector<std::string> lines = split_lines(text);
    const auto damaged = std::find_if(lines.begin(), lines.end(), [](const auto& line) { return !is_utf8(line); });
    if (damaged == lines.end()) return false;
    problems.add("S0101", {static_cast<int>(damaged - lines.begin()), 0, 1}, "this line is not UTF-8 text", "",
                 "save the file as UTF-8");
    return true;
}

// The parser's words, where they can be said better.
std::string parser_problem(const std::string& message) {
    static const std::map<std::string, std::string> k_better = {
        {"end of sequence flow not found", "a list that begins with [ is not closed before this place"},
        {"end of map flow not found", "a map that begins with { is not closed before this place"},
        {"end of map not found", "this line does not fit the lines above; look at its indentation"},
        {"end of sequence not found", "this line does not fit the list above; look at its indentation"},
        {"unexpected character in block scalar",
         "a text that begins with > or | continues below; put quotes around a limit: '>= 0.97'"},
        {"illegal map value", "a second ':' on one line; put quotes around a text that holds ': '"},
    };
    const auto it = k_better.find(message);
    return it == k_better.end() ? message : it->second;
}

}  // namespace

const Node* Node::find(std::string_view key) const {
    const auto it =
        std::find_if(entries.begin(), entries.end(), [&](const auto& entry) { return entry.key.text == key; });
    return it == entries.end() ? nullptr : &it->value;
}

const Node* Node::find_key(std::string_view key) const {
    const auto it =
        std::find_if(entries.begin(), entries.end(), [&](const auto& entry) { return entry.key.text == key; });
    return it == entries.end() ? nullptr : &it->key;
}

Node parse_tree(std::string_view text, Problems& problems) {
    if (refused_unparsed(text, problems) || refused_encoding(text, problems)) return {};
    try {
        Builder builder{problems};
        return convert(YAML::Load(std::string(text)), builder, 0);
    } catch (const YAML::Exception& error) {
        problems.add("S0101", {error.mark.line, error.mark.column, 1},
                     "not readable as YAML: " + parser_problem(error.msg));
        return {};
    }
}

}  // namespace assay
