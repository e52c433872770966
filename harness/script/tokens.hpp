// A Python text as tokens, read and never executed: enough of the language to find calls and their arguments. What is
// no Python is no error; it gives other tokens.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace assay {

struct Token {
    enum class Kind { name, number, string, mark, end_of_line } kind = Kind::mark;
    std::string text;       // of a string its value, as far as it is plain: escapes \n \t \\ \' \" only
    int line = 1;           // where it begins
    bool computed = false;  // an f-string: its value is known at run time only
    int indent = 0;         // characters before its statement
};

// Comments and line breaks within brackets are gone; a mark is one character, but for the pair ** and the like, which
// stay two marks. Strings that stand side by side are one.
std::vector<Token> python_tokens(std::string_view text);

}  // namespace assay
