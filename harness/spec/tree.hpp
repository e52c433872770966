// YAML text as a tree of our own: every node knows its place, scalars stay text until the grammar says what they are.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "spec/problems.hpp"

namespace assay {

struct Entry;

struct Node {
    enum class Kind { scalar, list, map, none } kind = Kind::none;
    std::string text;     // scalar
    bool quoted = false;  // a quoted scalar is always a string
    Place place;
    std::vector<Node> items;     // list
    std::vector<Entry> entries;  // map, in the order of the file, keys scalar and unique

    const Node* find(std::string_view key) const;      // the value
    const Node* find_key(std::string_view key) const;  // the key itself, for its place
};

struct Entry {
    Node key, value;
};

// Caps: 1 MiB, 100,000 nodes (an alias counts as what it stands for), depth 64. What is wrong goes to `problems`; the
// tree then holds what could be read.
Node parse_tree(std::string_view text, Problems& problems);

}  // namespace assay
