// Recorded machines through every probe. What each gives stands in fixtures/golden/fingerprint.
#include "fingerprint/probes/probes.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "fingerprint/environment.hpp"
#include "support/golden.hpp"

namespace assay {
namespace {

const std::string k_machines = ASSAY_SOURCE_DIR "/fixtures/machines/";

Fingerprint fingerprint_of(const std::string& machine) {
    return environment_fingerprint(recorded_machine(k_machines + machine));
}

std::string value_of(const Fingerprint& fingerprint, const std::string& name) {
    const FingerprintField* const field = find_field(fingerprint, name);
    return field == nullptr ? "(none)" : scalar_text(field->value);
}

// A machine without files, for probes of process facts.
Machine bare(ProcessFacts facts = {}) {
    return {[](std::string_view) { return std::nullopt; }, [](std::string_view) { return std::vector<std::string>(); },
            std::move(facts)};
}
// One with these files only.
Machine with_files(std::map<std::string, std::string> files) {
    Machine machine = bare();
    machine.read = [files = std::move(files)](std::string_view path) -> std::optional<std::string> {
        const auto it = files.find(std::string(path));
        return it == files.end() ? std::nullopt : std::optional(it->second);
    };
    return machine;
}

TEST(Probes, EpycInDocker) {
    testing::expect_golden(pretty_json(fingerprint_json(fingerprint_of("epyc_docker"))),
                           "fingerprint/epyc_docker.json");
}
TEST(Probes, XeonWorkstation) {
    testing::expect_golden(pretty_json(fingerprint_json(fingerprint_of("xeon_workstation"))),
                           "fingerprint/xeon_workstation.json");
}
TEST(Probes, NeoversePod) {
    testing::expect_golden(pretty_json(fingerprint_json(fingerprint_of("neoverse_pod"))),
                           "fingerprint/neoverse_pod.json");
}

TEST(Probes, WhatIsNotThereHasNoField) {
    EXPECT_TRUE(environment_fingerprint(bare()).fields.empty());
    const Fingerprint xeon = fingerprint_of("xeon_workstation");
    EXPECT_EQ(value_of(xeon, "container.cpu_limit"), "(none)") << "no control groups, so no statement about them";
    EXPECT_EQ(value_of(xeon, "onednn.isa"), "(none)");
    const Fingerprint arm = fingerprint_of("neoverse_pod");
    EXPECT_EQ(value_of(arm, "cpu.microcode"), "(none)");
    EXPECT_EQ(value_of(arm, "blas.library"), "(none)");
}

TEST(Probes, TheSmallestLimitOnTheWayUpCounts) {
    const Fingerprint arm = fingerprint_of("neoverse_pod");
    EXPECT_EQ(value_of(arm, "container.cpu_limit"), "1.5");
    EXPECT_EQ(value_of(arm, "container.memory_limit_bytes"), "4294967296");
    EXPECT_EQ(value_of(arm, "container.kind"), "kubepods");
}

TEST(Probes, ControlGroupsOfVersion1) {
    Fingerprint f;
    probe_container(with_files({{"/proc/self/cgroup", "5:memory:/docker/x\n4:cpu,cpuacct:/docker/x\n0::/"},
                                {"/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "250000"},
                                {"/sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000"},
                                {"/sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712"}}),
                    f);
    EXPECT_EQ(value_of(f, "container.cpu_limit"), "2.5") << "the group's own folder is not visible in the container";
    EXPECT_EQ(value_of(f, "container.memory_limit_bytes"), "none");
    Fingerprint odd;
    probe_container(
        with_files({{"/proc/self/cgroup", "nonsense\n0:::\n::\n:"}, {"/sys/fs/cgroup/cpu.max", "max max max"}}), odd);
    EXPECT_EQ(value_of(odd, "container.cpu_limit"), "none");
}

TEST(Probes, TwoLibrariesOfOneNameAreToldApart) {
    const Fingerprint xeon = fingerprint_of("xeon_workstation");
    EXPECT_EQ(value_of(xeon, "libraries.libstdc++.so.6"), "11aa11aa11aa11aa");
    EXPECT_EQ(value_of(xeon, "libraries.libstdc++.so.6#22bb22bb22bb"), "22bb22bb22bb22bb");
    EXPECT_EQ(value_of(xeon, "libraries.libmkl_rt.so.2"), "no build-id");
    EXPECT_EQ(find_field(xeon, "libraries.libpng15.so.15")->stability, FieldClass::context);
}

TEST(Probes, TheMeaningOfOnednnsMaskDependsOnItsVersion) {
    const auto isa = [](int major, int mask, const char* architecture = "x86_64") {
        ProcessFacts facts;
        facts.architecture = architecture;
        facts.onednn = {{"/l/libdnnl.so", {major, 0, 0}, mask}};
        Fingerprint f;
        probe_onednn(bare(facts), f);
        return value_of(f, "onednn.isa");
    };
    EXPECT_EQ(isa(2, 0x3e7), "avx512_core_amx");
    EXPECT_EQ(isa(3, 0x3e7), "mask 999");
    EXPECT_EQ(isa(3, 0xfef), "avx512_core_amx");
    EXPECT_EQ(isa(2, 0xf), "mask 15");
    EXPECT_EQ(isa(3, 0xf), "avx2_vnni");
    EXPECT_EQ(isa(2, 0x27), "avx512_core");
    EXPECT_EQ(isa(2, -1), "(none)");
    EXPECT_EQ(isa(3, 0xf, "aarch64"), "mask 15") << "other instructions have the same numbers there";
}

TEST(Probes, TheCoreOfOpenBlasIsBehaviourAndNoPartOfItsBuild) {
    ProcessFacts facts;
    facts.blas = {{"/l/libopenblas.so.0", "OpenBLAS 0.3.21 DYNAMIC_ARCH Haswell MAX_THREADS=64", "Haswell", 2, 1}};
    Fingerprint f;
    probe_blas(bare(facts), f);
    EXPECT_EQ(value_of(f, "blas.config"), "OpenBLAS 0.3.21 DYNAMIC_ARCH MAX_THREADS=64");
    EXPECT_EQ(value_of(f, "blas.version"), "0.3.21");
    EXPECT_EQ(find_field(f, "blas.core")->stability, FieldClass::behaviour);
    EXPECT_EQ(value_of(f, "blas.threading"), "own threads");
}

TEST(Probes, OnlyVariablesOfTheListAreShown) {
    for (const char* name : {"OMP_NUM_THREADS", "OPENBLAS_CORETYPE", "ATEN_CPU_CAPABILITY", "MKL_CBWR",
                             "GLIBC_TUNABLES", "NPROC", "TF_NUM_INTRAOP_THREADS", "JAX_PLATFORMS"})
        EXPECT_TRUE(is_numeric_variable(name)) << name;
    for (const char* name : {"AWS_SECRET_ACCESS_KEY", "HOME", "PATH", "GITHUB_TOKEN", "LD_LIBRARY_PATH", "", "OMP"})
        EXPECT_FALSE(is_numeric_variable(name)) << name;
    const Fingerprint xeon = fingerprint_of("xeon_workstation");
    EXPECT_EQ(value_of(xeon, "variables.AWS_SECRET_ACCESS_KEY"), "(none)");
    EXPECT_EQ(value_of(xeon, "variables.OMP_NUM_THREADS"), "(empty)");
}

TEST(Probes, ACpuListThatIsNoneGivesNoCount) {
    for (const char* text : {"", "x", "0-", "3-1", "0-99999999", "0,,1", "-1"}) {
        Fingerprint f;
        probe_cpu(with_files({{"/sys/devices/system/cpu/online", text}}), f);
        EXPECT_EQ(value_of(f, "cpu.processors_online"), "(none)") << text;
    }
}

TEST(Probes, ARecordingReadsBackAndADamagedOneIsRefused) {
    const Machine machine = recorded_machine(k_machines + "xeon_workstation");
    EXPECT_EQ(process_facts_from_json(process_facts_json(machine.process)), machine.process);
    EXPECT_THROW(recorded_machine(k_machines + "nowhere"), Error);
    EXPECT_THROW(process_facts_from_json(Json::Object{}), Error);
}

}  // namespace
}  // namespace assay
