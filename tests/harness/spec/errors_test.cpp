// The texts of spec errors, as golden files: a person reads them.
#include <gtest/gtest.h>

#include "spec/spec.hpp"
#include "support/golden.hpp"

namespace assay {
namespace {

struct Case {
    const char* name;
    const char* text;
};

const Case k_cases[] = {
    {"misspelt_kind", "assay: 1\nname: t\nfactors:\n  hyperparamter: {lr: [0.1, 0.2]}\n"},
    {"misspelt_names",
     "assay: 1\nname: t\ntrainer: torhc\nfactors:\n  seed: {intt: 2}\n  hardware: {thread: [1, 2]}\n"},
    {"misspelt_parameter",
     "assay: 1\nname: t\ntrain: {epohcs: 3, optimizer: adm}\nfactors: {hyperparameter: {lrr: [1, 2]}}\n"},
    {"wrong_types",
     "assay: 1\nname: Bad Name\nreplicates: many\ndata: [1]\nfactors: {hyperparameter: {lr: 0.1, batch: [big, 32]}}\n"},
    {"octal",
     "assay: 1\nname: t\nroot_seed: 010\nreplays: 0x10\nfactors: {hyperparameter: {batch: [1_000, 32]}, seed: {init: "
     "[007]}}\n"},
    {"repeated_keys", "assay: 1\nname: t\nname: u\nfactors:\n  seed: {init: 2, init: 3}\n"},
    {"tab", "assay: 1\nname: t\nfactors:\n\tseed: {init: 2}\n"},
    {"not_yaml", "assay: 1\nname: [t\nfactors: {}\n"},
    {"nothing_needed", "{}\n"},
    {"later_keys", "assay: 1\nname: t\nfactors: {seed: {init: 2}}\nexecutor: {slurm: 1}\n"},
    {"gate_names",
     "assay: 1\nname: t\nfactors: {seed: {init: 2}, hyperparameter: {lr: [0.1, 0.2]}}\ngate:\n  flisp.seed: < 1%\n"
     "  flips.hardwear: < 1%\n  flips.hardware: < 1%\n  flips.seed.shuffle: < 1%\n  accuracy.bseline: < 1%\n"},
    {"gate_limits",
     "assay: 1\nname: t\nfactors: {seed: {init: 2}, hyperparameter: {lr: [0.1, 0.2]}}\ngate:\n  replay: 3\n"
     "  accuracy: < 1%\n  flips.seed: about 1%\n  nll: [1]\n  R:\n  ece: {whree: {lr: 0.1}, limit: < 0.1}\n"
     "  collapsed: {limit: = 0, where: {lrr: 0.1}, undecided: wran}\n"
     "  distance.seed: {limit: < 0.1, where: {lr: 0.3}, confidence: 2}\n"},
    {"gate_folded", "assay: 1\nname: t\nfactors: {seed: {init: 2}}\ngate:\n  accuracy: >= 0.97\n"},
    {"gate_empty", "assay: 1\nname: t\nfactors: {seed: {init: 2}}\ngate:\n"},
    {"contradictions",
     "assay: 1\nname: t\ntrain: {lr: 0.5}\nfactors:\n  hyperparameter: {lr: [0.1, 0.2], momentum: [0.9, 0.9]}\n"
     "  hardware: {threads: [1, 2]}\n  seed: {all: 2, init: 2}\npin: {hardware: {threads: 1}}\n"},
    {"one_level", "assay: 1\nname: t\nfactors: {hyperparameter: {lr: [0.1]}}\n"},
    {"placeholder",
     "assay: 1\nname: t\ntrainer: {exec: 'python t.py ${lrr} ${out}'}\nfactors: {hyperparameter: {lr: [0.1, 0.2]}}\n"},
    {"command_and_blocks",
     "assay: 1\nname: t\ntrainer: {exec: t, timeot: 5m, timeout: soon}\nmodel: {hidden: [3]}\nfactors: {seed: {all: "
     "2}}\n"},
    {"decision",
     "assay: 1\nname: t\ntrainer: {exec: t, predictions: model.pt}\ndecision: {threshold: 1.7}\nfactors: {seed: {all: "
     "2}}\n"},
    {"decision_keys",
     "assay: 1\nname: t\ntrainer: {exec: t}\ndecision: {logit: true, classes: 3}\nfactors: {seed: {all: 2}}\n"},
    {"decision_of_a_built_in", "assay: 1\nname: t\ndecision: {logits: true}\nfactors: {seed: {all: 2}}\n"},
    {"blocks", "assay: 1\nname: t\nfactors: {seed: {init: 4}}\ndesign: {blocks: 3}\n"},
    {"shared_seeds",
     "assay: 1\nname: t\nfactors:\n  seed: {init: 8, shuffle: 6}\n  hyperparameter: {lr: [0.1, 0.2]}\ndesign: "
     "screen\n"},
    {"hardware_design",
     "assay: 1\nname: t\nfactors:\n  architecture: {model: [dense, cnn]}\n  data: {order: [fixed, shuffled]}\ndesign: "
     "hardware\n"},
    {"design", "assay: 1\nname: t\nfactors: {seed: {init: 4}}\ndesign: factoral\n"},
    {"accents",
     "assay: 1\nname: t\ntrainer: {exec: 'caf\xc3\xa9 ${lrr}', timeot: 1m}\nfactors: {hyperparameter: {lr: [0.1, "
     "0.2]}}\n"},
    {"folded_command",
     "assay: 1\nname: t\ntrainer:\n  exec: python t.py\n    --lr ${lr} ${epohcs}\nfactors: {hyperparameter: {epochs: "
     "[1, 2]}}\n"},
    {"not_utf8", "assay: 1\nname: t\ntrainer: {exec: caf\xe9}\nfactors: {seed: {all: 2}}\n"},
    {"variables",
     "assay: 1\nname: t\ntrainer: {exec: t, env: {A=B: c}}\nfactors: {environment: {A: [[x, y], z], B: [a, b]}}\n"
     "pin: {environment: {B: c, D: [e]}}\n"},
    {"many",
     "assay: 1\nname: t\nfactors: {seed: {init: 2}}\na1: 1\na2: 1\na3: 1\na4: 1\na5: 1\na6: 1\na7: 1\na8: 1\na9: "
     "1\nb1: 1\n"
     "b2: 1\nb3: 1\nb4: 1\nb5: 1\nb6: 1\nb7: 1\nb8: 1\nb9: 1\nc1: 1\nc2: 1\nc3: 1\n"},
};

class SpecErrors : public ::testing::TestWithParam<Case> {};

TEST_P(SpecErrors, ReadAsTheGoldenFileSays) {
    try {
        parse_spec(GetParam().text, "assay.yaml");
        FAIL() << "no error";
    } catch (const SpecError& error) {
        testing::expect_golden(error.what(), std::string("spec/") + GetParam().name + ".txt");
    }
}

INSTANTIATE_TEST_SUITE_P(All, SpecErrors, ::testing::ValuesIn(k_cases),
                         [](const auto& which) { return which.param.name; });

}  // namespace
}  // namespace assay
