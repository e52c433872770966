// A hardware level counts as forced only when the trainer has checked that it took hold: planted lies.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>

#include "harness/torch/bench.hpp"
#include "harness/torch/request.hpp"
#include "support/command.hpp"
#include "trainer/effectors.hpp"
#include "trainer/protocol.hpp"

namespace assay {
namespace {
namespace fs = std::filesystem;

using testing::Bench;

bool machine_has(const char* effector, const char* level) {
    return !refusal(effector, level, Json::Object{}, read_machine());
}

std::string spec_of(const std::string& rest) {
    return "assay: 1\nname: lie\ndata: {train: 64, eval: 20}\ntrain: {epochs: 1}\nreplays: 0\n" + rest;
}

// The environment block is the last word, so it can contradict a hardware level; the libraries then say so.
TEST(Lie, AVariableThatDefeatsAHardwareLevelFailsTheRun) {
    if (!machine_has("isa", "avx2")) GTEST_SKIP() << "this CPU has only one level to tell";
    struct Row {
        std::string hardware, variables, reason;
    };
    const Row rows[] = {
        {"blas: Prescott", "OPENBLAS_CORETYPE: Haswell", "asked for blas=Prescott, the libraries report Haswell"},
        {"isa: baseline", "ATEN_CPU_CAPABILITY: avx2",
         "asked for isa=baseline, the libraries report ATen avx2, oneDNN sse41, BLAS Prescott"},
        {"isa: avx2", "ATEN_CPU_CAPABILITY: default",
         "asked for isa=avx2, the libraries report ATen baseline, oneDNN avx2, BLAS Haswell"},
        {"isa: avx2", "OPENBLAS_CORETYPE: Prescott",
         "asked for isa=avx2, the libraries report ATen avx2, oneDNN avx2, BLAS Prescott"},
        {"isa: baseline", "ONEDNN_MAX_CPU_ISA: AVX2, DNNL_MAX_CPU_ISA: AVX2",
         "asked for isa=baseline, the libraries report ATen baseline, oneDNN avx2, BLAS Prescott"},
        {"onednn: sse41", "ONEDNN_MAX_CPU_ISA: AVX2, DNNL_MAX_CPU_ISA: AVX2",
         "asked for onednn=sse41, the libraries report avx2"},
    };
    for (std::size_t i = 0; i < std::size(rows); ++i) {
        const Row& row = rows[i];
        Bench bench(spec_of("pin: {hardware: {" + row.hardware + "}, environment: {" + row.variables +
                            "}}\nfactors: {hyperparameter: {lr: [0.1, 0.2]}}\n"));
        bench.options.cold = i % 2 == 1;
        bench.options.jobs = 1;
        bench.options.limit = 1;
        bench.run();
        ASSERT_EQ(bench.records.size(), 1U);
        const RunRecord& record = bench.records.begin()->second;
        EXPECT_EQ(record.state, RunState::failed) << row.hardware << ", " << row.variables;
        EXPECT_EQ(record.reason, "R0204: the trainer ended with exit 1; it says: " + row.reason);
        for (const auto& [name, member] : record.members) EXPECT_EQ(name, "log.txt");
        EXPECT_TRUE(record.weights.empty());
    }
}

// trainer.env comes before the hardware levels: there it cannot defeat them.
TEST(Lie, TheTrainersOwnVariablesGiveWayToTheLevels) {
    Bench bench(spec_of("pin: {hardware: {blas: Nehalem}}\nfactors: {hyperparameter: {lr: [0.1, 0.2]}}\n"));
    bench.spec.trainer.environment["OPENBLAS_CORETYPE"] = "Haswell";
    bench.run();
    ASSERT_EQ(bench.records.size(), 2U);
    for (const auto& [index, record] : bench.records) {
        EXPECT_EQ(record.state, RunState::completed) << record.reason;
        EXPECT_EQ(record.hardware.effective.at("blas"), Json("Nehalem"));
    }
}

struct Direct {
    TemporaryDirectory folder;
    testing::CommandResult result;
    std::string failure;
    std::vector<std::string> outputs;

