#include "script/calls.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"

namespace assay {
namespace {

// "f[1; x=2] < g": the call, its arguments, the call around it.
std::string calls_of(const std::string& text) {
    const auto tokens = python_tokens(text);
    const auto calls = python_calls(tokens);
    std::vector<std::string> out;
    for (const Call& call : calls) {
        std::vector<std::string> arguments;
        for (const Argument& a : call.arguments)
            arguments.push_back((a.keyword.empty() ? "" : a.keyword + "=") + span_text(tokens, a.value));
        out.push_back(call.name + "[" + join(arguments, "; ") + "]" +
                      (call.within < 0 ? "" : " < " + calls[static_cast<std::size_t>(call.within)].name));
    }
    return join(out, " | ");
}

TEST(PythonCalls, NamesArgumentsAndWhatIsAround) {
    const std::pair<const char*, const char*> rows[] = {
        {"f()", "f[]"},
        {"f(1, x=2,)", "f[1; x=2]"},
        {"a.b.c('x')", "a.b.c['x']"},
        {"sorted(os.listdir(d))", "sorted[os.listdir(d)] | os.listdir[d] < sorted"},
        {"f([1, 2], {a: 3}, (4, 5))", "f[[1,2]; {a:3}; (4,5)]"},
        {"Path(d).glob('*')", "Path[d] | ().glob['*']"},
        {"def f(x=1): return g(x)", "g[x]"},
        {"class A(B): pass", ""},
        {"if (a): x = (1 + 2)", ""},
        {"f(a == 1, b=c == 2)", "f[a==1; b=c==2]"},
        {"f(*a, **b)", "f[*a; **b]"},
        {"f(lambda x: g(x), 2)", "f[lambda x:g(x); 2] | g[x] < f"},
        {"f([g(1) for x in y])", "f[[g(1)for x in y]] | g[1] < f"},
        {"f(1\nx = g(2", "f[] | g[] < f"},
        {"f)(", ""},
        {"f(1)](2)", "f[1]"},
    };
    for (const auto& [text, expected] : rows) EXPECT_EQ(calls_of(text), expected) << text;
}

TEST(PythonCalls, DeepBracketsEnd) {
    const std::size_t n = 200'000;
    std::string text;
    for (std::size_t i = 0; i < n; ++i) text += "f(";
    EXPECT_EQ(python_calls(python_tokens(text)).size(), 100U);
}

TEST(LiteralValue, WhatIsKnownFromTheTextAlone) {
    const std::pair<const char*, const char*> rows[] = {
        {"1", "1"},          {"-0.5", "-0.5"},      {"1e-3", "0.001"},         {"'a b'", "\"a b\""},
        {"True", "true"},    {"None", "null"},      {"[1, 'a']", "[1,\"a\"]"}, {"(1, 2,)", "[1,2]"},
        {"[]", "[]"},        {"f'{x}'", "unknown"}, {"x", "unknown"},          {"1 + 1", "unknown"},
        {"0x10", "unknown"}, {"[x]", "unknown"},    {"[[1]]", "unknown"},      {"(1) + (2)", "unknown"},
    };
    for (const auto& [text, expected] : rows) {
        auto tokens = python_tokens(text);
        const auto value = literal_value(tokens, {0, tokens.size() - 1});
        EXPECT_EQ(value ? canonical_json(*value) : "unknown", expected) << text;
    }
}

TEST(ImportedModules, EachFormOnce) {
    EXPECT_EQ(join(imported_modules(python_tokens(
                       "import os, sys as s\nimport torch.nn as nn\nfrom torch.utils import data\nif x: import jax\n"
                       "from . import mine\nx = 'import no'\nimport os; import keras\ny = important\n")),
                   " "),
              "jax keras os sys torch");
}

}  // namespace
}  // namespace assay
