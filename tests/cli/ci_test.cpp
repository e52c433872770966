// What `assay init --ci` writes, run as the service would: a fresh clone, the spec, a cached store, changed code.
#include <yaml-cpp/yaml.h>

#include "gate_bench.hpp"

namespace assay {
namespace {
namespace fs = std::filesystem;
using testing::Bench;
using testing::holds;
using testing::Variables;
using testing::Words;

// A repository with a training script, an accepted baseline and its runs.
struct Repository : Bench {
    Repository() {
        write("train.sh", testing::k_foreign_trainer);
        write("assay.yaml", "assay: 1\nname: t\ntrainer:\n  exec: [/bin/sh, train.sh]\n  env: {SYNTHETIC: " +
                                (testing::k_programs / "assay-synthetic").string() +
                                "}\nfactors: {seed: {all: 8}}\ndesign: repeat\ngate:\n" + testing::k_rules);
        EXPECT_EQ(assay({"run", "-o", "r.json"}).exit, 0);
        EXPECT_EQ(assay({"accept", "--yes"}, {{"CI", ""}}).exit, 0);
        const auto exported = assay({"archive", "export", "last", "-o", "assay.baseline.tar"});
        EXPECT_EQ(exported.exit, 0) << exported.err;
    }
    // What git would bring, and the store if the cache has it.
    fs::path clone(const std::string& name, bool cached) const {
        const fs::path to = folder.path() / name;
        fs::create_directory(to);
        for (const char* file : {"train.sh", "assay.yaml", "assay.baseline.json", "assay.baseline.tar"})
            fs::copy_file(folder.path() / file, to / file);
        if (cached) fs::copy(folder.path() / ".assay", to / ".assay", fs::copy_options::recursive);
        return to;
    }
    std::string workflow(const std::string& service, const std::string& path) const {
        const auto init = assay({"init", "--ci", service});
        EXPECT_EQ(init.exit, 0) << init.err;
        EXPECT_TRUE(holds(init.out, "Wrote " + path)) << init.out;
        return read_file(folder.path() / path);
    }
};

void change_training(const fs::path& clone) {
    std::string script = read_file(clone / "train.sh");
    for (const auto& [from, to] :
         {std::pair("\\\"effect\\\": 0", "\\\"effect\\\": 2.5"), std::pair("\\\"level\\\": 0", "\\\"level\\\": 1")}) {
        const std::size_t at = script.find(from);
        ASSERT_NE(at, std::string::npos) << from;
        script.replace(at, std::string(from).size(), to);
    }
    write_file_atomic(clone / "train.sh", script);
}

// The steps of a job until one fails; those that run all the same go on. Exit code of the worst.
struct Job {
    int exit = 0;
    std::string said;
};
Job run_steps(const std::vector<std::pair<std::string, bool>>& steps, const fs::path& clone, Variables variables) {
    Job job;
    variables.merge(Variables{{"CI", "true"}, {"PATH", testing::k_programs.string() + ":/usr/bin:/bin"}});
    for (const auto& [script, always] : steps) {
        if (job.exit != 0 && !always) continue;
        const auto result =
            testing::run_command({"/bin/sh", "-e", "-c", script}, clone, testing::plain_environment(variables));
        job.said += result.out + result.err;
        if (job.exit == 0) job.exit = result.exit;
    }
    return job;
}

std::vector<std::pair<std::string, bool>> github_steps(const std::string& text) {
    std::vector<std::pair<std::string, bool>> steps;
    for (const auto& step : YAML::Load(text)["jobs"]["gate"]["steps"]) {
        if (step["continue-on-error"] || !step["run"]) continue;
        const auto condition = step["if"] ? step["if"].as<std::string>() : "";
        steps.emplace_back(step["run"].as<std::string>(), holds(condition, "!cancelled()"));
    }
    return steps;
}

const Variables k_github = {
    {"GITHUB_ACTIONS", "true"}, {"GITHUB_STEP_SUMMARY", "summary.md"}, {"GITHUB_OUTPUT", "outputs"}};

TEST(Ci, AGithubJobTurnsRedForAChangedTraining) {
    const Repository repository;
    const auto steps = github_steps(repository.workflow("github", ".github/workflows/assay.yml"));
    ASSERT_EQ(steps.size(), 4U);
    const Job unchanged = run_steps(steps, repository.clone("unchanged", true), k_github);
    EXPECT_EQ(unchanged.exit, 0) << unchanged.said;
    EXPECT_TRUE(holds(unchanged.said, "passes: 4 of 4")) << unchanged.said;

    const fs::path clone = repository.clone("changed", true);
    change_training(clone);
    const std::string before = read_file(clone / "assay.baseline.json");
    const Job job = run_steps(steps, clone, k_github);
    EXPECT_EQ(job.exit, 1) << job.said;
    EXPECT_TRUE(holds(job.said, "::error file=assay.yaml,line=")) << job.said;
    EXPECT_TRUE(holds(job.said, "changed    train.sh")) << job.said;
    EXPECT_EQ(testing::run_command({"xmllint", "--noout", "gate.xml"}, clone).exit, 0);
    EXPECT_EQ(parse_json(read_file(clone / "gate.json"), "gate.json").at("outcome"), Json("fail"));
    EXPECT_TRUE(holds(read_file(clone / "outputs"), "outcome=fail\nexit=1\n"));
    for (const char* file : {"summary.md", "comment.md"})
        EXPECT_TRUE(holds(read_file(clone / file), "R fails")) << file;
    const auto accept = testing::run_command(testing::assay_words({"accept", "--yes"}), clone,
                                             testing::plain_environment({{"CI", "true"}}));
    EXPECT_EQ(accept.exit, 2) << accept.out;
    EXPECT_EQ(read_file(clone / "assay.baseline.json"), before);
}

TEST(Ci, ACacheThatWasDroppedIsFilledFromTheArchive) {
    const Repository repository;
    const auto steps = github_steps(repository.workflow("github", ".github/workflows/assay.yml"));
    const fs::path clone = repository.clone("fresh", false);
    change_training(clone);
    const Job job = run_steps(steps, clone, k_github);
    EXPECT_EQ(job.exit, 1) << job.said;
    fs::remove(clone / "assay.baseline.tar");
    fs::remove_all(clone / ".assay");
    const Job without = run_steps(steps, clone, k_github);
    EXPECT_EQ(without.exit, 4) << "never a pass: " << without.said;
    EXPECT_TRUE(holds(without.said, "the baseline's data is not here")) << without.said;
}

TEST(Ci, AGitlabJob) {
    const Repository repository;
    const YAML::Node job = YAML::Load(repository.workflow("gitlab", "assay.gitlab-ci.yml"))["release_gate"];
    std::vector<std::pair<std::string, bool>> steps;
    for (const auto& line : job["script"]) steps.emplace_back(line.as<std::string>(), false);
    const fs::path clone = repository.clone("changed", true);
    change_training(clone);
    const Job changed = run_steps(steps, clone, {});
    EXPECT_EQ(changed.exit, 1) << changed.said;
    const YAML::Node reports = job["artifacts"]["reports"];
    for (const char* kind : {"junit", "codequality", "metrics"})
        EXPECT_TRUE(fs::exists(clone / reports[kind].as<std::string>())) << kind;
    EXPECT_EQ(job["cache"]["key"]["files"][0].as<std::string>(), "assay.baseline.json");
}

TEST(Ci, WrongRequests) {
    const Bench bench;
    bench.write("none.yaml", testing::synthetic_spec());
    bench.write("there.yml", "mine");
    bench.write("gate.yaml", testing::gate_spec(testing::k_rules));
    const std::pair<Words, const char*> rows[] = {
        {{"init", "--ci", "jenkins"}, "--ci takes github or gitlab"},
        {{"init", "--ci", "github"}, "needs a spec with rules"},
        {{"init", "--ci", "github", "none.yaml"}, "error[G0101]"},
        {{"init", "--ci", "github", "gate.yaml", "-o", "there.yml"}, "is not replaced"},
        {{"init", "--ci", "github", (bench.folder.path() / "gate.yaml").string()}, "cannot stand in a workflow"},
    };
    for (const auto& [words, says] : rows) {
        const auto result = bench.assay(words);
        EXPECT_EQ(result.exit, 2) << result.out;
        EXPECT_TRUE(holds(result.err, says)) << result.err;
    }
    EXPECT_EQ(read_file(bench.folder.path() / "there.yml"), "mine");
}

}  // namespace
}  // namespace assay
