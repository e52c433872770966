// The program with the libtorch trainer: real digits end to end, libraries that confirm the hardware, and a program
// that does without libtorch itself.
#include <fstream>

#include "base/text.hpp"
#include "program.hpp"

namespace assay {
namespace {
using testing::Bench;
using testing::holds;

// As `assay demo`, smaller.
const std::string k_tiny =
    "assay: 1\nname: tiny\ndata: {builtin: mnist, train: 200, eval: 100}\ntrain: {epochs: 1, batch: 8, lr: 0.01}\n"
    "factors:\n  architecture: {model: [dense, cnn]}\n  seed: {init: 2}\n  hardware: {isa: [avx2, baseline]}\n";

bool has_avx2() {
    std::ifstream cpu("/proc/cpuinfo");
    const std::string text{std::istreambuf_iterator<char>(cpu), std::istreambuf_iterator<char>()};
    return holds(text, " avx2 ");
}

// OpenBLAS 0.3.34 has Prescott kernels that crash on newer processors; plan refuses them. Another level does as well.
std::string spec_for_this_machine(const Bench& bench) {
    bench.write("spec.yaml", k_tiny);
    const auto plan = bench.assay({"plan", "spec.yaml", "--store", "store"});
    if (!holds(plan.err, "S0301") || !holds(plan.err, "ended with signal")) return k_tiny;
    std::string other = k_tiny;
    other.replace(other.find("[avx2, baseline]"), 16, "[avx2, avx512]");
    return other;
}

TEST(Torch, TheTrainerFollowsItsProtocol) {
    const Bench bench;
    bench.write("spec.yaml",
                "assay: 1\nname: tiny\ndata: {builtin: mnist, train: 200, eval: 100}\ntrain: {epochs: 1, batch: 8}\n"
                "factors: {seed: {all: 2}}\n");
    const auto check = bench.assay({"trainer", "check", "spec.yaml"});
    EXPECT_EQ(check.exit, 0) << check.out << check.err;
    EXPECT_FALSE(holds(check.out, "skip  seed") || holds(check.out, "skip  hardware")) << check.out;
}

TEST(Torch, ATinyAuditOfRealDigitsEndToEnd) {
    if (!has_avx2()) GTEST_SKIP() << "this machine has no AVX2, the audit's first level";
    const Bench bench;
    bench.write("spec.yaml", spec_for_this_machine(bench));
    const auto run = bench.assay({"run", "spec.yaml", "--store", "store"});
    ASSERT_EQ(run.exit, 0) << run.err;
    EXPECT_TRUE(holds(run.out, "\nverified    device, flush_denormals, isa, threads: ")) << run.out;
    const Json report = bench.report();
    EXPECT_EQ(report.at("stored"), Json(12)) << "2 models, 2 seeds, 2 instruction sets, and 4 replays";
    for (const Json& check : report.at("attribution").at("hardware").as_array()) {
        EXPECT_EQ(check.at("verified"), check.at("of")) << check.at("factor").as_string();
    }
    for (const Json& setting : report.at("attribution").at("settings").as_array()) {
        EXPECT_EQ(setting.at("replay").at("identical"), setting.at("replay").at("pairs"));
        EXPECT_GT(setting.at("replay").at("pairs").as_integer(), 0);
        // 100 digits after 25 steps: chance is 0.1, with standard error 0.03.
        EXPECT_GT(setting.at("accuracy").at("mean").as_number(), 0.2) << "it has not learned";
    }
    const auto replay = bench.assay({"replay", "001", "--store", "store"});
    EXPECT_EQ(replay.exit, 0) << replay.out << replay.err;
    EXPECT_TRUE(holds(replay.out, "weights     identical")) << replay.out;
}

TEST(Torch, TwoRunsOfOtherKernelsSayWhichAndThatTheOperationsAreTheSame) {
    if (!has_avx2()) GTEST_SKIP() << "this machine has no AVX2, the audit's first level";
    const Bench bench;
    bench.write("spec.yaml", k_tiny);
    ASSERT_EQ(bench.assay({"run", "spec.yaml", "--store", "s"}).exit, 0);
    std::map<std::string, std::string> runs;
    const Json plan = parse_json(bench.assay({"plan", "spec.yaml", "--json"}).out, "plan");
    for (const Json& run : plan.at("runs").as_array())
        runs.emplace(run.at("cell").as_string(), run.at("run").as_string());
    const auto diff = [&](const char* a, const char* b) {
        return bench.assay({"diff", runs.at(a), runs.at(b), "--store", "s"}).out;
    };
    const std::string other = diff("model=dense init=1 isa=avx2", "model=dense init=1 isa=baseline");
    EXPECT_TRUE(holds(other, "\nkernels      the same operations, other kernels\n")) << other;
    EXPECT_TRUE(holds(other, "\nidentity     same, ")) << other;
    EXPECT_TRUE(holds(other, "\n  torch.capability ")) << other;
    EXPECT_TRUE(holds(other, "\nstreams      same, 5 streams\n")) << other;
    const std::string seeds = diff("model=dense init=1 isa=avx2", "model=dense init=2 isa=avx2");
    EXPECT_TRUE(holds(seeds, "\nkernels      same, ")) << seeds;
    EXPECT_TRUE(holds(seeds, "\nstreams      1 of 5 streams differs\n")) << seeds;
    const std::string nets = diff("model=dense init=1 isa=avx2", "model=cnn init=1 isa=avx2");
    EXPECT_TRUE(holds(nets, "\nkernels      other operations: ")) << nets;
}

TEST(Torch, ALevelThatThisMachineLacksIsRefusedWithTheReason) {
    const Bench bench;
    bench.write("cuda.yaml", "assay: 1\nname: t\npin: {hardware: {device: 'cuda:63'}}\nfactors: {seed: {init: 2}}\n");
    for (const char* command : {"plan", "run"}) {
        const auto result = bench.assay({command, "cuda.yaml", "--store", "store"});
        EXPECT_EQ(result.exit, 2) << result.out;
        EXPECT_TRUE(holds(result.err, "S0301") && holds(result.err, "device: cuda:63: ")) << result.err;
    }
}

// What the loader would map, by the loader itself.
std::string loaded_by(const std::string& program) {
    const Bench bench;
    return bench.shell("LD_TRACE_LOADED_OBJECTS=1 " + (testing::k_programs / program).string()).out;
}

TEST(Torch, OnlyTheTrainerLoadsLibtorch) {
    EXPECT_TRUE(holds(loaded_by("assay-torch"), "libtorch")) << "this check sees libtorch where it is";
    const std::string assay = loaded_by("assay");
    EXPECT_TRUE(holds(assay, "libc.so")) << assay;
    for (const char* library : {"libtorch", "libc10", "libcuda", "openblas", "libmkl"}) {
        EXPECT_FALSE(holds(assay, library)) << assay;
    }
}

}  // namespace
}  // namespace assay
