// assay fingerprint and assay diff, as a person types them. Their texts are golden files; ASSAY_ACCEPT=1 rewrites them.
#include "core/fingerprint.hpp"

#include <sys/stat.h>

#include <regex>

#include "base/digest.hpp"
#include "base/text.hpp"
#include "core/npy.hpp"
#include "program.hpp"
#include "support/golden.hpp"

namespace assay {
namespace {
namespace fs = std::filesystem;
using testing::Bench;
using testing::expect_golden;
using testing::holds;
using testing::synthetic_spec;

const std::string k_fixtures = ASSAY_SOURCE_DIR "/fixtures/";

std::string npy_of(const std::vector<float>& values, std::vector<std::size_t> shape) {
    return write_npy(array_of<float>(NumericType::float32, std::move(shape), values));
}

// Weights, predictions and three recorded environments under short names.
struct Furnished : Bench {
    Furnished() {
        for (const char* name : {"model.safetensors", "stored.npz", "deflated.npz", "objects.npy"})
            fs::copy(k_fixtures + "reference/weights/" + name, folder.path() / name);
        for (const char* name : {"epyc_docker", "xeon_workstation", "neoverse_pod"})
            fs::copy(k_fixtures + "golden/fingerprint/" + name + ".json",
                     folder.path() / (std::string(name) + ".json"));
        write("p.npy", npy_of({0.9F, 0.1F, 0.5F, 0.5F, 0.2F, 0.8F}, {3, 2}));
        write("q.npy", npy_of({0.8F, 0.2F, 0.4F, 0.6F, 0.2F, 0.8F}, {3, 2}));
        write("long.npy", npy_of({0.9F, 0.1F, 0.5F, 0.5F}, {2, 2}));
        write("w.npy", npy_of({1, 2, 3}, {3}));
        write("v.npy", npy_of({1, 2, 3.5F}, {3}));
        write("model.pt", "PK\3\4 or anything else");
        write("notes.h5", "bytes");
        // The same environment under another kernel, and one with other threads.
        Fingerprint f = fingerprint_from_json(parse_json(read_file(folder.path() / "epyc_docker.json"), "t"));
        set_field(f, {"os.kernel", FieldClass::context, "Linux 6.12.1"});
        write("newer_kernel.json", pretty_json(fingerprint_json(f)));
        set_field(f, {"threads.processors_allowed", FieldClass::behaviour, 1});
        set_field(f, {"variables.OMP_NUM_THREADS", FieldClass::behaviour, "1"});
        f.seeds = {{"init", 1, "philox", std::string(64, 'a')}};
        f.trace = TraceFingerprint{"first", 17, std::string(32, 'c'), std::string(32, 'd')};
        write("one_thread.json", pretty_json(fingerprint_json(f)));
        f.seeds[0].seed = 2;
        f.trace->implementation = std::string(32, 'e');
        write("other_kernels.json", pretty_json(fingerprint_json(f)));
    }
};

void expect_text(const std::string& text, const std::string& name) {
    for (const std::string& line : split_lines(text)) {
        EXPECT_LE(display_width(line), 80U) << name << ": " << line;
        EXPECT_FALSE(line.ends_with(' ')) << name << ": a blank at the end of: " << line;
    }
    expect_golden(text, "cli/" + name);
}

TEST(FingerprintCommand, TheTextOfARecordedEnvironment) {
    expect_text(Furnished().assay({"fingerprint", "epyc_docker.json"}).out, "fingerprint_environment.txt");
}
TEST(FingerprintCommand, TheTextOfWeights) {
    expect_text(Furnished().assay({"fingerprint", "model.safetensors"}).out, "fingerprint_weights.txt");
}
TEST(FingerprintCommand, TheDocumentOfWeights) {
    expect_golden(Furnished().assay({"fingerprint", "deflated.npz", "--format", "json"}).out,
                  "cli/fingerprint_weights.json");
}
TEST(FingerprintCommand, TheDocumentOfAFileThatIsNotOpened) {
    expect_golden(Furnished().assay({"fingerprint", "objects.npy", "--json"}).out, "cli/fingerprint_bytes.json");
}
TEST(FingerprintCommand, TheTableForAnIssue) {
    const Furnished bench;
    const std::string environment = bench.assay({"fingerprint", "neoverse_pod.json", "--markdown"}).out;
    EXPECT_EQ(bench.assay({"fingerprint", "neoverse_pod.json", "--format", "markdown"}).out, environment);
    expect_golden(environment + "\n" + bench.assay({"fingerprint", "stored.npz", "--markdown"}).out,
                  "cli/fingerprint.md");
}

TEST(FingerprintCommand, OfThisEnvironment) {
    const Bench bench;
    const auto first = bench.assay({"fingerprint", "env", "-o", "env.json"}, {{"OMP_NUM_THREADS", "1"}});
    ASSERT_EQ(first.exit, 0) << first.err;
    const Fingerprint f = fingerprint_from_json(parse_json(read_file(bench.folder.path() / "env.json"), "env.json"));
    EXPECT_EQ(find_field(f, "variables.OMP_NUM_THREADS")->value, Json("1"));
    ASSERT_NE(find_field(f, "cpu.vector_flags"), nullptr);
    ASSERT_NE(find_field(f, "blas.library"), nullptr) << "as programs that start here get it";
    EXPECT_EQ(bench.assay({"diff", "env.json", "env"}, {{"OMP_NUM_THREADS", "1"}}).exit, 0);
    const auto other = bench.assay({"diff", "env.json", "env"}, {{"OMP_NUM_THREADS", "2"}});
    EXPECT_EQ(other.exit, 1);
    EXPECT_TRUE(std::regex_search(other.out, std::regex("variables.OMP_NUM_THREADS +1 +2"))) << other.out;
    EXPECT_EQ(bench.assay({"fingerprint", "-o", "env.md"}).exit, 0);
    EXPECT_TRUE(holds(read_file(bench.folder.path() / "env.md"), "| blas.library |"));
    EXPECT_EQ(bench.assay({"fingerprint", "env.json", "--format", "json"}).out,
              read_file(bench.folder.path() / "env.json"))
        << "a document shown is the document";
}

TEST(DiffCommand, ItsTexts) {
    const Furnished bench;
    std::string all;
    for (const testing::Words& words :
         {testing::Words{"newer_kernel.json", "one_thread.json"},
          testing::Words{"epyc_docker.json", "newer_kernel.json"},
          testing::Words{"one_thread.json", "other_kernels.json"}, testing::Words{"stored.npz", "model.safetensors"},
          testing::Words{"w.npy", "v.npy"}, testing::Words{"p.npy", "q.npy"}, testing::Words{"p.npy", "long.npy"},
          testing::Words{"notes.h5", "stored.npz"}}) {
        all += "$ assay diff " + join(words, " ") + "\n" + bench.assay({"diff", words[0], words[1]}).out + "\n";
    }
    expect_text(all, "diff.txt");
}

TEST(DiffCommand, AnotherMachineFieldByField) {
    expect_text(Furnished().assay({"diff", "epyc_docker.json", "xeon_workstation.json"}).out, "diff_machines.txt");
}

struct Row {
    const char* what;
    testing::Words words;
    int exit;
    std::string says;  // standard output for 0 and 1, else standard error
};
void expect_rows(const Bench& bench, const std::vector<Row>& rows) {
    for (const Row& row : rows) {
        const auto result = bench.assay(row.words);
        EXPECT_EQ(result.exit, row.exit) << row.what << ": " << result.out << result.err;
        EXPECT_TRUE(holds(row.exit < 2 ? result.out : result.err, row.says))
            << row.what << " says: " << result.out << result.err;
    }
}

TEST(DiffCommand, ExitCodes) {
    const Furnished bench;
    bench.write("edited.json", [&] {
        std::string text = read_file(bench.folder.path() / "epyc_docker.json");
        return text.replace(text.find("glibc 2.36"), 10, "glibc 2.37");
    }());
    bench.write("cut.json", read_file(bench.folder.path() / "epyc_docker.json").substr(0, 500));
    bench.write("cut.npz", read_file(bench.folder.path() / "stored.npz").substr(0, 500));
    bench.write("weights.json", bench.assay({"fingerprint", "stored.npz", "--json"}).out);
    bench.write("other.json", bench.assay({"fingerprint", "w.npy", "--json"}).out);
    ASSERT_EQ(::mkfifo((bench.folder.path() / "pipe").c_str(), 0600), 0);
    fs::create_directory(bench.folder.path() / "folder");
    expect_rows(
        bench, {
                   {"same file", {"diff", "stored.npz", "stored.npz"}, 0, "The same."},
                   {"other container", {"diff", "stored.npz", "deflated.npz"}, 0, "same, 8 tensors"},
                   {"context only",
                    {"diff", "epyc_docker.json", "newer_kernel.json"},
                    0,
                    "The same, but for what has no part"},
                   {"document and file", {"diff", "weights.json", "model.safetensors"}, 0, "same, 8 tensors"},
                   {"document and another file", {"diff", "other.json", "v.npy"}, 1, "no telling how far"},
                   {"two documents", {"diff", "weights.json", "other.json"}, 1, "only in a"},
                   {"same bytes", {"diff", "notes.h5", "notes.h5"}, 0, "not opened"},
                   {"predictions", {"diff", "p.npy", "q.npy"}, 1, "1 of 3 differ (33.3%)"},
                   {"one argument", {"diff", "p.npy"}, 2, "needs two things to compare"},
                   {"no argument", {"diff"}, 2, "needs two things to compare"},
                   {"three arguments", {"diff", "a", "b", "c"}, 2, "too many arguments"},
                   {"two kinds",
                    {"diff", "p.npy", "epyc_docker.json"},
                    2,
                    "p.npy is a file, epyc_docker.json is an environment"},
                   {"a folder", {"diff", "folder", "p.npy"}, 2, "folder is a folder"},
                   {"format", {"fingerprint", "env", "--format", "xml"}, 2, "--format takes text, json or markdown"},
                   {"ending", {"fingerprint", "env", "-o", "a.html"}, 2, ".txt, .json or .md"},
                   {"ending of a diff", {"diff", "p.npy", "q.npy", "-o", "a.md"}, 2, ".txt or .json"},
                   {"format of a diff", {"diff", "p.npy", "q.npy", "--markdown"}, 2, "unknown option '--markdown'"},
                   {"no such file", {"diff", "nope.npz", "p.npy"}, 74, "cannot read nope.npz: No such file"},
                   {"no such file, fingerprint", {"fingerprint", "nope.npz"}, 74, "cannot read nope.npz: No such file"},
                   {"edited", {"diff", "edited.json", "env"}, 74, "edited or damaged"},
                   {"cut document", {"fingerprint", "cut.json"}, 74, "cut.json"},
                   {"cut archive", {"fingerprint", "cut.npz"}, 74, "cut.npz: not a readable zip archive"},
                   {"a pipe", {"fingerprint", "pipe"}, 74, "not a plain file"},
                   {"no store", {"diff", "1", "2"}, 5, "there is no audit in .assay yet"},
               });
}

TEST(DiffCommand, RunsAndAuditsOfTheStore) {
    const Bench bench;
    bench.write("a.yaml", "assay: 1\nname: a\ntrainer: synthetic\nmodel: {inputs: 60}\nfactors: {seed: {init: 3}}\n");
    bench.write("b.yaml", "assay: 1\nname: b\ntrainer: synthetic\nmodel: {inputs: 60}\nfactors: {seed: {init: 2}}\n");
    ASSERT_EQ(bench.assay({"run", "b.yaml", "--store", "s"}).exit, 0);
    ASSERT_EQ(bench.assay({"run", "a.yaml", "--store", "s"}).exit, 0);
    expect_text(bench.assay({"diff", "a/001", "a/002", "--store", "s"}).out, "diff_runs.txt");
    expect_text(bench.assay({"diff", "a", "b", "--store", "s"}).out, "diff_audits.txt");
    expect_rows(
        bench,
        {
            {"a run and itself", {"diff", "1", "1", "--store", "s"}, 0, "The same."},
            {"a run and its replay", {"diff", "a/001", "a/004", "--store", "s"}, 0, "same bits, 60 x 4"},
            {"two seeds", {"diff", "1", "2", "--store", "s"}, 1, "seeds.init"},
            {"an audit and itself", {"diff", "a", "last", "--store", "s"}, 0, "4 with the same bits"},
            {"two audits", {"diff", "a", "b", "--store", "s"}, 1, "not compared: 1 of a"},
            {"a run and an audit", {"diff", "1", "a", "--store", "s"}, 2, "1 is a run, a is an audit"},
            {"a run that is not there", {"diff", "1", "99", "--store", "s"}, 2, "no run 99"},
            {"an audit that is not there", {"diff", "a", "nope", "--store", "s"}, 2, "no audit is called 'nope'"},
            {"fingerprint of a run", {"fingerprint", "1", "--store", "s"}, 2, "is no environment and no file"},
            {"a mistyped name",
             {"fingerprint", "modle", "--store", "none"},
             2,
             "error[U0130]: modle is no file, and there is no store none"},
        });
    const Json json = parse_json(bench.assay({"diff", "1", "2", "--store", "s", "--json"}).out, "diff");
    EXPECT_EQ(json.at("schema"), Json("assay/diff/1"));
    EXPECT_EQ(json.at("kind"), Json("runs"));
    EXPECT_EQ(json.at("same"), Json(false));
    bool found = false;
    for (const Json& section : json.at("sections").as_array()) {
        if (section.at("name") != Json("predictions")) continue;
        found = true;
        EXPECT_EQ(section.at("differences").as_array()[0].at("numbers").at("inputs"), Json(60));
        EXPECT_GT(section.at("differences").as_array()[2].at("numbers").at("hellinger2").as_number(), 0);
    }
    EXPECT_TRUE(found);
}

}  // namespace
}  // namespace assay
