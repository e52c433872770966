// A keeper lets nothing of a trainer live on, however it hides, and is otherwise not to be noticed.
#include "schedule/keeper.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>

#include "base/file.hpp"
#include "schedule/kept_process.hpp"
#include "support/processes.hpp"

namespace assay {
namespace {
using testing::happens;
using testing::processes_with;

// All that it starts carries `mark`.
struct Shell {
    TemporaryDirectory folder;
    std::string mark = "MARK=" + folder.path().string();
    ProcessStart start;

    explicit Shell(const std::string& script) {
        write_file_atomic(folder.path() / "t.sh", script);
        start.argv = {"/bin/sh", "t.sh"};
        start.environment = {{"PATH", "/usr/bin:/bin"}, {"MARK", folder.path().string()}};
        start.directory = folder.path();
    }
    bool has(const std::string& name) const { return std::filesystem::exists(folder.path() / name); }
};

int status_of(KeptProcess& process) {
    std::optional<int> status;
    EXPECT_TRUE(happens([&] { return (status = process.look()).has_value(); }));
    return status.value_or(-1);
}

TEST(Keeper, EndsAsTheTrainerEnded) {
    const std::pair<const char*, std::string> rows[] = {
        {"exit 0", "exit 0"},
        {"exit 75", "exit 75"},
        {"exec /no/such/program", "exit 127"},
        {"kill -TERM $$", "signal 15 (Terminated)"},
        {"kill -KILL $$", "signal 9 (Killed)"},
        {"kill -SEGV $$", "signal 11 (Segmentation fault)"},
        {"kill -HUP $$", "signal 1 (Hangup)"},
        {"kill -CHLD $$; exit 4", "exit 4"},
    };
    for (const auto& [script, expected] : rows) {
        const Shell shell(script);
        KeptProcess process(shell.start);
        EXPECT_EQ(status_text(status_of(process)), expected) << script;
        EXPECT_FALSE(process.runs());
    }
}

TEST(Keeper, KeepsWhatIsPrintedInOrder) {
    const Shell shell("echo one; echo two >&2; echo three");
    KeptProcess process(shell.start);
    status_of(process);
    EXPECT_EQ(process.log().text(), "one\ntwo\nthree\n");
}

// A daemon leaves the process group and the session, and its parent has gone; a background job only stays.
TEST(Keeper, NothingThatATrainerLeavesBehindLivesOn) {
    const char* const rows[] = {
        "sleep 1000 & touch ready",
        "setsid sh -c 'touch ready; sleep 1000' & until [ -e ready ]; do sleep 0.01; done",
        "(setsid sh -c 'trap \"\" TERM HUP INT; (setsid sleep 1000 &) ; touch ready; sleep 1000' &) ; "
        "until [ -e ready ]; do sleep 0.01; done",
        "for i in 1 2 3 4 5 6 7 8 9; do setsid sleep 1000 & done; touch ready",
    };
    for (const char* script : rows) {
        const Shell shell(script);
        KeptProcess process(shell.start);
        EXPECT_EQ(status_of(process), 0);
        EXPECT_TRUE(shell.has("ready"));
        EXPECT_EQ(processes_with(shell.mark), std::vector<std::string>{}) << script;
    }
}

// Each generation starts the next in a session of its own and ends: whoever kills by a list that is a moment old is
// late.
TEST(Keeper, ARunawayIsCaught) {
    const Shell shell("setsid sh run.sh & until [ -e ready ]; do sleep 0.01; done");
    write_file_atomic(shell.folder.path() / "run.sh", "setsid sh run.sh & touch ready\n");
    KeptProcess process(shell.start);
    EXPECT_EQ(status_of(process), 0);
    EXPECT_EQ(processes_with(shell.mark), std::vector<std::string>{});
}

TEST(Keeper, AskingReachesTheTrainerAndItsGroupEndingReachesAll) {
    const Shell polite("trap 'exit 75' TERM; touch ready; while :; do sleep 0.01; done");
    KeptProcess first(polite.start);
    ASSERT_TRUE(happens([&] { return polite.has("ready"); }));
    first.ask_to_end();
    EXPECT_EQ(status_text(status_of(first)), "exit 75");

    const Shell stubborn(
        "trap '' TERM; setsid sh -c 'trap \"\" TERM; touch ready; while :; do sleep 0.01; done' & wait");
    KeptProcess second(stubborn.start);
    ASSERT_TRUE(happens([&] { return stubborn.has("ready"); }));
    second.ask_to_end();
    ::usleep(100'000);
    EXPECT_FALSE(second.look());
    second.end_everything();
    EXPECT_EQ(status_text(status_of(second)), "signal 9 (Killed)");
    EXPECT_EQ(processes_with(stubborn.mark), std::vector<std::string>{});
}

TEST(Keeper, AKeptProcessThatIsForgottenIsKilled) {
    const Shell shell("setsid sleep 1000 & touch ready; sleep 1000");
    {
        KeptProcess process(shell.start);
        ASSERT_TRUE(happens([&] { return shell.has("ready"); }));
        KeptProcess moved = std::move(process);
        EXPECT_TRUE(moved.runs());
        EXPECT_FALSE(process.runs());
    }
    EXPECT_EQ(processes_with(shell.mark), std::vector<std::string>{});
}

// kill -9 of the harness: its daemons too, and nothing of the harness stays open in a keeper.
TEST(Keeper, EverythingDiesWithAKilledHarness) {
    const Shell shell("setsid sleep 1000 & touch ready; sleep 1000");
    Pipe pipe = make_pipe();
    const pid_t harness = ::fork();
    if (harness == 0) {
        const KeptProcess process(shell.start);
        for (;;) ::pause();
    }
    close_fd(pipe.write_end);
    ASSERT_TRUE(happens([&] { return shell.has("ready"); }));
    ::kill(harness, SIGKILL);
    ::waitpid(harness, nullptr, 0);
    char byte = 0;
    EXPECT_EQ(::read(pipe.read_end, &byte, 1), 0) << "a keeper holds the pipe open";
    close_fd(pipe.read_end);
    EXPECT_TRUE(happens([&] { return processes_with(shell.mark).empty(); }));
}

TEST(Keeper, AFloodKeepsNobodyWaitingAndIsBounded) {
    const Shell shell("yes 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde; exit 3");
    KeptProcess process(shell.start);
    const auto begin = std::chrono::steady_clock::now();
    while (std::chrono::steady_clock::now() - begin < std::chrono::seconds(1)) ASSERT_FALSE(process.look());
    process.end_everything();
    status_of(process);
    const std::string text = process.log().text();
    EXPECT_LE(text.size(), 2 * BoundedLog::k_part + 200);
    EXPECT_NE(text.find("bytes left out by assay"), std::string::npos);
}

}  // namespace
}  // namespace assay
