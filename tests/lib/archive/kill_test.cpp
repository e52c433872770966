// Figure 3 of archive.md 12: kill -9 at a random moment, with two writers. What was acknowledged is there and whole,
// and so is everything else that can be seen.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

#include "archive/repack.hpp"
#include "archive/store_check.hpp"
#include "base/file.hpp"
#include "base/random.hpp"
#include "base/text.hpp"
#include "made_numbers.hpp"
#include "made_run.hpp"

namespace assay {
namespace {

int kills_wanted() {
    const char* const text = std::getenv("ASSAY_KILLS");
    return text == nullptr ? 15 : std::atoi(text);
}

// Writes runs until it is killed; says each run's id when put_run has returned. Every second run is one that the other
// writer stores, too; every tenth time it also collects garbage, and makes differences of the weights of siblings.
[[noreturn]] void write_for_ever(const std::filesystem::path& path, int writer, int round, int pipe) {
    Store store = Store::open(path);
    for (int i = 0;; ++i) {
        const std::string own = i % 2 == 0 ? "" : std::to_string(writer) + "/";
        const std::string id = testing::make_run(store, std::to_string(round) + "/" + own + std::to_string(i), true);
        const std::string line = id + "\n";
        if (::write(pipe, line.data(), line.size()) < 0) ::_exit(1);
        if (i % 10 == 5) testing::make_weighty_run(store, round, i);
        if (i % 10 != 9) continue;
        try {
            repack(store, {.delta = true});
            collect_garbage(store);
        } catch (const Error& error) {
            if (error.code() != "A0115") ::_exit(1);  // the other one is at it, or was killed at it
        }
    }
}

std::string read_all_of(int pipe) {
    std::string text;
    char bytes[4096];
    for (ssize_t got = 0; (got = ::read(pipe, bytes, sizeof bytes)) > 0;)
        text.append(bytes, static_cast<std::size_t>(got));
    return text;
}

// Moments uniform in 1 to 30 ms, from stream "store.kill" of seed 1. Every 50 rounds a fresh store.
TEST(Kill, OfTwoWritersLosesNoAcknowledgedRun) {
    Random random(1, "store.kill");
    std::size_t acknowledged = 0;
    std::unique_ptr<TemporaryDirectory> folder;
    std::set<std::string> ids;
    for (int round = 0; round < kills_wanted(); ++round) {
        if (round % 50 == 0) {
            folder = std::make_unique<TemporaryDirectory>();
            ids.clear();
            Store::open_or_create(folder->path() / "s");
        }
        int ends[2];
        ASSERT_EQ(::pipe(ends), 0);
        pid_t children[2];
        for (int w = 0; w < 2; ++w) {
            children[w] = ::fork();
            if (children[w] == 0) write_for_ever(folder->path() / "s", w, round, ends[1]);
        }
        ::close(ends[1]);
        // On a slow disk the first acknowledgement comes late: every third round waits for one.
        std::string said(round % 3 == 0 ? 65 : 0, '\0');
        if (!said.empty()) {
            ASSERT_EQ(::read(ends[0], said.data(), said.size()), 65);
        }
        ::usleep(static_cast<useconds_t>(1000 + random.below(29'000)));
        for (const pid_t child : children) ::kill(child, SIGKILL);
        for (const pid_t child : children) {
            int status = 0;
            ::waitpid(child, &status, 0);
            EXPECT_TRUE(WIFSIGNALED(status)) << "a writer ended by itself";
        }
        for (const std::string& line : split_lines(said + read_all_of(ends[0]))) {
            if (line.size() == 64) acknowledged += ids.insert(line).second ? 1U : 0U;
        }
        ::close(ends[0]);
        const Store store = Store::open(folder->path() / "s");
        ASSERT_EQ(check_store(store, {.deep = true}).problems, std::vector<std::string>{}) << "round " << round;
        const std::vector<std::string> visible = store.list_runs();
        for (const std::string& id : ids)
            ASSERT_TRUE(std::binary_search(visible.begin(), visible.end(), id)) << "acknowledged, but lost: " << id;
    }
    EXPECT_GT(acknowledged, 0U);
    RecordProperty("acknowledged", std::to_string(acknowledged));
}

// What killed writers left in tmp/ goes with the first gc after the grace.
TEST(Kill, LeavesNothingThatGcDoesNotSweep) {
    const TemporaryDirectory folder;
    Store store = Store::open_or_create(folder.path() / "s");
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const pid_t child = ::fork();
    if (child == 0) write_for_ever(folder.path() / "s", 0, 0, ends[1]);
    char first = 0;
    ASSERT_EQ(::read(ends[0], &first, 1), 1);
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    ::close(ends[0]);
    ::close(ends[1]);
    std::filesystem::remove(folder.path() / "s" / "gc.lock");
    ::usleep(50'000);
    collect_garbage(store, {.tmp_grace_s = 0.02});
    EXPECT_TRUE(list_directory(folder.path() / "s" / "tmp").empty());
    EXPECT_TRUE(check_store(store, {.deep = true}).problems.empty());
}

}  // namespace
}  // namespace assay
