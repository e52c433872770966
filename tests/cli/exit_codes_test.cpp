// The exit codes are a contract: each in real situations, one row each. What stops a run early is in stop_test.cpp; the
// death test of ASSAY_CHECK is in tests/lib/base.
#include <sys/stat.h>
#include <unistd.h>

#include "archive/store.hpp"
#include "base/error.hpp"
#include "gate_bench.hpp"

namespace assay {
namespace {
namespace fs = std::filesystem;
using testing::Bench;
using testing::holds;
using testing::shell_spec;
using testing::synthetic_spec;
using testing::Words;

struct Row {
    const char* what;
    Words words;
    int exit;
    std::string says;  // on standard error, or standard output when it is 0 or 1
};

// A folder with audits in every state.
struct Furnished : Bench {
    Furnished() {
        write("good.yaml", synthetic_spec());
        write("long.yaml", synthetic_spec("{inputs: 60}", "{init: 6}"));
        write("crash.yaml", synthetic_spec("{plant: crash}"));
        write("typo.yaml", "asay: 1\nname: t\ntrainer: synthetic\nfactors: {seed: {init: 2}}\n");
        write("cuda.yaml", synthetic_spec() + "pin: {hardware: {device: 'cuda:7'}}\n");
        write("lost.yaml", shell_spec("exit 1", "{seed: {init: 2}}", "  inputs: [nowhere.py]\n"));
        write("train.sh", testing::k_foreign_trainer);
        // Its seed is the number of its process.
        write("restless.yaml", shell_spec("INIT=$$$$ exec sh train.sh"));
        write("fragile.yaml", shell_spec("if [ -e broken ]; then echo no licence; exit 3; fi; exec sh train.sh"));
        write("a_file", "");
    }
    void run(const std::string& spec, const std::string& store, int exit) const {
        const auto result = assay({"run", spec, "--store", store});
        ASSERT_EQ(result.exit, exit) << result.err;
    }
};

void expect_rows(const Bench& bench, const std::vector<Row>& rows) {
    for (const Row& row : rows) {
        const auto result = bench.assay(row.words);
        EXPECT_EQ(result.exit, row.exit) << row.what << ": " << result.out << result.err;
        const std::string& said = row.exit < 2 ? result.out : result.err;
        EXPECT_TRUE(holds(said, row.says)) << row.what << " says: " << said;
    }
}

TEST(ExitCodes, YesAndNo) {
    const Furnished bench;
    bench.run("restless.yaml", "moved", 0);
    expect_rows(bench, {
                           {"help", {"--help"}, 0, "usage: assay COMMAND"},
                           {"help of a command", {"help", "run"}, 0, "usage: assay run"},
                           {"version", {"--version"}, 0, "assay 0.1.0"},
                           {"plan", {"plan", "good.yaml"}, 0, "5 runs"},
                           {"run", {"run", "good.yaml", "--store", "s"}, 0, "seed.init"},
                           {"report", {"report", "--store", "s"}, 0, "seed.init"},
                           {"report by name", {"report", "t", "--store", "s"}, 0, "seed.init"},
                           {"replay", {"replay", "002", "--store", "s"}, 0, "The run repeats bit for bit."},
                           {"replay differs", {"replay", "1", "--store", "moved"}, 1, "predictions DIFFER"},
                       });
}

TEST(ExitCodes, WrongRequests) {
    const Furnished bench;
    bench.run("good.yaml", "s", 0);
    expect_rows(
        bench,
        {
            {"no command", {}, 2, "usage: assay COMMAND"},
            {"unknown command", {"rnu"}, 2, "did you mean 'assay run'?"},
            {"unknown command, nothing near", {"zzzzzz"}, 2, "commands: demo, init, doctor, plan, run, replay"},
            {"option first", {"--json", "run"}, 2, "options come after the command"},
            {"unknown option", {"run", "--jbos", "2"}, 2, "did you mean '--jobs'?"},
            {"option of another command", {"plan", "--jobs", "2"}, 2, "unknown option '--jobs' of assay plan"},
            {"abbreviated option", {"run", "good.yaml", "--js"}, 2, "did you mean '--json'?"},
            {"no number", {"run", "good.yaml", "--jobs", "two"}, 2, "'two'"},
            {"no jobs", {"run", "good.yaml", "--jobs", "0"}, 2, "--jobs takes 1 to 1024, got 0"},
            {"negative limit", {"run", "good.yaml", "--limit", "-1"}, 2, "--limit takes 1 to 1000000, got -1"},
            {"no limit", {"run", "good.yaml", "--limit", "0"}, 2, "--limit takes 1 to 1000000, got 0"},
            {"no time", {"run", "good.yaml", "--budget", "soon"}, 2, "write 90s, 20m or 1h30m"},
            {"zero time", {"run", "good.yaml", "--budget", "0s"}, 2, "--budget takes more than no time"},
            {"colour", {"plan", "good.yaml", "--color", "mauve"}, 2, "--color takes auto, always or never"},
            {"two specs", {"run", "good.yaml", "long.yaml"}, 2, "too many arguments: 'long.yaml'"},
            {"no spec", {"run"}, 2, "assay run needs a spec"},
            {"nothing after --", {"run", "--"}, 2, "assay run needs a spec"},
            {"command for report", {"report", "--", "true"}, 2, "takes no training command"},
            {"report format", {"run", "good.yaml", "-o", "r.html"}, 2, "end the name in .txt or .json"},
            {"bad spec", {"plan", "typo.yaml"}, 2, "did you mean 'assay'?"},
            {"hardware", {"plan", "cuda.yaml"}, 2, "hardware.device: cuda:7"},
            {"hardware, run", {"run", "cuda.yaml", "--store", "none"}, 2, "leave these levels out"},
            {"unknown audit", {"report", "nope", "--store", "s"}, 2, "no audit is called 'nope'"},
            {"audit out of range", {"report", "last~7", "--store", "s"}, 2, "no audit is called 'last~7'"},
            {"workflow", {"init", "--ci", "jenkins"}, 2, "--ci takes github or gitlab"},
            {"no run", {"replay", "--store", "s"}, 2, "assay replay needs a run"},
            {"nothing to sign", {"sign", "--key", "a_file"}, 2, "assay sign needs a run, an audit or an archive"},
            {"no key", {"sign", "t", "--store", "s"}, 2, "one private key: --key FILE"},
            {"no key to trust", {"verify", "s", "--sig"}, 2, "--sig needs the public keys"},
            {"run that is no number", {"replay", "x", "--store", "s"}, 2, "'x' is not the number of a run"},
            {"run out of range", {"replay", "99", "--store", "s"}, 2, "has 5 runs, no run 99"},
        });
    EXPECT_FALSE(fs::exists(bench.folder.path() / "none")) << "a refused run leaves nothing";
}

TEST(ExitCodes, FailedAndMissingRuns) {
    const Furnished bench;
    expect_rows(bench, {
                           {"all fail", {"run", "crash.yaml", "--store", "s"}, 4, "run 001 failed: R0204"},
                           {"and again", {"run", "crash.yaml", "--store", "s"}, 4, "--failed runs them again"},
                           {"report of them", {"report", "--store", "s"}, 4, ""},
                           {"fail fast", {"run", "crash.yaml", "--store", "f", "--fail-fast", "-j1"}, 4, "R0204"},
                           {"some", {"run", "long.yaml", "--store", "m", "--limit", "2"}, 75, ""},
                           {"report of some", {"report", "--store", "m"}, 4, ""},
                       });
    EXPECT_EQ(bench.report("f").at("stored"), Json(1)) << "--fail-fast went on";
    EXPECT_EQ(bench.report("f").at("planned"), Json(5));
}

TEST(ExitCodes, EveryRunSkippedIsNoAnswer) {
    const Furnished bench;
    bench.write("declines.yaml", shell_spec("exit 125"));
    bench.write("some.yaml", shell_spec("[ $$ASSAY_RUN_ID = 001 ] && exit 125; exec sh train.sh", "{seed: {init: 3}}"));
    expect_rows(bench, {{"run", {"run", "declines.yaml", "--store", "s"}, 5, ""},
                        {"report", {"report", "--store", "s"}, 5, ""},
                        {"replay", {"replay", "001", "--store", "s"}, 0, "It ended as before"},
                        {"some", {"run", "some.yaml", "--store", "t"}, 0, "1 of 4 runs was skipped"}});
    const std::string said = bench.assay({"report", "--store", "s"}).out;
    EXPECT_TRUE(holds(said, "All 3 runs were skipped: the trainer declined their settings (exit 125).")) << said;
}

TEST(ExitCodes, NothingYet) {
    const Furnished bench;
    Store::open_or_create(bench.folder.path() / "fresh");
    bench.run("long.yaml", "s", 0);
    ASSERT_EQ(bench.assay({"run", "long.yaml", "--store", "few", "--limit", "1", "-j1"}).exit, 75);
    int missing = 0;
    const Json few = bench.report("few");
    for (const Json& run : few.at("runs").as_array()) {
        if (run.at("outcome") != Json("missing")) continue;
        ++missing;
        const auto result = bench.assay({"replay", run.at("run").as_string(), "--store", "few"});
        EXPECT_EQ(result.exit, 5) << result.err;
        EXPECT_TRUE(holds(result.err, "is not in the store yet")) << result.err;
    }
    EXPECT_EQ(missing, 6);
    expect_rows(bench, {
                           {"report", {"report", "--store", "fresh"}, 5, "assay run SPEC makes one"},
                           {"replay", {"replay", "1", "--store", "fresh"}, 5, "there is no audit in fresh yet"},
                           {"no store", {"report", "--store", "nowhere"}, 5, "there is no audit in nowhere yet"},
                       });
}

TEST(ExitCodes, FilesThatCannotBeReadOrWritten) {
    const Furnished bench;
    expect_rows(bench,
                {
                    {"no such spec", {"run", "nope.yaml"}, 74, "cannot read nope.yaml: No such file"},
                    {"a folder", {"run", "."}, 74, "cannot read .: Is a directory"},
                    {"endless", {"run", "/dev/zero"}, 74, "/dev/zero"},
                    {"no such folder", {"run", "-C", "nowhere"}, 74, "cannot work in nowhere: No such file"},
                    {"a file as store", {"run", "good.yaml", "--store", "a_file"}, 74, "a_file is not a folder"},
                    {"a store below a file", {"run", "good.yaml", "--store", "a_file/x"}, 74, "a_file/x"},
                    {"report nowhere", {"run", "good.yaml", "--store", "s", "-o", "no/r.json"}, 74, "no/.r.json"},
                    {"input of a command", {"plan", "lost.yaml"}, 74, "nowhere.py"},
                });
}

std::string some_file_below(const fs::path& folder) {
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        if (entry.is_regular_file()) return entry.path().string();
    }
    return "";
}

// The file of the predictions of the first run.
fs::path first_predictions(const Bench& bench) {
    const std::string digest = bench.report().at("runs").as_array()[0].at("predictions").as_string();
    return bench.folder.path() / "store" / "obj" / digest.substr(0, 2) / (digest.substr(2) + ".zst");
}

TEST(ExitCodes, ADamagedStoreIsNoticedWhereverItIsDamaged) {
    using Damage = void (*)(const fs::path&);
    const std::pair<const char*, Damage> damages[] = {
        {"a changed byte",
         [](const fs::path& path) {
             std::string bytes = read_file(path);
             bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
             fs::remove(path);
             write_file_atomic(path, bytes);
         }},
        {"cut short", [](const fs::path& path) { fs::resize_file(path, 10); }},
        {"empty", [](const fs::path& path) { fs::resize_file(path, 0); }},
        {"gone", [](const fs::path& path) { fs::remove(path); }},
        {"a folder",
         [](const fs::path& path) {
             fs::remove(path);
             fs::create_directory(path);
         }},
    };
    const Furnished bench;
    for (const auto& [what, damage] : damages) {
        fs::remove_all(bench.folder.path() / "store");
        bench.run("good.yaml", "store", 0);
        const fs::path object = first_predictions(bench);
        fs::permissions(object, fs::perms::owner_all);
        damage(object);
        const auto report = bench.assay({"report", "--store", "store"});
        EXPECT_EQ(report.exit, 74) << what << ": " << report.out;
        EXPECT_TRUE(holds(report.err, object.filename())) << report.err;
        EXPECT_EQ(report.out, "") << "no figure from a damaged store";
    }
    for (const char* folder : {"run", "audit"}) {
        fs::remove_all(bench.folder.path() / "store");
        bench.run("good.yaml", "store", 0);
        const fs::path manifest = some_file_below(bench.folder.path() / "store" / folder);
        fs::permissions(manifest, fs::perms::owner_all);
        damages[0].second(manifest);
        const auto report = bench.assay({"report", "--store", "store"});
        EXPECT_EQ(report.exit, 74) << folder;
        EXPECT_TRUE(holds(report.err, "does not match its name")) << report.err;
    }
    bench.write("store/STORE", "{\"format\":\"assay-store/9\"}");
    const auto newer = bench.assay({"report", "--store", "store"});
    EXPECT_EQ(newer.exit, 74);
    EXPECT_TRUE(holds(newer.err, "assay-store/9")) << newer.err;
}

// root may write anywhere; so as root the program runs as the user "nobody" (65534).
TEST(ExitCodes, AStoreThatMayOnlyBeReadStillReports) {
    const Furnished bench;
    bench.run("good.yaml", "store", 0);
    bench.run("crash.yaml", "other", 4);
    std::string prefix;
    if (::getuid() == 0) {
        prefix = "setpriv --reuid=65534 --regid=65534 --clear-groups ";
        ::chmod(bench.folder.path().c_str(), 0755);
        if (bench.shell(prefix + "$ASSAY --version").exit != 0) {
            GTEST_SKIP() << "the user nobody cannot start " << testing::k_programs;
        }
    } else {
        bench.shell("chmod -R a-w store");
    }
    const auto run = bench.shell(prefix + "$ASSAY run long.yaml --store store");
    const auto report = bench.shell(prefix + "$ASSAY report --store store");
    bench.shell("chmod -R u+w store");
    EXPECT_EQ(run.exit, 74) << run.err;
    EXPECT_TRUE(holds(run.err, "Permission denied") && holds(run.err, "--store DIR")) << run.err;
    EXPECT_EQ(report.exit, 0) << report.err;
    EXPECT_TRUE(holds(report.out, "seed.init"));
}

TEST(ExitCodes, AnswersThatCannotBeWritten) {
    const Furnished bench;
    bench.run("good.yaml", "store", 0);
    const std::pair<const char*, const char*> rows[] = {
        {"$ASSAY report --store store > /dev/full", "standard output cannot be written"},
        {"$ASSAY report --store store --json > /dev/full", "standard output cannot be written"},
        {"$ASSAY --help > /dev/full", "standard output cannot be written"},
        {"$ASSAY report --store store >&-", "standard output cannot be written"},
        // A limit on the size of files stands for a full disk: no file may pass 512 bytes.
        {"ulimit -f 1; $ASSAY run good.yaml --store new", "File too large"},
        {"ulimit -f 1; $ASSAY report --store store -o r.txt", "cannot write"},
    };
    for (const auto& [line, says] : rows) {
        const auto result = bench.shell(line);
        EXPECT_EQ(result.exit, 74) << line << ": " << result.err;
        EXPECT_TRUE(holds(result.err, says)) << line << ": " << result.err;
    }
    EXPECT_FALSE(fs::exists(bench.folder.path() / "r.txt"));
    EXPECT_EQ(bench.assay({"run", "good.yaml", "--store", "new"}).exit, 0) << "with room again, it goes on";
}

// 74 > 2 > 1 > 4 > 3 > 5, where two hold at once; the whole order is a table in tests/lib/base.
TEST(ExitCodes, TheWorseOfTwoIsReported) {
    const Furnished bench;
    bench.run("crash.yaml", "failed", 4);
    const fs::path log = some_file_below(bench.folder.path() / "failed" / "obj");
    fs::permissions(log, fs::perms::owner_all);
    fs::resize_file(log, 3);
    const std::vector<Row> rows = {
        {"74 before 4: failed runs, one with a damaged log", {"report", "--store", "failed"}, 74, "is damaged"},
        {"74 before 5: no audit, and a store of another kind", {"report", "--store", "odd"}, 74, "odd"},
        {"75 before 4: a limit, and failures", {"run", "crash.yaml", "--store", "l", "--limit", "1"}, 75, "R0204"},
        {"2, nothing ran: no such option, no such spec", {"run", "nope.yaml", "--jbos"}, 2, "--jbos"},
    };
    fs::create_directory(bench.folder.path() / "odd");
    bench.write("odd/STORE", "{\"format\":\"other\"}");
    expect_rows(bench, rows);
}

// A gate in which several answers hold at once: a baseline of 8 runs, then a candidate with `rules`.
struct Judged : Bench {
    Judged(const std::string& rules, const std::string& model = "effect: 0, level: 0", const Words& run = {}) {
        write("gate.yaml", testing::gate_spec(rules));
        EXPECT_EQ(assay({"run", "gate.yaml", "--store", "store", "-o", "r.json"}).exit, 0);
        EXPECT_EQ(assay({"accept", "gate.yaml", "--store", "store", "--yes"}, {{"CI", ""}}).exit, 0);
        write("gate.yaml", testing::gate_spec(rules, model));
        Words words = {"run", "gate.yaml", "--store", "store", "-o", "r.json"};
        words.insert(words.end(), run.begin(), run.end());
        assay(words);
    }
    testing::CommandResult gate(const Words& more = {}, const testing::Variables& variables = {}) const {
        Words words = {"gate", "gate.yaml", "--store", "store", "--json"};
        words.insert(words.end(), more.begin(), more.end());
        return assay(words, variables);
    }
    // What each rule came to, so that both answers of a pair are seen to be there.
    std::vector<std::string> states() const {
        std::vector<std::string> out;
        const Json report = parse_json(gate().out, "assay gate --json");
        for (const Json& one : report.at("cases").as_array()) out.push_back(one.at("state").as_string());
        return out;
    }
};

constexpr const char* k_unwritable = "no/gate.json";

// 70 > 74 > 2 > 1 > 4 > 3, each pair made to happen at once. 5 never meets another: where nothing is stored, nothing is
// judged, and no rule can be undecided.
TEST(ExitCodes, OfAGateTheWorseOfEachTwo) {
    const Judged good("  R: < 1.25\n", "effect: 0.3, level: 1");
    const testing::Variables broken = {{"LD_LIBRARY_PATH", ASSAY_BROKEN_BLAS}};
    EXPECT_EQ(good.gate({}, broken).exit, 70) << "a library that throws: our bug";
    EXPECT_EQ(good.gate({"-o", k_unwritable}).exit, 74);
    const auto both = good.gate({"-o", k_unwritable}, broken);
    EXPECT_EQ(both.exit, 70) << "70 before 74: " << both.err;

    // Other held-out inputs than the baseline's; and every fifth label changes with the seed.
    const Judged other("  R: < 1.25\n  flips.seed: < 0.1%\n", "effect: 0, level: 0, classes: 5");
    EXPECT_EQ(other.states(), (std::vector<std::string>{"refused", "fail"}));
    EXPECT_EQ(other.gate().exit, 2) << "2 before 1";
    EXPECT_EQ(other.gate({"-o", k_unwritable}).exit, 74) << "74 before 2";

    const Judged partly("  flips.seed: < 0.1%\n  collapsed: = 0\n", "effect: 0, level: 1", {"--limit", "6", "-j1"});
    EXPECT_EQ(partly.states(), (std::vector<std::string>{"fail", "incomplete"}));
    EXPECT_EQ(partly.gate().exit, 1) << "1 before 4";

    const Judged open("  R: < 1.01\n  collapsed: = 0\n", "effect: 0, level: 1, sd_interaction: 0.05",
                      {"--limit", "6", "-j1"});
    EXPECT_EQ(open.states(), (std::vector<std::string>{"undecided", "incomplete"}));
    EXPECT_EQ(open.gate().exit, 4) << "4 before 3";
    ASSERT_EQ(open.assay({"run", "gate.yaml", "--store", "store", "-o", "r.json"}).exit, 0);
    EXPECT_EQ(open.states(), (std::vector<std::string>{"undecided", "pass"}));
    EXPECT_EQ(open.gate().exit, 3);
    EXPECT_EQ(open.assay({"gate", "gate.yaml", "--store", "nowhere"}).exit, 5);
}

TEST(ExitCodes, ARunThatNowFailsIsIncompleteNotDifferent) {
    const Furnished bench;
    bench.run("fragile.yaml", "store", 0);
    bench.write("broken", "");
    const auto result = bench.assay({"replay", "1", "--store", "store"});
    EXPECT_EQ(result.exit, 4) << result.out;
    EXPECT_TRUE(holds(result.out, "no licence")) << result.out;
}

}  // namespace
}  // namespace assay
