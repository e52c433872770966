#include "torch/environment.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <torch/version.h>
#include <unistd.h>

#include <limits>
#include <regex>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "support/command.hpp"

namespace assay {
namespace {

TEST(LibraryVersions, AreThoseOfTheLoadedLibraries) {
    const Json versions = library_versions();
    EXPECT_EQ(versions.at("libtorch").as_string(), TORCH_VERSION);
    const std::regex number("[0-9]+\\.[0-9]+(\\.[0-9]+)?(\\.dev)?");
    for (const auto& [name, version] : versions.as_object())
        EXPECT_TRUE(std::regex_match(version.as_string(), number)) << name << " " << version.as_string();
    EXPECT_NE(versions.find("openblas"), nullptr);
}

// The path of the libtorch_cpu in this process.
std::string loaded_libtorch() {
    for (const std::string& line : split_lines(read_file("/proc/self/maps"))) {
        const std::size_t path = line.find('/');
        if (path != std::string::npos && line.find("libtorch_cpu") != std::string::npos) return line.substr(path);
    }
    return "";
}

TEST(BuildId, IsTheOneThatReadelfFinds) {
    const std::string id = libtorch_build_id(), path = loaded_libtorch();
    ASSERT_FALSE(id.empty());
    ASSERT_FALSE(path.empty());
    const TemporaryDirectory folder;
    const testing::CommandResult readelf = testing::run_command({"readelf", "-n", path}, folder.path());
    if (readelf.exit == 127) GTEST_SKIP() << "readelf (package binutils) is not there";
    EXPECT_NE(readelf.out.find("Build ID: " + id), std::string::npos) << id << "\n" << readelf.out;
}

// Each level that a process can still choose is set and then read back from the library.
TEST(ForceHardware, WhatIsForcedIsReported) {
    const Json::Object rows[] = {
        {{"threads", 1}},
        {{"threads", 2}},
        {{"flush_denormals", true}},
        {{"flush_denormals", false}},
        {{"deterministic", true}},
        {{"deterministic", false}},
        {{"onednn", "off"}},
        {{"tf32", true}},
        {{"tf32", false}},
        {{"device", "cpu"}},
    };
    for (const Json::Object& asked : rows) {
        force_hardware(asked);
        const auto& [name, level] = *asked.begin();
        EXPECT_EQ(effective_hardware(asked).at(name), level) << name;
    }
    force_hardware(Json::Object{});
}

// Nothing is left over from the last call: unnamed levels go back to their defaults.
TEST(ForceHardware, UnnamedLevelsAreForcedToo) {
    force_hardware(Json::Object{{"threads", 2}, {"flush_denormals", true}, {"deterministic", true}, {"onednn", "off"}});
    force_hardware(Json::Object{});
    const Json all = effective_hardware(
        Json::Object{{"threads", 1}, {"flush_denormals", true}, {"deterministic", true}, {"onednn", "off"}});
    EXPECT_EQ(all.at("threads"), Json(1));
    EXPECT_EQ(all.at("flush_denormals"), Json(false));
    EXPECT_EQ(all.at("deterministic"), Json(false));
    EXPECT_NE(all.at("onednn"), Json("off"));
}

// The report is about the arithmetic, not about a setting: a product of denormals is lost or kept.
TEST(ForceHardware, FlushedDenormalsAreZero) {
    for (const bool flush : {true, false}) {
        force_hardware(Json::Object{{"flush_denormals", flush}});
        volatile float tiny = std::numeric_limits<float>::min();
        const volatile float product = tiny * 0.25F;
        EXPECT_EQ(product == 0, flush);
        EXPECT_EQ(effective_hardware(Json::Object{{"flush_denormals", true}}).at("flush_denormals"), Json(flush));
    }
}

// A library that does not do as it was asked is told apart from one that does: levels that were not forced here.
TEST(EffectiveHardware, SaysWhatIsThereNotWhatWasAsked) {
    force_hardware(Json::Object{});
    const Json a = effective_hardware(Json::Object{{"isa", "baseline"}, {"blas", "Prescott"}, {"onednn", "sse41"}});
    const Json b = effective_hardware(Json::Object{{"isa", "avx512"}, {"blas", "SkylakeX"}, {"onednn", "avx512_core"}});
    EXPECT_EQ(a.at("blas"), b.at("blas"));
    EXPECT_EQ(a.at("onednn"), b.at("onednn"));
    EXPECT_EQ(a.at("isa"), b.at("isa"));
    EXPECT_EQ(a.at("blas"), a.at("blas_core"));
    EXPECT_EQ(effective_hardware(Json::Object{{"device", "cuda:0"}}).find("device"), nullptr);
}

}  // namespace
}  // namespace assay
