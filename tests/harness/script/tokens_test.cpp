#include "script/tokens.hpp"

#include <gtest/gtest.h>

namespace assay {
namespace {

// "name lr | mark = | string x | end", with lines where they are asked for.
std::string words(const std::string& text, bool lines = false) {
    static constexpr const char* k_kinds[] = {"name", "number", "string", "mark", "end"};
    std::string out;
    for (const Token& token : python_tokens(text)) {
        out += (out.empty() ? "" : " | ") + std::string(k_kinds[static_cast<int>(token.kind)]);
        if (!token.text.empty()) out += " " + token.text;
        if (token.computed) out += " computed";
        if (lines) out += "@" + std::to_string(token.line);
    }
    return out;
}

TEST(PythonTokens, EachKind) {
    const std::pair<const char*, const char*> rows[] = {
        {"", "end"},
        {"lr = 1e-3", "name lr | mark = | number 1e-3 | end"},
        {"x=10_000-.5", "name x | mark = | number 10000 | mark - | number .5 | end"},
        {"a # b 'c'\nd", "name a | end | name d | end"},
        {"'it''s' \"a\\\"b\\n\"", "string itsa\"b\n | end"},
        {"r'a\\n' b'x' f'{y}'", "string a\\nx{y} computed | end"},
        {"rb'x' Rb\"y\"", "string xy | end"},
        {"f(\n 1,\n 2)", "name f | mark ( | number 1 | mark , | number 2 | mark ) | end"},
        {"a \\\n b", "name a | name b | end"},
        {"'never\nclosed", "string never | end | name closed | end"},
        {"'''three\n'lines'''", "string three\n'lines | end"},
        {"'''never", "string never | end"},
        {"rbf = 1", "name rbf | mark = | number 1 | end"},
        {"größe", "name größe | end"},
        {"a)b", "name a | mark ) | name b | end"},
    };
    for (const auto& [text, expected] : rows) EXPECT_EQ(words(text), expected) << text;
}

TEST(PythonTokens, LinesAreThoseOfTheText) {
    EXPECT_EQ(
        words("a\n\n'''x\ny''' b\nf(1,\n2)\nc", true),
        "name a@1 | end@1 | end@2 | string x\ny@3 | name b@4 | end@4 | name f@5 | mark (@5 | number 1@5 | mark ,@5 | "
        "number 2@6 | mark )@6 | end@6 | name c@7 | end@7");
}

}  // namespace
}  // namespace assay
