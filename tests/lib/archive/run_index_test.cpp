// The cache of a list: what it says is what the manifests say, whatever happened to it.
#include "archive/run_index.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "base/file.hpp"
#include "made_run.hpp"

namespace assay {
namespace {
namespace fs = std::filesystem;

struct Bench {
    TemporaryDirectory folder;
    Store store = Store::open_or_create(folder.path() / "s");
    fs::path cache = folder.path() / "cache";

    explicit Bench(int runs = 20) {
        for (int i = 0; i < runs; ++i) testing::make_run(store, "run " + std::to_string(i));
    }
    std::vector<RunRow> indexed() const { return run_rows(store, cache, 0); }
    std::vector<RunRow> read() const { return run_rows(store, ""); }
    fs::path file() const { return cache / (store.uuid() + ".sqlite"); }
};

TEST(RunIndex, SaysWhatTheManifestsSay) {
    Bench bench;
    const std::vector<RunRow> rows = bench.read();
    ASSERT_EQ(rows.size(), 20U);
    const StoredRun run = bench.store.get_run(rows[3].run_id);
    EXPECT_EQ(rows[3].state, "completed");
    EXPECT_EQ(rows[3].recipe_id, recipe_id(run.record.request));
    EXPECT_EQ(rows[3].started, run.record.started);
    EXPECT_EQ(rows[3].host, "host");
    EXPECT_EQ(bench.indexed(), rows) << "made";
    EXPECT_EQ(bench.indexed(), rows) << "read";
    testing::make_run(bench.store, "a new one");
    EXPECT_EQ(bench.indexed(), bench.read());
    fs::remove(bench.store.run_path(rows[5].run_id));
    EXPECT_EQ(bench.indexed(), bench.read()) << "one less";
    EXPECT_EQ(bench.indexed().size(), 20U);
}

TEST(RunIndex, IsReallyUsedAndOnlyForManyRuns) {
    Bench bench;
    const std::vector<RunRow> rows = bench.read();
    EXPECT_EQ(run_rows(bench.store, bench.cache), rows);
    EXPECT_FALSE(fs::exists(bench.cache)) << "20 manifests are read as fast";
    EXPECT_EQ(bench.indexed(), rows);
    ASSERT_TRUE(fs::exists(bench.file()));
    // A manifest that was read once is not read for a list again; verify looks at it.
    const fs::path path = bench.store.run_path(rows[0].run_id);
    fs::permissions(path, fs::perms::owner_all);
    write_file_atomic(path, "{}");
    EXPECT_EQ(bench.indexed(), rows);
    EXPECT_EQ(testing::code_of([&] { bench.read(); }), "A0101");
}

TEST(RunIndex, DamageOfAnyKindIsNoError) {
    Bench bench;
    const std::vector<RunRow> rows = bench.read();
    ASSERT_EQ(bench.indexed(), rows);
    const std::string good = read_file(bench.file());
    for (std::size_t at = 0; at < good.size(); at += 151) {
        std::string bad = good;
        bad[at] = static_cast<char>(bad[at] ^ 1);
        std::ofstream(bench.file(), std::ios::binary) << bad;
        ASSERT_EQ(bench.indexed(), rows) << "byte " << at;
    }
    for (const std::string& bad : {std::string(), std::string("no database"), std::string(100'000, 'x'),
                                   good.substr(0, good.size() / 2), good.substr(0, 100), good + good}) {
        std::ofstream(bench.file(), std::ios::binary) << bad;
        EXPECT_EQ(bench.indexed(), rows) << bad.size();
        EXPECT_EQ(bench.indexed(), rows) << bad.size();
    }
    write_file_atomic(fs::path(bench.file()) += "-journal", good);
    EXPECT_EQ(bench.indexed(), rows) << "a journal of something else";
    fs::remove_all(bench.cache);
    EXPECT_EQ(bench.indexed(), rows);
    fs::remove(bench.file());
    fs::create_directory(bench.file());
    EXPECT_EQ(bench.indexed(), rows) << "a folder in its place";
    fs::remove_all(bench.cache);
    write_file_atomic(bench.cache, "a file");
    EXPECT_EQ(bench.indexed(), rows) << "nowhere to write";
    EXPECT_EQ(run_rows(bench.store, "/proc/nowhere", 0), rows);
}

// Readers in other processes while runs come in: each sees a list that was true.
TEST(RunIndex, SeveralProcessesMayUseItAtOnce) {
    Bench bench(40);
    const std::vector<RunRow> before = bench.read();
    std::vector<pid_t> children;
    for (int reader = 0; reader < 4; ++reader) {
        const pid_t child = ::fork();
        if (child == 0) {
            bool good = true;
            for (int i = 0; i < 15; ++i) {
                const std::vector<RunRow> rows = bench.indexed();
                good = good && std::includes(rows.begin(), rows.end(), before.begin(), before.end(),
                                             [](const RunRow& a, const RunRow& b) { return a.run_id < b.run_id; });
                for (const RunRow& row : rows) good = good && row == read_row(bench.store, row.run_id);
                if (i % 5 == reader) fs::remove(bench.file());
            }
            ::_exit(good ? 0 : 1);
        }
        children.push_back(child);
    }
    for (int i = 0; i < 10; ++i) testing::make_run(bench.store, "later " + std::to_string(i));
    for (const pid_t child : children) {
        int status = 0;
        ::waitpid(child, &status, 0);
        EXPECT_EQ(status, 0);
    }
    EXPECT_EQ(bench.indexed(), bench.read());
}

}  // namespace
}  // namespace assay
