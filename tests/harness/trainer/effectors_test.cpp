#include "trainer/effectors.hpp"

#include <gtest/gtest.h>

#include <set>

namespace assay {
namespace {

struct Levels {
    std::string effector;
    std::vector<Json> good, bad;
};
const Levels k_levels[] = {
    {"device", {"cpu", "cuda:0", "cuda:12"}, {"gpu", "cuda", "cuda:", "cuda:x", 0}},
    {"threads", {1, 256}, {0, 257, 1.5, "1", true}},
    {"isa", {"baseline", "avx2", "avx512"}, {"avx3", "AVX2", 2}},
    {"blas", {"Prescott", "Haswell", "SkylakeX"}, {"haswell", "MKL"}},
    {"onednn", {"sse41", "avx2", "off"}, {"none", false}},
    {"deterministic", {true, false}, {"true", 1}},
    {"tf32", {true, false}, {"yes"}},
    {"flush_denormals", {true, false}, {0}},
};

TEST(Effectors, EveryOneHasItsLevelsAndATest) {
    std::set<std::string> tested;
    for (const Levels& row : k_levels) {
        tested.insert(row.effector);
        for (const Json& level : row.good)
            EXPECT_FALSE(level_problem(row.effector, level)) << row.effector << " " << scalar_text(level);
        for (const Json& level : row.bad)
            EXPECT_TRUE(level_problem(row.effector, level)) << row.effector << " " << scalar_text(level);
    }
    for (const Effector& effector : effectors()) {
        EXPECT_TRUE(tested.contains(effector.name)) << effector.name;
        EXPECT_FALSE(effector.verified_by.empty());
    }
}

// A variable that one level sets and another leaves alone would be inherited, not forced.
TEST(Effectors, AllLevelsOfAFactorSetTheSameVariables) {
    for (const Levels& row : k_levels) {
        std::set<std::set<std::string>> names;
        for (const Json& level : row.good) {
            std::set<std::string> set;
            for (const auto& [name, value] : hardware_variables(Json::Object{{row.effector, level}})) set.insert(name);
            names.insert(set);
        }
        if (row.effector == "onednn") continue;  // asserted below: off adds nothing
        EXPECT_EQ(names.size(), 1U) << row.effector;
    }
    EXPECT_EQ(hardware_variables(Json::Object{{"onednn", "off"}}).size(),
              hardware_variables(Json::Object{{"onednn", "avx2"}}).size());
}

TEST(Effectors, IsaLeavesToBlasAndOnednnWhatTheyName) {
    const auto all = hardware_variables(Json::Object{{"isa", "baseline"}});
    EXPECT_EQ(all.at("OPENBLAS_CORETYPE"), "Prescott");
    EXPECT_EQ(all.at("ONEDNN_MAX_CPU_ISA"), "SSE41");
    const auto mixed = hardware_variables(Json::Object{{"isa", "baseline"}, {"blas", "Haswell"}, {"onednn", "avx2"}});
    EXPECT_EQ(mixed.at("OPENBLAS_CORETYPE"), "Haswell");
    EXPECT_EQ(mixed.at("ONEDNN_MAX_CPU_ISA"), "AVX2");
    EXPECT_EQ(mixed.at("ATEN_CPU_CAPABILITY"), "default");
}

// numpy 1.24 kept its AVX-512 kernels when AVX512F alone was named, and 2.4 knows levels only.
TEST(Effectors, IsaNamesEveryKernelSetOfNumpy) {
    const std::string above_avx2 = hardware_variables(Json::Object{{"isa", "avx2"}}).at("NPY_DISABLE_CPU_FEATURES");
    const std::string all = hardware_variables(Json::Object{{"isa", "baseline"}}).at("NPY_DISABLE_CPU_FEATURES");
    for (const char* name : {"AVX512F", "AVX512_SKX", "AVX512_ICL", "X86_V4"}) {
        EXPECT_NE(above_avx2.find(name), std::string::npos) << name;
        EXPECT_NE(all.find(name), std::string::npos) << name;
    }
    for (const char* name : {"AVX2", "FMA3", "X86_V3"}) {
        EXPECT_EQ(above_avx2.find(name), std::string::npos) << name;
        EXPECT_NE(all.find(name), std::string::npos) << name;
    }
    EXPECT_EQ(hardware_variables(Json::Object{{"isa", "avx512"}}).at("NPY_DISABLE_CPU_FEATURES"), "");
}

TEST(Effectors, TwoLevelsShareTheFlagsOfXla) {
    EXPECT_EQ(hardware_variables(Json::Object{{"threads", 1}}).count("XLA_FLAGS"), 0U);
    EXPECT_EQ(hardware_variables(Json::Object{{"isa", "avx2"}}).at("XLA_FLAGS"), "--xla_cpu_max_isa=AVX2");
    EXPECT_EQ(hardware_variables(Json::Object{{"isa", "baseline"}, {"deterministic", true}}).at("XLA_FLAGS"),
              "--xla_cpu_max_isa=SSE4_2 --xla_gpu_deterministic_ops=true");
}

TEST(Effectors, MoreThanOneThreadWaitsPassively) {
    EXPECT_EQ(hardware_variables(Json::Object{{"threads", 2}}).at("OMP_WAIT_POLICY"), "passive");
}

TEST(Refusal, SaysWhatTheMachineLacks) {
    MachineCapabilities old;
    old.cpu_flags = {"avx", "pni", "sse4_1", "sse4_2"};
    old.cpu_model = "Old";
    old.cores = 2;
    struct Row {
        std::string effector;
        Json level;
        std::string reason;
    };
    const Row rows[] = {
        {"isa", "baseline", ""},
        {"isa", "avx2", "this CPU (Old) has no avx2, fma"},
        {"blas", "Nehalem", ""},
        {"blas", "Haswell", "this CPU (Old) has no avx2, fma"},
        {"onednn", "off", ""},
        {"onednn", "avx512_core", "this CPU (Old) has no avx512f, avx512bw, avx512dq, avx512vl"},
        {"threads", 2, ""},
        {"threads", 3, "this process may use 2 cores"},
        {"device", "cpu", ""},
        {"device", "cuda:0", "this machine has no NVIDIA GPU"},
        {"tf32", true, "tf32 exists on NVIDIA GPUs only; set device: cuda:0 as well"},
        {"deterministic", true, ""},
    };
    for (const Row& row : rows) {
        EXPECT_EQ(refusal(row.effector, row.level, Json::Object{}, old).value_or(""), row.reason) << row.effector;
    }
}

TEST(VerifyHardware, TellsContradictionFromSilence) {
    const Json asked = Json::Object{{"isa", "avx512"}, {"blas", "Haswell"}, {"threads", 1}};
    const Verification v = verify_hardware(asked, Json::Object{{"isa", "avx2"}, {"blas", "HASWELL"}});
    EXPECT_EQ(v.contradictions, std::vector<std::string>{"asked for isa=avx512, the libraries report avx2"});
    EXPECT_EQ(v.unverified, std::vector<std::string>{"threads"});
}

TEST(ReadMachine, FindsThisOne) {
    const MachineCapabilities machine = read_machine();
    EXPECT_GE(machine.cores, 1);
    EXPECT_FALSE(machine.cpu_flags.empty());
}

}  // namespace
}  // namespace assay
