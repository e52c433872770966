#include "base/file.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>

#include "base/error.hpp"

namespace assay {
namespace {
namespace fs = std::filesystem;

Error error_of(const std::function<void()>& action) {
    try {
        action();
    } catch (const Error& error) {
        return error;
    }
    return Error("none", Exit::yes, "nothing was thrown");
}

TEST(File, ReadsBackWhatWasWritten) {
    const TemporaryDirectory folder;
    for (const std::string& bytes : {std::string(), std::string("a\0b\n", 4), std::string(100'000, 'x')}) {
        write_file_atomic(folder.path() / "f", bytes);
        EXPECT_EQ(read_file(folder.path() / "f"), bytes);
    }
    EXPECT_EQ(list_directory(folder.path()), std::vector<std::string>{"f"}) << "no temporary file is left";
}

TEST(File, EveryFailureNamesThePathAndTheReason) {
    const TemporaryDirectory folder;
    const fs::path missing = folder.path() / "missing";
    const std::pair<std::function<void()>, std::string> rows[] = {
        {[&] { read_file(missing); }, "No such file"},
        {[&] { read_file(folder.path()); }, "Is a directory"},
        {[&] { write_file_atomic(missing / "f", "x"); }, "No such file"},
        {[&] { make_directories("/proc/assay"); }, "/proc/assay"},
        {[&] { list_directory("/proc/self/stat"); }, "Not a directory"},
    };
    for (const auto& [action, expected] : rows) {
        const Error error = error_of(action);
        EXPECT_EQ(error.code(), "F0001");
        EXPECT_EQ(error.exit(), Exit::unreadable);
        EXPECT_NE(std::string(error.what()).find(expected), std::string::npos) << error.what();
    }
}

TEST(File, RefusesMoreThanItsLimit) {
    const TemporaryDirectory folder;
    write_file_atomic(folder.path() / "f", "12345");
    EXPECT_EQ(read_file(folder.path() / "f", 5), "12345");
    EXPECT_EQ(error_of([&] { read_file(folder.path() / "f", 4); }).code(), "F0001");
    EXPECT_EQ(error_of([&] { read_file("/dev/zero", 10'000); }).code(), "F0001") << "a file without an end";
}

// A full disk is played by the file size limit: write() fails with EFBIG after 8 KiB.
TEST(File, AFailedWriteLeavesTheOldContentAndNoRest) {
    const TemporaryDirectory folder;
    write_file_atomic(folder.path() / "f", "old");
    rlimit before{};
    ::getrlimit(RLIMIT_FSIZE, &before);
    const auto previous = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit small{8192, before.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &small);
    const Error error = error_of([&] { write_file_atomic(folder.path() / "f", std::string(100'000, 'n')); });
    ::setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, previous);
    EXPECT_EQ(error.code(), "F0001");
    EXPECT_EQ(read_file(folder.path() / "f"), "old");
    EXPECT_EQ(list_directory(folder.path()).size(), 1U);
}

TEST(File, ATemporaryFolderIsGoneAfterwards) {
    fs::path path;
    {
        const TemporaryDirectory folder;
        path = folder.path();
        write_file_atomic(path / "f", "x");
    }
    EXPECT_FALSE(fs::exists(path));
}

TEST(File, ListsNamesInByteOrderAndNothingForAMissingFolder) {
    const TemporaryDirectory folder;
    for (const char* name : {"b", "a", "B"}) write_file_atomic(folder.path() / name, "");
    EXPECT_EQ(list_directory(folder.path()), (std::vector<std::string>{"B", "a", "b"}));
    EXPECT_TRUE(list_directory(folder.path() / "missing").empty());
}

}  // namespace
}  // namespace assay
