// YAML text as a tree of our own: every node knows its place, scalars stay text until the grammar says what they are.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "spec/problems.hpp"

namespace assay {

struct Node {
    enum class Kind { scalar, list, map, none } kind = Kind::none;
    std::string text;     // scalar
    bool quoted = false;  // a quoted scalar is always a string
    Place place;
    std::vector<Node> items;                     // list
    std::vector<std::pair<Node, Node>> entries;  // map, in the order of the file, keys scalar and unique

    const Node* find(std::string_view key) const;
};

// Caps: 1 MiB, 100,000 nodes (an alias counts as what it stands for), depth 64. What is wrong goes to `problems`; the
// tree then holds what could be read.
Node parse_tree(std::string_view text, Problems& problems);

}  // namespace assay
