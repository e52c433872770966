// Between the files of this room: how a tree becomes an AuditSpec, one block at a time.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "spec/problems.hpp"
#include "spec/spec.hpp"
#include "spec/tree.hpp"

namespace assay {

struct Reader {
    AuditSpec& spec;
    Problems& problems;
};

// A map whose keys are all among `allowed`; what is not becomes a problem with a suggestion. False when it is no map.
bool check_keys(const Node& node, std::span<const std::string> allowed, const std::string& what, Problems& problems);

// A scalar as JSON: quoted is a string; plain is a decimal number, true, false, or else a string. Octal-looking and
// other non-decimal numbers, empty values, lists and maps are problems and give nothing.
std::optional<Json> read_scalar(const Node& node, Problems& problems);
std::optional<std::int64_t> read_integer(const Node& node, std::int64_t low, std::int64_t high, Problems& problems);
std::optional<std::uint64_t> read_seed(const Node& node, Problems& problems);
std::optional<std::string> read_text(const Node& node, Problems& problems);
// A scalar as it is written, for environment variables: 010 and no stay what they are.
std::optional<std::string> read_verbatim(const Node& node, Problems& problems);
// Whether the key can name a variable.
bool check_variable(const Node& key, Problems& problems);
std::optional<bool> read_bool(const Node& node, Problems& problems);
// A scalar, or a list of scalars, as JSON.
std::optional<Json> read_value(const Node& node, Problems& problems);

void read_trainer(const Node& node, Reader& reader);
// decision: how answers of a command that are no probabilities become decisions. After the trainer.
void read_decision(const Node& root, Reader& reader);
// data, model and train blocks of the built-in trainers; fills in defaults.
void read_parameters(const Node& root, Reader& reader);
void read_factors(const Node& node, Reader& reader);
void read_pins(const Node* node, Reader& reader);
// After the factors: a rule names kinds and levels of them.
void read_gate(const Node& node, Reader& reader);
// What only shows when all is read: values that a factor varies and a block fixes, placeholders, designs.
void check_together(const Node& root, Reader& reader);

}  // namespace assay
