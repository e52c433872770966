// What `assay init` writes is a spec, does what it says, and says what is missing.
#include "script/first_spec.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"
#include "spec/spec.hpp"
#include "support/golden.hpp"

namespace assay {
namespace {

constexpr const char* k_script = R"(import argparse
import numpy as np
import torch
p = argparse.ArgumentParser()
p.add_argument("--data", required=True)
p.add_argument("--lr", type=float, default=1e-3)
p.add_argument("--weight-decay", type=float, default=0.0)
p.add_argument("--optimizer", choices=["adam", "sgd"], default="adam")
p.add_argument("--epochs", type=int, default=5)
p.add_argument("--amp", action="store_true")
p.add_argument("--seed", type=int, default=0)
p.add_argument("--out-dir", default="runs")
)";

std::string all_of(const FirstSpec& spec) {
    return spec.yaml + "---- found\n" + join(spec.found, "\n") + "\n---- missing\n" + join(spec.missing, "\n") + "\n";
}

TEST(FirstSpec, OfAnOrdinaryScript) {
    const FirstSpec spec = first_spec("train.py", read_script(k_script), 2);
    testing::expect_golden(all_of(spec), "script/first_spec.txt");
    const AuditSpec read = parse_spec(spec.yaml, "assay.yaml");
    EXPECT_EQ(read.name, "train");
    EXPECT_EQ(read.trainer.command, (std::vector<std::string>{"python3", "train.py", "--data=FILL_IN", "--seed=${seed}",
                                                              "--out-dir=${out}", "${args}"}));
    EXPECT_EQ(read.factors.size(), 2U) << "seed and threads";
}

// Every '#' that invites to be taken away can be.
TEST(FirstSpec, WhatItOffersInCommentsIsASpecToo) {
    const FirstSpec spec = first_spec("train.py", read_script(k_script), 1);
    std::string all;
    for (std::string line : split_lines(spec.yaml)) {
        if (line == "  # hyperparameter:" || line == "  # hardware:" || line.starts_with("  #   "))
            line = "  " + line.substr(4);
        all += line + "\n";
    }
    const AuditSpec read = parse_spec(all, "assay.yaml");
    std::string names;
    for (const Factor& factor : read.factors) names += full_name(factor) + " ";
    EXPECT_EQ(names,
              "seed.all hyperparameter.lr hyperparameter.weight_decay hyperparameter.optimizer hyperparameter.epochs "
              "hardware.threads ");
}

TEST(FirstSpec, OfAScriptThatTellsNothing) {
    for (const char* name : {"train.py", "my train.sh", "it's $HOME.R", "Ünï.py", "0"}) {
        const FirstSpec spec = first_spec(name, {}, 1);
        EXPECT_EQ(parse_spec(spec.yaml, "assay.yaml").factors.size(), 1U) << spec.yaml;
        ASSERT_EQ(spec.missing.size(), 2U);
        EXPECT_NE(spec.missing[0].find("takes no seed"), std::string::npos);
        EXPECT_NE(spec.missing[1].find("predictions.npy"), std::string::npos);
    }
}

TEST(FirstSpec, SaysThatAScriptReadsASeedOnlyWhereItDoes) {
    const auto deaf = first_spec("t.sh", read_script("echo 1 > out"), 2);
    EXPECT_NE(deaf.yaml.find("# the script has to take it"), std::string::npos) << deaf.yaml;
    const auto reads = first_spec("t.sh", read_script("seed=$ASSAY_SEED; f > $ASSAY_OUT/predictions.csv"), 2);
    EXPECT_NE(reads.yaml.find("# the script reads ASSAY_SEED\n"), std::string::npos) << reads.yaml;
    EXPECT_TRUE(reads.missing.empty()) << reads.missing.front();
}

TEST(FirstSpec, AFolderForLogsIsNoFolderForResults) {
    const auto spec = first_spec("t.py", read_script("p.add_argument('--log_dir', default='logs')\n"), 2);
    EXPECT_EQ(spec.yaml.find("${out}\n"), std::string::npos) << spec.yaml;
    EXPECT_EQ(spec.yaml.find("--log_dir=${out}"), std::string::npos) << spec.yaml;
}

TEST(FirstSpec, AScriptWithTheHelperMissesNothing) {
    EXPECT_TRUE(first_spec("t.py", read_script("import assay\n"), 2).missing.empty());
}

}  // namespace
}  // namespace assay
