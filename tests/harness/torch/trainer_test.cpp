#include "torch/trainer.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <set>

#include "base/digest.hpp"
#include "base/file.hpp"
#include "support/variable.hpp"
#include "torch/environment.hpp"
#include "trainer/effectors.hpp"

namespace assay {
namespace {

// What the trainer can report is what a spec can ask for: no knob without an answer, no answer in other words.
TEST(Probe, AnswersForEveryEffectorByItsName) {
    Json asked = Json::Object{{"device", "cpu"},   {"threads", 1}, {"isa", "baseline"},     {"blas", "Prescott"},
                              {"onednn", "sse41"}, {"tf32", true}, {"deterministic", true}, {"flush_denormals", false}};
    std::set<std::string> names, answered;
    for (const Effector& effector : effectors()) names.insert(effector.name);
    for (const auto& [name, level] : asked.as_object()) EXPECT_FALSE(level_problem(name, level)) << name;
    const Json report = probe(asked, {});
    const std::set<std::string> besides = {"aten_capability", "onednn_isa", "blas_core", "aten_threads",
                                           "blas_threads"};
    for (const auto& [name, value] : report.at("hardware").as_object()) {
        if (!besides.contains(name)) answered.insert(name);
    }
    EXPECT_EQ(answered, names);
    EXPECT_EQ(report.at("hardware").as_object().size(), names.size() + besides.size());
    EXPECT_TRUE(probe(Json::Object{}, {}).at("hardware").find("isa") == nullptr) << "answers what was not asked";
    EXPECT_EQ(report.at("identity"), identity({}));
}

TEST(Identity, NamesLibrariesAndTheDataThatIsReadButNoPath) {
    const Json json = identity({"mnist", "synthetic28"}), made = identity({"synthetic28"});
    EXPECT_EQ(json.at("kind").as_string(), "torch");
    EXPECT_TRUE(is_sha256_hex(json.at("data").at("mnist").as_string()));
    EXPECT_TRUE(made.at("data").as_object().empty());
    EXPECT_EQ(json.at("build_id"), Json(libtorch_build_id()));
    EXPECT_EQ(json.at("libraries"), library_versions());
    EXPECT_EQ(canonical_json(json).find('/'), std::string::npos) << canonical_json(json);
}

TEST(Identity, OfDataThatCannotBeReadIsTheError) {
    const TemporaryDirectory empty;
    const testing::Variable data("ASSAY_DATA", empty.path().string());
    const Json json = identity({"mnist"});
    EXPECT_EQ(json.at("error").at("code"), Json("T0101"));
    EXPECT_TRUE(json.at("error").at("message").as_string().starts_with(empty.path().string())) << canonical_json(json);
    EXPECT_EQ(json.find("data"), nullptr);
    EXPECT_EQ(identity({"synthetic28"}).find("error"), nullptr);
    EXPECT_FALSE(preload().mnist);  // no error: a server serves runs of other data
}

TEST(Identity, ChangesWithTheData) {
    const TemporaryDirectory folder;
    const std::string before = canonical_json(identity({"mnist"}));
    std::filesystem::copy(data_folder(), folder.path(), std::filesystem::copy_options::recursive);
    const testing::Variable data("ASSAY_DATA", folder.path().string());
    EXPECT_EQ(canonical_json(identity({"mnist"})), before) << "the folder's name must not count";
    EXPECT_TRUE(preload().mnist);
    for (const char* part : {"images-idx3-ubyte.gz", "labels-idx1-ubyte.gz"}) {
        std::filesystem::copy_file(folder.path() / ("t10k-" + std::string(part)),
                                   folder.path() / ("train-" + std::string(part)),
                                   std::filesystem::copy_options::overwrite_existing);
    }
    EXPECT_NE(canonical_json(identity({"mnist"})), before);
}

TEST(RunFromEnvironment, WithoutAConfigurationIsAUsageError) {
    ::unsetenv("ASSAY_CONFIG");
    EXPECT_EQ(run_from_environment({}), 2);
}

TEST(RunFromEnvironment, AConfigurationThatCannotBeReadIsNamed) {
    const TemporaryDirectory folder;
    const std::string path = (folder.path() / "run.json").string();
    const std::pair<std::string, int> rows[] = {{"{", 74}, {"{}", 2}, {"{\"protocol\":2}", 2}};
    for (const auto& [text, exit] : rows) {
        write_file_atomic(path, text);
        ::setenv("ASSAY_CONFIG", path.c_str(), 1);
        ::testing::internal::CaptureStderr();
        EXPECT_EQ(run_from_environment({}), exit) << text;
        EXPECT_NE(::testing::internal::GetCapturedStderr().find("error["), std::string::npos) << text;
    }
    ::unsetenv("ASSAY_CONFIG");
}

}  // namespace
}  // namespace assay
