// Figure 8 of archive.md 12: every file of the hostile corpus is refused for the reason that it was made for, with at
// most 24 MiB of heap and in at most 100 ms of the processor.
#include <gtest/gtest.h>

#include <ctime>

#include "archive/archive_check.hpp"
#include "archive/checkpoint.hpp"
#include "archive/transfer.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "counted_new.hpp"
#include "hostile_files.hpp"
#include "support/golden.hpp"
#include "support/test_keys.hpp"

namespace assay {
namespace {
namespace fs = std::filesystem;

const fs::path k_corpus = fs::path(ASSAY_SOURCE_DIR) / "fixtures/golden/archive/hostile";
constexpr std::size_t k_heap_bytes = std::size_t{24} << 20;
constexpr double k_cpu_s = 0.1;

double cpu_s() {
    timespec time{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

// What a command would do with such a file.
void read_as_named(const std::string& name, const std::string& bytes) {
    static const PublicKey k_key = PrivateKey::from_bytes(testing::k_test_key, "key.pem").public_key();
    if (name.ends_with(".tar")) {
        look_into_archive(memory_window(bytes), name, nullptr);
    } else if (name.ends_with(".dsse.json")) {
        if (verify_envelope(bytes, {&k_key, 1}, name).signers.empty())
            throw Error("UNSIGNED", Exit::no, name + " is signed by nobody");
    } else {
        parse_checkpoint(bytes, name);
    }
}

std::string refusal(const std::string& name, const std::string& bytes) {
    try {
        read_as_named(name, bytes);
        return "accepted";
    } catch (const Error& error) {
        return error.code() + " " + error.what();
    }
}

TEST(Hostile, EveryFileIsRefusedForItsReasonAndCheaply) {
    if (std::getenv("ASSAY_ACCEPT") != nullptr) {
        make_directories(k_corpus);
        for (const auto& [name, bytes] : testing::hostile_files()) write_file_atomic(k_corpus / name, bytes);
    }
    std::string reasons;
    std::size_t files = 0, most_bytes = 0;
    double most_s = 0;
    for (const std::string& name : list_directory(k_corpus)) {
        const std::string bytes = read_file(k_corpus / name);
        EXPECT_LE(bytes.size(), 16'384U) << name;
        testing::reset_allocations();
        const std::size_t before = testing::allocations().live_bytes;
        const double begin = cpu_s();
        const std::string reason = refusal(name, bytes);
        most_s = std::max(most_s, cpu_s() - begin);
        most_bytes = std::max(most_bytes, testing::allocations().peak_bytes - before);
        EXPECT_NE(reason, "accepted") << name;
        reasons += name + ": " + reason + "\n";
        ++files;
        // The check that goes on after a finding has one, too, and costs no more.
        if (!name.ends_with(".tar")) continue;
        try {
            EXPECT_FALSE(check_archive(memory_window(bytes), name, {.deep = true}).problems.empty()) << name;
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), "A0110") << name;
        }
        most_bytes = std::max(most_bytes, testing::allocations().peak_bytes - before);
    }
    EXPECT_GE(files, 60U);
    EXPECT_LE(most_bytes, k_heap_bytes);
#if !defined(__SANITIZE_ADDRESS__)
    EXPECT_LE(most_s, k_cpu_s);
#endif
    RecordProperty("files", static_cast<int>(files));
    RecordProperty("most heap, kB", static_cast<int>(most_bytes / 1000));
    RecordProperty("most processor time, us", static_cast<int>(1e6 * most_s));
    testing::expect_golden(reasons, "archive/hostile.txt");
}

// The corpus on disk is what the generator makes: all but the bytes that another zstd would choose.
TEST(Hostile, TheCorpusIsComplete) {
    std::vector<std::string> made;
    for (const auto& [name, bytes] : testing::hostile_files()) made.push_back(name);
    EXPECT_EQ(list_directory(k_corpus), made) << "ASSAY_ACCEPT=1 writes it anew";
}

}  // namespace
}  // namespace assay
