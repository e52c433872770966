#include "spec/spec.hpp"

#include <gtest/gtest.h>

#include "base/random.hpp"

namespace assay {
namespace {

std::string code_of(const std::string& text) {
    try {
        parse_spec(text, "spec.yaml");
    } catch (const SpecError& error) {
        EXPECT_EQ(error.exit(), Exit::usage);
        return error.what();
    }
    return "";
}

const std::string k_head = "assay: 1\nname: t\n";

TEST(ParseSpec, FillsInEveryDefault) {
    const AuditSpec spec = parse_spec(k_head + "factors: {seed: {init: 2}}\n", "/folder/spec.yaml");
    EXPECT_EQ(spec.trainer.kind, "torch");
    EXPECT_EQ(spec.trainer.directory, "/folder");
    EXPECT_EQ(spec.design.kind, "factorial");
    EXPECT_EQ(spec.replays, 1);
    EXPECT_EQ(spec.params.at("lr"), Json(0.001));
    EXPECT_EQ(spec.pins, Json(Json::Object{{"device", "cpu"}, {"flush_denormals", true}, {"threads", 1}}));
    EXPECT_EQ(spec.base_seeds.at("shuffle"), derive_seed(1, "shuffle", 0));
    EXPECT_EQ(resolved_spec(spec).find("path"), nullptr);
    EXPECT_EQ(canonical_json(resolved_spec(spec)).find("/folder"), std::string::npos) << "no path of this machine";
}

TEST(ParseSpec, AddingASeedNeverChangesTheEarlierOnes) {
    const auto levels = [](const std::string& count) {
        return parse_spec(k_head + "factors: {seed: {init: " + count + "}}\n", "").factors[0].levels;
    };
    const auto three = levels("3"), five = levels("5");
    EXPECT_TRUE(std::equal(three.begin(), three.end(), five.begin()));
    EXPECT_EQ(five.size(), 5U);
}

TEST(ParseSpec, LiteralSeedsAreKeptAsWritten) {
    const auto spec = parse_spec(k_head + "factors: {seed: {init: [1, 42, 18446744073709551615]}}\n", "");
    EXPECT_EQ(spec.factors[0].levels, (std::vector<Json>{"1", "42", "18446744073709551615"}));
}

TEST(ParseSpec, TypesComeFromTheGrammarNotFromYaml) {
    const auto spec = parse_spec(k_head +
                                     "trainer: {exec: [t]}\nfactors: {environment: {A: [no, 010, 'x']}, "
                                     "hyperparameter: {b: [no, 1.10, '1', true]}}\n",
                                 "");
    EXPECT_EQ(spec.factors[0].levels, (std::vector<Json>{"no", "010", "x"}));
    EXPECT_EQ(spec.factors[1].levels, (std::vector<Json>{"no", 1.1, "1", true}));
}

TEST(ParseSpec, RulesOfAGateHaveTheirPlaceAndPolicy) {
    const auto spec =
        parse_spec(k_head +
                       "factors: {seed: {init: 2}, hyperparameter: {lr: [0.1, 0.2]}}\ngate:\n"
                       "  undecided: fail\n  replay: identical\n"
                       "  flips.seed: {limit: < 1%, where: {lr: 0.1}, undecided: warn, confidence: 0.9}\n",
                   "gate.yaml");
    ASSERT_EQ(spec.gate.size(), 2U);
    EXPECT_EQ(rule_key(spec.gate[0]), "replay");
    EXPECT_EQ(spec.gate[0].undecided, UndecidedAs::fail);
    EXPECT_EQ(spec.gate[0].file, "gate.yaml");
    EXPECT_EQ(spec.gate[0].line, 6);
    EXPECT_EQ(spec.gate[0].column, 3);
    EXPECT_EQ(spec.gate[1].undecided, UndecidedAs::warn);
    EXPECT_EQ(spec.gate[1].confidence, 0.9);
    EXPECT_EQ(spec.gate[1].limit, 0.01);
    EXPECT_EQ(spec.gate[1].where, (std::map<std::string, std::string>{{"hyperparameter.lr", "0.1"}}));
    const auto without = parse_spec(k_head + "factors: {seed: {init: 2}, hyperparameter: {lr: [0.1, 0.2]}}\n", "x");
    EXPECT_EQ(resolved_spec(spec), resolved_spec(without)) << "a limit that changes trains nothing again";
}

TEST(ParseSpec, ATrainerOfOnesOwn) {
    const auto spec = parse_spec(
        k_head +
            "trainer:\n  exec: python t.py '--lr=${lr}' --seed ${seed}\n  timeout: 20m\n  retries: 2\n  cwd: app\n"
            "  disk: 500M\n  checkpoints: true\n  keep_weights: false\n"
            "  env: {A: b}\n  keep_env: [C]\n  inputs: [t.py]\n"
            "factors: {hyperparameter: {lr: [0.1, 0.2]}, seed: {all: 3}}\n",
        "/s/spec.yaml");
    EXPECT_EQ(spec.trainer.command, (std::vector<std::string>{"python", "t.py", "--lr=${lr}", "--seed", "${seed}"}));
    EXPECT_EQ(spec.trainer.timeout_s, 1200);
    EXPECT_EQ(spec.trainer.retries, 2);
    EXPECT_EQ(spec.trainer.disk_bytes, std::uint64_t{500} << 20);
    EXPECT_TRUE(spec.trainer.checkpoints);
    EXPECT_FALSE(spec.trainer.keep_weights);
    EXPECT_EQ(spec.trainer.directory, "/s/app");
    EXPECT_TRUE(spec.pins.as_object().empty()) << "nothing is pinned silently for a command";
}

TEST(ParseSpec, BlocksDrawTwoSeedsABlock) {
    const auto spec = parse_spec(k_head + "factors: {seed: {init: 2, shuffle: 2}}\ndesign: {blocks: 3}\n", "");
    EXPECT_EQ(spec.factors[0].levels.size(), 6U);
    EXPECT_EQ(spec.design.blocks, 3);
}

TEST(ParseSpec, EveryDesignIsKept) {
    const std::string factors = k_head + "factors: {hardware: {threads: [1, 2]}, seed: {init: 8, shuffle: 8}}\n";
    for (const char* design : {"factorial", "repeat", "screen", "hardware"}) {
        const auto spec = parse_spec(factors + "design: " + design + "\n", "");
        EXPECT_EQ(spec.design.kind, design);
        EXPECT_EQ(resolved_spec(spec).at("design").at("kind"), Json(design));
        EXPECT_EQ(spec.factors[1].levels.size(), 8U);
    }
}

TEST(ParseSpec, BombsAndGarbageEndInAnErrorNotInACrash) {
    std::string aliases = "a: &a [x, x, x, x, x, x, x, x, x]\n";
    for (char c = 'b'; c < 'j'; ++c) {
        aliases += std::string(1, c) + ": &" + c + " [";
        for (int i = 0; i < 9; ++i) aliases += std::string(i > 0 ? "," : "") + "*" + static_cast<char>(c - 1);
        aliases += "]\n";
    }
    const std::string rows[] = {
        "",
        "\n",
        "[]",
        "x",
        "- a",
        "a: b: c",
        "{",
        "\xff\xfe",
        std::string("a\0b", 3),
        std::string(2 << 20, 'a'),
        std::string(100'000, '['),
        std::string(100'000, '{'),
        aliases,
        "a: *nobody",
        "? [x]\n: y\n",
        "\t- a",
        "a: !!binary x",
        "<<: {a: b}",
        "assay: 1\nassay: 1\n",
        "%YAML 9.9\n---\na: b",
        "a: |\n  text\nb: >\n",
        "&a a: *a",
        "a: \x1b[31m",
        "a: caf\xe9",
        "a: \"\\0\"",
    };
    for (const std::string& text : rows) EXPECT_TRUE(code_of(text).starts_with("error[S01")) << text.substr(0, 60);
}

// std::regex takes stack for each character that it matches.
TEST(ParseSpec, ANumberOfManyDigitsIsAWord) {
    const std::string digits(300'000, '7');
    const auto spec =
        parse_spec(k_head + "trainer: {exec: t}\nfactors: {hyperparameter: {x: [1, " + digits + "]}}\n", "");
    EXPECT_EQ(spec.factors[0].levels[1], Json(digits));
    EXPECT_TRUE(
        code_of(k_head + "train: {epochs: " + digits + "}\nfactors: {seed: {init: 2}}\n").starts_with("error[S0108]"));
}

TEST(ParseSpec, WhatIsKeptCanBeReadAgain) {
    const auto spec =
        parse_spec(k_head + "trainer: {exec: 'caf\xc3\xa9 \xf0\x9f\x98\x80'}\nfactors: {seed: {all: 2}}\n", "");
    EXPECT_EQ(parse_json(canonical_json(resolved_spec(spec)), "spec"), resolved_spec(spec));
}

// Stream "spec.damage" of seed 1: 3,000 damaged specs are read or refused, nothing else.
TEST(ParseSpec, SurvivesDamagedText) {
    const std::string good =
        k_head +
        "data: {train: 100}\nmodel: {hidden: [64, 32]}\ntrain: {lr: 0.1, optimizer: sgd}\n"
        "factors:\n  seed: {init: 2, shuffle: 2}\n  hardware: {isa: [avx2, baseline]}\ndesign: {blocks: 3}\n";
    Random random(1, "spec.damage");
    const std::string alphabet = " \n:{}[],-#&*!|>'\"%@`\tab01.x";
    for (int i = 0; i < 3'000; ++i) {
        std::string text = good;
        for (std::uint64_t n = random.below(4) + 1; n > 0; --n) {
            const std::size_t at = random.below(text.size());
            const char c = alphabet[random.below(alphabet.size())];
            switch (random.below(3)) {
                case 0:
                    text[at] = c;
                    break;
                case 1:
                    text.insert(at, 1, c);
                    break;
                default:
                    text.erase(at, random.below(6));
                    break;
            }
        }
        code_of(text);
    }
}

}  // namespace
}  // namespace assay
