#include "schedule/process.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>

#include "base/error.hpp"
#include "base/file.hpp"
#include "support/output_of.hpp"

namespace assay {
namespace {

ProcessStart shell(const std::string& script) {
    return {{"/bin/sh", "-c", script}, {{"PATH", "/usr/bin:/bin"}}, {}, -1, -1, -1};
}

TEST(BoundedLog, KeepsTheBeginningAndTheEndOfAnyFlood) {
    BoundedLog log;
    log.append("first line\n");
    const std::string block(100'000, 'x');
    for (int i = 0; i < 300; ++i) log.append(block);
    log.append("\nlast line");
    const std::string text = log.text();
    EXPECT_LE(text.size(), 2 * BoundedLog::k_part + 100);
    EXPECT_TRUE(text.starts_with("first line\n"));
    EXPECT_TRUE(text.ends_with("\nlast line"));
    const std::size_t left_out = 30'000'021 - 2 * BoundedLog::k_part;
    EXPECT_NE(text.find(std::to_string(left_out) + " bytes left out"), std::string::npos);
}

TEST(BoundedLog, KeepsAShortTextWhole) {
    BoundedLog log;
    for (int i = 0; i < 3; ++i) log.append(std::string(500'000, static_cast<char>('a' + i)));
    EXPECT_EQ(log.text(), std::string(500'000, 'a') + std::string(500'000, 'b') + std::string(500'000, 'c'));
}

TEST(LastLine, SkipsBlankOnes) {
    EXPECT_EQ(last_line("a\nb\n \n\n"), "b");
    EXPECT_EQ(last_line(""), "");
}

TEST(StartProcess, GivesExactlyTheEnvironmentAsked) {
    ::setenv("ASSAY_TEST_SECRET", "1", 1);
    ProcessStart start = shell("env | grep -v -e ^PWD= -e ^SHLVL= -e ^_=");
    start.environment["ONE"] = "a b";
    EXPECT_EQ(testing::output_of(start), "ONE=a b\nPATH=/usr/bin:/bin\n");
}

TEST(StartProcess, AProgramThatIsNotThereSaysSo) {
    try {
        testing::output_of({{"assay-no-such-program"}, {{"PATH", "/bin"}}, {}, -1, -1, -1});
        FAIL();
    } catch (const Error& error) {
        EXPECT_NE(std::string(error.what()).find("exit 127"), std::string::npos) << error.what();
        EXPECT_NE(std::string(error.what()).find("No such file"), std::string::npos) << error.what();
    }
}

TEST(StatusText, NamesExitAndSignal) {
    EXPECT_EQ(status_text(3 << 8), "exit 3");
    EXPECT_EQ(status_text(SIGKILL), "signal 9 (Killed)");
}

// kill -9 of the harness takes its trainers along: PR_SET_PDEATHSIG.
TEST(StartProcess, TrainersDieWithAKilledHarness) {
    const TemporaryDirectory folder;
    const std::string pid_file = (folder.path() / "pid").string();
    const pid_t harness = ::fork();
    if (harness == 0) {
        start_process(
            shell("echo $$ > " + pid_file + ".tmp; mv " + pid_file + ".tmp " + pid_file + "; exec sleep 1000"));
        for (;;) ::pause();
    }
    for (int i = 0; i < 500 && !std::filesystem::exists(pid_file); ++i) ::usleep(10'000);
    const pid_t trainer = std::stoi(read_file(pid_file));
    ::kill(harness, SIGKILL);
    ::waitpid(harness, nullptr, 0);
    bool gone = false;
    for (int i = 0; i < 500 && !gone; ++i, ::usleep(10'000)) {
        gone = ::kill(trainer, 0) != 0 ||
               read_file("/proc/" + std::to_string(trainer) + "/stat").find(") Z ") != std::string::npos;
    }
    EXPECT_TRUE(gone);
}

}  // namespace
}  // namespace assay