    // assay-torch started with nothing in its environment but `variables`.
    Direct(const Json::Object& hardware, const std::vector<std::string>& variables) {
        TrainerInput input;
        input.run_id = "001";
        input.request = testing::torch_request({{"train", 64}, {"eval", 20}, {"epochs", 1}});
        input.request.hardware = hardware;
        input.out = folder.path() / "out";
        make_directories(input.out);
        write_file_atomic(folder.path() / "run.json", canonical_json(run_json(input)));
        std::vector<std::string> words = {"env", "-i", "ASSAY_CONFIG=" + (folder.path() / "run.json").string()};
        words.insert(words.end(), variables.begin(), variables.end());
        words.push_back(std::string(ASSAY_TRAINERS) + "/assay-torch");
        result = testing::run_command(words, folder.path());
        outputs = list_directory(input.out);
        if (fs::exists(input.out / "failure")) failure = read_file(input.out / "failure");
    }
};

TEST(Lie, ARequestWithoutItsVariablesTrainsNothing) {
    if (!machine_has("isa", "avx2")) GTEST_SKIP() << "this CPU has only one level to tell";
    for (const Json::Object& hardware :
         {Json::Object{{"isa", "baseline"}}, {{"blas", "Nehalem"}}, {{"onednn", "sse41"}}}) {
        const Direct run(hardware, {});
        EXPECT_EQ(run.result.exit, 1);
        EXPECT_NE(run.result.err.find("error[E0102]: asked for "), std::string::npos) << run.result.err;
        EXPECT_TRUE(run.failure.starts_with("asked for " + hardware.begin()->first + "=")) << run.failure;
        EXPECT_EQ(run.outputs, std::vector<std::string>{"failure"});
    }
}

TEST(Lie, TheSameRequestWithItsVariablesTrains) {
    if (!machine_has("isa", "avx2")) GTEST_SKIP() << "this CPU has no avx2";
    const Json::Object hardware = {{"isa", "avx2"}};
    std::vector<std::string> variables;
    for (const auto& [name, value] : hardware_variables(hardware)) variables.push_back(name + "=" + value);
    const Direct run(hardware, variables);
    EXPECT_EQ(run.result.exit, 0) << run.result.err;
    EXPECT_NE(std::find(run.outputs.begin(), run.outputs.end(), "predictions.npy"), run.outputs.end());
}

TEST(Device, AGpuThatIsNotThereIsRefusedTwice) {
    if (read_machine().cuda_devices > 0) GTEST_SKIP() << "this machine has a GPU";
    EXPECT_EQ(refusal("device", "cuda:0", Json::Object{}, read_machine()), "this machine has no NVIDIA GPU");
    const Direct run({{"device", "cuda:0"}}, {});
    EXPECT_EQ(run.result.exit, 1);
    EXPECT_NE(run.result.err.find("error[E0101]: device cuda:0: this libtorch finds no CUDA device"), std::string::npos)
        << run.result.err;
    EXPECT_EQ(run.outputs, std::vector<std::string>{"failure"});
}

// The harness does not take the trainer's word for it either: assay-torch behind a script that rewrites its report.
TEST(Lie, AReportThatContradictsTheRequestOrIsSilentFailsTheRun) {
    const std::pair<std::string, std::string> rows[] = {
        {"s/\"threads\":1/\"threads\":8/", "R0216: asked for threads=1, the libraries report 8"},
        {"s/\"threads\":1/\"fibres\":1/", "R0217: no library reported on threads: it may not have taken hold"},
        {"s/\"flush_denormals\":true/\"flush_denormals\":false/",
         "R0216: asked for flush_denormals=true, the libraries report false"},
        {"s/\"none\"/\"none\"/", ""},  // the script by itself does no harm
    };
    for (const auto& [edit, reason] : rows) {
        const TemporaryDirectory trainers;
        const fs::path script = trainers.path() / "assay-torch";
        write_file_atomic(script, "#!/bin/sh\n'" + std::string(ASSAY_TRAINERS) +
                                      "/assay-torch' \"$@\" || exit\n[ -z \"$ASSAY_OUT\" ] || sed -i '" + edit +
                                      "' \"$ASSAY_OUT/effective.json\"\n");
        ::chmod(script.c_str(), 0755);
        Bench bench(spec_of("factors: {hyperparameter: {lr: [0.1, 0.2]}}\n"), trainers.path());
        bench.options.cold = true;
        bench.options.jobs = 1;
        bench.options.limit = 1;
        bench.run();
        ASSERT_EQ(bench.records.size(), 1U);
        const RunRecord& record = bench.records.begin()->second;
        EXPECT_EQ(record.reason, reason) << edit;
        EXPECT_EQ(record.state, reason.empty() ? RunState::completed : RunState::failed) << edit;
        EXPECT_EQ(record.members.count("predictions.npy"), reason.empty() ? 1U : 0U) << edit;
    }
}

}  // namespace
}  // namespace assay
