#include "script/arguments.hpp"

#include <gtest/gtest.h>

namespace assay {
namespace {

// "--lr lr float 0.001 [..] role", in the words of each row.
std::string text_of(const ScriptOption& o) {
    std::string text = o.flag + " " + o.name + " " + (o.type.empty() ? "?" : o.type);
    if (o.positional) text += " positional";
    if (o.is_switch) text += " switch";
    if (o.required) text += " required";
    if (o.default_value) text += " default=" + canonical_json(*o.default_value);
    if (!o.choices.empty()) text += " choices=" + canonical_json(Json(o.choices));
    if (!role_of(o).empty()) text += " is " + role_of(o);
    return text;
}

TEST(ReadScript, OptionsOfArgparse) {
    const std::pair<const char*, const char*> rows[] = {
        {"p.add_argument('--lr', type=float, default=1e-3)", "--lr lr float default=0.001"},
        {"p.add_argument('-l', '--learning-rate', default=0.1, type=float)",
         "--learning-rate learning_rate float default=0.1"},
        {"p.add_argument('-e', type=int)", "-e e int"},
        {"p.add_argument('--opt', choices=['a', 'b'])", "--opt opt str choices=[\"a\",\"b\"]"},
        {"p.add_argument('--x', type=my.parser, default=f())", "--x x ?"},
        {"p.add_argument('--amp', action='store_true')", "--amp amp bool switch"},
        {"p.add_argument('--fast', default=False)", "--fast fast bool default=false"},
        {"p.add_argument('data')", "data data str positional required"},
        {"p.add_argument('data', nargs='?', default='d')", "data data str positional default=\"d\""},
        {"p.add_argument('--n', required=True, dest='count', type=int)", "--n count int required"},
        {"group.add_argument(\"--seed\",\n  type=int,  # which\n  default=42)", "--seed seed int default=42 is seed"},
        {"p.add_argument('--output-dir', default='runs')", "--output-dir output_dir str default=\"runs\" is out"},
        {"p.add_argument('--version', action='version')", ""},
        {"p.add_argument(*names, default=1)", ""},
        {"p.add_argument('--a b')", ""},
        {"p.add_argument('--${lr}')", ""},
        {"def add_argument(x): pass\nadd_argument('--y')", ""},
        {"# p.add_argument('--z')\n'p.add_argument(1)'", ""},
    };
    for (const auto& [script, expected] : rows) {
        const ScriptFacts facts = read_script(script);
        EXPECT_EQ(facts.options.empty() ? "" : text_of(facts.options[0]), expected) << script;
    }
}

TEST(ReadScript, TheFirstOfEachNameInTheOrderOfTheScript) {
    const ScriptFacts facts = read_script(
        "import torch\np.add_argument('--b', default=1)\nq.add_argument('--a')\nq.add_argument('--b', default=2)\n");
    ASSERT_EQ(facts.options.size(), 2U);
    EXPECT_EQ(facts.options[0].flag, "--b");
    EXPECT_EQ(facts.options[0].default_value, std::optional<Json>(1));
    EXPECT_EQ(facts.options[0].line, 2);
    EXPECT_EQ(facts.options[1].flag, "--a");
    EXPECT_EQ(facts.modules, std::vector<std::string>{"torch"});
}

}  // namespace
}  // namespace assay
