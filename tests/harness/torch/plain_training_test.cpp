// seed_mode torch speaks for a plain Python script: the same seed gives the script's weights, bit for bit.
#include <gtest/gtest.h>

#include "base/digest.hpp"
#include "base/error.hpp"
#include "harness/torch/bench.hpp"
#include "schedule/process.hpp"
#include "schedule/run_folder.hpp"
#include "support/output_of.hpp"
#include "support/variable.hpp"

namespace assay {
namespace {
namespace fs = std::filesystem;

using testing::Bench;

const std::string k_python = "/usr/bin/python3";  // Debian's, whatever else PATH has
const std::string k_script = std::string(ASSAY_SOURCE_DIR) + "/tests/harness/torch/plain_training.py";
const std::string k_data = std::string(ASSAY_SOURCE_DIR) + "/fixtures/mnist";

struct Row {
    std::string model, optimizer, lr, l2, dropout;
};
const Row k_rows[] = {
    {"dense", "adam", "0.001", "0", "0.2"},
    {"dense", "adam", "0.1", "0.0001", "0"},
    {"cnn", "sgd", "0.05", "0.001", "0"},
    {"cnn", "rmsprop", "0.001", "0", "0.5"},
};

// Without the variables of this shell; threads and denormals as the run has them.
std::string python(const std::vector<std::string>& arguments, const std::map<std::string, std::string>& variables) {
    std::vector<std::string> words = {k_python};
    words.insert(words.end(), arguments.begin(), arguments.end());
    return testing::output_of({words, variables, {}, -1, -1, -1});
}

// Why the comparison cannot be made here, or nothing.
std::string obstacle(const std::string& libtorch) {
    try {
        const std::string version = last_line(
            python({"-c", "import numpy, torch; print(torch.__version__.split('+')[0])"}, kept_environment()));
        // Another version is another arithmetic. Debian writes 1.13.1 here and 1.13.0 in the C++ header.
        const auto minor = [](const std::string& text) { return text.substr(0, text.rfind('.')); };
        if (minor(version) == minor(libtorch)) return "";
        return "python3-torch is " + version + ", libtorch " + libtorch;
    } catch (const Error&) {
        return "python3-torch or python3-numpy is not installed: apt-get install python3-torch python3-numpy";
    }
}

std::string spec_of(const Row& row) {
    return "assay: 1\nname: plain\ndata: {train: 500, eval: 300}\nmodel: {builtin: " + row.model +
           ", hidden: [32], channels: [8], dropout: " + row.dropout +
           "}\ntrain: {seed_mode: torch, epochs: 3, batch: 64" + ", optimizer: " + row.optimizer + ", lr: " + row.lr +
           ", l2: " + row.l2 + "}\nfactors: {seed: {all: 2}}\n";
}

TEST(PlainTraining, ThePythonScriptGivesTheSameBits) {
    const testing::Variable data("ASSAY_DATA", k_data);
    for (const Row& row : k_rows) {
        const std::string name = row.model + " " + row.optimizer;
        const Bench bench(spec_of(row));
        const RunRequest& request = bench.plan.runs[0].request;
        const std::string why = obstacle(request.trainer.at("libraries").at("libtorch").as_string());
        if (!why.empty()) GTEST_SKIP() << why;
        const LoneRun run = run_once(bench.plan, bench.spec, 0, bench.options, bench.folder.path());
        ASSERT_EQ(run.record.state, RunState::completed) << run.record.reason;

        const Json theirs =
            parse_json(last_line(python({k_script,      "--data",    k_data,
                                         "--model",     row.model,   "--optimizer",
                                         row.optimizer, "--seed",    std::to_string(request.seeds.at("master")),
                                         "--lr",        row.lr,      "--l2",
                                         row.l2,        "--dropout", row.dropout,
                                         "--train",     "500",       "--eval",
                                         "300",         "--epochs",  "3",
                                         "--batch",     "64"},
                                        shared_variables(bench.spec, request))),
                       k_script);
        const std::string first = row.model == "dense" ? "hidden.0" : "conv.0";
        std::map<std::string, std::string> ours;
        for (const TensorDigest& tensor : run.record.weights) ours[tensor.name] = tensor.sha256;
        const std::string names[] = {first + ".weight", first + ".bias", "out.weight", "out.bias"};
        ASSERT_EQ(theirs.at("weights").as_array().size(), 4U);
        ASSERT_EQ(ours.size(), 4U);
        for (std::size_t i = 0; i < 4; ++i)
            EXPECT_EQ(ours[names[i]], theirs.at("weights").as_array()[i].as_string()) << name << " " << names[i];
        EXPECT_EQ(sha256_hex(parse_npy(run.files.at("predictions.npy")).bytes), theirs.at("predictions").as_string())
            << name;
    }
}

}  // namespace
}  // namespace assay
