// This process, asked for real.
#include "fingerprint/observe.hpp"

#include <dlfcn.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cfenv>
#include <cstring>

#include "base/file.hpp"
#include "fingerprint/environment.hpp"
#include "fingerprint/probes/probes.hpp"
#include "support/variable.hpp"

namespace assay {
namespace {

const LoadedObject* find_object(const std::vector<LoadedObject>& objects, std::string_view part) {
    const auto it = std::find_if(objects.begin(), objects.end(), [&](const LoadedObject& object) {
        return file_name_of(object.path).find(part) != std::string_view::npos;
    });
    return it == objects.end() ? nullptr : &*it;
}

// The id stands in the note section of the file, behind its header and the name "GNU".
TEST(Observe, BuildIdsAreThoseOfTheFiles) {
    const auto objects = loaded_objects();
    const LoadedObject* const libc = find_object(objects, "libc.so");
    ASSERT_NE(libc, nullptr);
    ASSERT_EQ(libc->build_id.size(), 40U);
    std::string bytes;
    for (std::size_t i = 0; i < 40; i += 2)
        bytes += static_cast<char>(std::stoi(libc->build_id.substr(i, 2), nullptr, 16));
    EXPECT_NE(read_file(libc->path).find(std::string("GNU\0", 4) + bytes), std::string::npos);
    EXPECT_EQ(objects.front().path, "") << "the program itself comes first";
}

// The list is kept, but never beyond a change.
TEST(Observe, WhatIsLoadedLaterIsSeen) {
    loaded_objects();
    void* const handle = ::dlopen(FAKE_NVML, RTLD_NOW | RTLD_LOCAL);
    ASSERT_NE(handle, nullptr);
    EXPECT_NE(find_object(loaded_objects(), "fake_nvml"), nullptr);
    ::dlclose(handle);
    EXPECT_EQ(find_object(loaded_objects(), "fake_nvml"), nullptr);
}

TEST(Observe, AsksTheBlasThatIsLoaded) {
    open_system_libraries();
    const auto objects = loaded_objects();
    const auto blas = loaded_blas(objects);
    ASSERT_FALSE(blas.empty()) << "the tests need a libblas.so.3 or OpenBLAS";
    void* const handle = ::dlopen(blas[0].path.c_str(), RTLD_NOW | RTLD_NOLOAD);
    ASSERT_NE(handle, nullptr) << blas[0].path << " is not loaded";
    if (auto* const core = reinterpret_cast<char* (*)()>(::dlsym(handle, "openblas_get_corename"))) {
        EXPECT_EQ(blas[0].core, core());
        auto* const set = reinterpret_cast<void (*)(int)>(::dlsym(handle, "openblas_set_num_threads"));
        set(1);
        EXPECT_EQ(loaded_blas(objects)[0].threads, 1) << "as it is now, not as it began";
    }
    ::dlclose(handle);
    for (std::size_t i = 1; i < blas.size(); ++i) {
        EXPECT_NE(blas[i].path, blas[0].path);
        EXPECT_NE(blas[i].config, blas[0].config) << "a library that hands on to another must not speak in its name";
    }
}

TEST(Observe, RoundingAndDenormalsOfThisThread) {
    EXPECT_EQ(float_facts().rounding, "nearest");
    std::fesetround(FE_UPWARD);
    EXPECT_EQ(float_facts().rounding, "up");
    std::fesetround(FE_TONEAREST);
#if defined(__x86_64__)
    EXPECT_EQ(float_facts().flush_to_zero, false);
    const unsigned before = __builtin_ia32_stmxcsr();
    __builtin_ia32_ldmxcsr(before | 0x8000U);
    EXPECT_EQ(float_facts().flush_to_zero, true);
    EXPECT_EQ(float_facts().denormals_are_zero, false);
    __builtin_ia32_ldmxcsr(before | 0x40U);
    EXPECT_EQ(float_facts().flush_to_zero, false);
    EXPECT_EQ(float_facts().denormals_are_zero, true);
    __builtin_ia32_ldmxcsr(before);
#endif
}

TEST(Observe, VariablesOfTheListOnly) {
    const testing::Variable threads("OMP_NUM_THREADS", "3"), secret("ASSAY_TEST_SECRET", "secret");
    const ProcessFacts facts = observe_process();
    EXPECT_EQ(facts.variables.at("OMP_NUM_THREADS"), "3");
    EXPECT_FALSE(facts.variables.contains("ASSAY_TEST_SECRET"));
    EXPECT_FALSE(facts.variables.contains("PATH"));
}

TEST(Observe, GpusByTheFunctionsOfNvml) {
    ProcessFacts facts;
    observe_gpus(facts, FAKE_NVML);
    EXPECT_EQ(facts.gpu_driver, "535.104.05");
    ASSERT_EQ(facts.gpus.size(), 2U);
    EXPECT_EQ(facts.gpus[0], (GpuFacts{"NVIDIA H100 80GB HBM3", "9.0", true, false, 85520809984}));
    EXPECT_EQ(facts.gpus[1], (GpuFacts{"Quadro K600", "3.0", std::nullopt, std::nullopt, 1073741824}));
    ProcessFacts none;
    observe_gpus(none, "libassay-no-such-library.so");
    EXPECT_EQ(none, ProcessFacts{});
}

TEST(Observe, TheSameEnvironmentGivesTheSameFingerprint) {
    const Fingerprint first = this_environment(true), second = this_environment(true);
    EXPECT_EQ(first, second);
    EXPECT_GT(first.fields.size(), 20U);
    EXPECT_EQ(find_field(first, "os.libc")->value, Json(observe_process().libc));
}

// What is kept of an environment ends with the next object that is loaded.
TEST(Observe, AnObjectThatIsLoadedLaterIsInTheNextFingerprint) {
    constexpr const char* k_field = "libraries.libutil.so.1";
    if (find_field(this_environment(), k_field) != nullptr) GTEST_SKIP() << "loaded already";
    void* const handle = ::dlopen("libutil.so.1", RTLD_NOW | RTLD_LOCAL);
    ASSERT_NE(handle, nullptr);
    EXPECT_NE(find_field(this_environment(), k_field), nullptr);
    ::dlclose(handle);
    EXPECT_EQ(find_field(this_environment(), k_field), nullptr);
}

}  // namespace
}  // namespace assay
