// The calls of a Python text: what is called, with what, within what.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "script/tokens.hpp"

namespace assay {

// A stretch of tokens, [begin, end).
struct Span {
    std::size_t begin = 0, end = 0;
    bool empty() const { return begin >= end; }
};

struct Argument {
    std::string keyword;  // "" for one without
    Span value;
};

struct Call {
    std::string name;  // dotted, as written: "torch.utils.data.DataLoader"; "().glob" when an expression is before it
    int line = 1;
    std::size_t begin = 0;  // the first token of the name
    std::size_t end = 0;    // behind the closing bracket
    int within = -1;        // the call whose argument it is, if any
    std::vector<Argument> arguments;

    // "DataLoader"
    std::string last_name() const;
    const Argument* keyword(const std::string& name) const;
};

// In the order of their names in the text. Calls in more than 100 brackets are left out.
std::vector<Call> python_calls(const std::vector<Token>& tokens);

// A literal: a number, a string, True, False, None, or a list or tuple of those; nothing when it is anything else.
std::optional<Json> literal_value(const std::vector<Token>& tokens, Span span);
// The tokens again, near to how they were written, for people.
std::string span_text(const std::vector<Token>& tokens, Span span);

// Top-level modules that it imports: "import numpy as np", "from torch.nn import Linear"; sorted, each once.
std::vector<std::string> imported_modules(const std::vector<Token>& tokens);

}  // namespace assay
