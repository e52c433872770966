#include "archive/tar.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "base/file.hpp"
#include "made_run.hpp"
#include "support/command.hpp"

namespace assay {
namespace {
using testing::bytes_written;
using testing::code_of;

using Files = std::vector<std::pair<std::string, std::string>>;

std::string tar_of(const Files& files) {
    return bytes_written([&](const auto& sink) {
        TarWriter tar(sink);
        for (const auto& [name, data] : files) tar.add(name, std::string_view(data));
        tar.finish();
    });
}

const Files k_three = {{"manifest.json", "{}"}, {"empty", ""}, {"block", std::string(512, 'x')}};

std::string refusal(const std::string& bytes, const TarLimits& limits = {}) {
    std::string text;
    const std::string code = code_of([&] { read_tar(memory_window(bytes), "a.tar", limits); }, &text);
    EXPECT_TRUE(code.empty() || code == "A0110") << code;
    return text;
}

TEST(Tar, ReadsWhatItWrites) {
    const std::string bytes = tar_of(k_three);
    EXPECT_EQ(bytes.size(), 2 * 512U + 512U + 2 * 512U + 1024U);
    const auto members = read_tar(memory_window(bytes), "a.tar");
    ASSERT_EQ(members.size(), 3U);
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_EQ(members[i].name, k_three[i].first);
        EXPECT_EQ(bytes.substr(members[i].offset, members[i].size_bytes), k_three[i].second);
    }
    EXPECT_TRUE(read_tar(memory_window(tar_of({})), "empty.tar").empty());
}

TEST(Tar, GnuTarReadsIt) {
    const TemporaryDirectory folder;
    const std::string longest(100, 'n');
    write_file_atomic(folder.path() / "a.tar", tar_of({{"one", "first\n"}, {longest, "second\n"}}));
    const auto listed = testing::run_command({"tar", "--numeric-owner", "-tvf", "a.tar"}, folder.path());
    ASSERT_EQ(listed.exit, 0) << listed.err;
    EXPECT_NE(listed.out.find("-rw-r--r-- 0/0"), std::string::npos) << listed.out;
    const auto unpacked = testing::run_command({"tar", "-xf", "a.tar"}, folder.path());
    ASSERT_EQ(unpacked.exit, 0) << unpacked.err;
    EXPECT_EQ(read_file(folder.path() / "one"), "first\n");
    EXPECT_EQ(read_file(folder.path() / longest), "second\n");
}

TEST(Tar, EveryFlippedBitOfAHeaderAndOfThePaddingIsRefused) {
    const std::string good = tar_of({{"a", "data"}});
    for (std::size_t bit = 0; bit < 8 * good.size(); ++bit) {
        if (bit / 8 >= 512 && bit / 8 < 516) continue;  // the data itself: SHA256SUMS
        std::string bad = good;
        bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << (bit % 8)));
        EXPECT_NE(refusal(bad), "") << "bit " << bit;
    }
}

TEST(Tar, EveryTruncationAndExtensionIsRefused) {
    const std::string good = tar_of(k_three);
    for (std::size_t size = 0; size < good.size(); ++size) EXPECT_NE(refusal(good.substr(0, size)), "") << size;
    for (std::size_t more = 1; more <= 1024; ++more) EXPECT_NE(refusal(good + std::string(more, '\0')), "") << more;
}

std::string header_text(const std::string& name, std::uint64_t size, const std::function<void(std::string&)>& change) {
    const auto header = tar_header(name, size);
    std::string text(header.data(), header.size());
    change(text);
    // The checksum is made right again: another tar would believe this header.
    unsigned sum = 8 * ' ';
    for (std::size_t i = 0; i < text.size(); ++i) sum += i >= 148 && i < 156 ? 0U : static_cast<unsigned char>(text[i]);
    for (std::size_t i = 154; i-- > 148; sum >>= 3) text[i] = static_cast<char>('0' + (sum & 7));
    return text;
}

TEST(Tar, NothingButPlainFilesIsTaken) {
    const auto with = [](const std::string& name, const std::function<void(std::string&)>& change) {
        return header_text(name, 0, change) + std::string(1024, '\0');
    };
    const auto put = [](std::size_t at, const std::string& what) {
        return [=](std::string& text) { text.replace(at, what.size(), what); };
    };
    ASSERT_EQ(refusal(with("a", put(0, "a"))), "");
    const std::pair<const char*, std::string> rows[] = {
        {"hard link", with("a", put(156, "1"))},
        {"symbolic link", with("a", put(156, "2"))},
        {"folder", with("a", put(156, "5"))},
        {"old plain file", with("a", put(156, std::string(1, '\0')))},
        {"pax header", with("a", put(156, "x"))},
        {"global pax header", with("a", put(156, "g"))},
        {"GNU long name", with("a", put(156, "L"))},
        {"GNU sparse file", with("a", put(156, "S"))},
        {"executable", with("a", put(104, "755"))},
        {"set user id", with("a", put(103, "4755"))},
        {"owner", with("a", put(108, "0001750"))},
        {"owner's name", with("a", put(265, "root"))},
        {"time", with("a", put(136, "14000000000"))},
        {"target of a link", with("a", put(157, "/etc/passwd"))},
        {"prefix", with("a", put(345, "/etc"))},
        {"GNU magic", with("a", put(257, "ustar  "))},
        {"size in base 256", with("a", put(124, "\x80"))},
        {"size with blanks", with("a", put(124, "          0"))},
        {"absolute", with("a", put(0, "/etc/passwd"))},
        {"parent", with("a", put(0, "../a"))},
        {"slash", with("a", put(0, "b/c"))},
        {"dot file", with("a", put(0, ".a"))},
        {"option", with("a", put(0, "-a"))},
        {"bytes behind the name", with("a", put(2, "hidden"))},
        {"no name", with("a", put(0, std::string(1, '\0')))},
    };
    for (const auto& [what, bytes] : rows) EXPECT_NE(refusal(bytes), "") << what;
}

TEST(Tar, TwiceTheSameNameAndLimits) {
    EXPECT_NE(refusal(tar_of({{"a", "1"}, {"a", "2"}})).find("member a twice"), std::string::npos);
    EXPECT_EQ(refusal(tar_of(k_three), {.members = 3}), "");
    EXPECT_NE(refusal(tar_of(k_three), {.members = 2}).find("more than 2 members"), std::string::npos);
    EXPECT_NE(refusal(tar_of(k_three), {.members = 3, .bytes = 1024}).find("more than 1024 bytes"), std::string::npos);
    // Its size may be huge; nothing is allocated for it.
    const auto header = tar_header("a", k_tar_member_bytes - 1);
    const std::string huge = std::string(header.data(), header.size()) + std::string(1024, '\0');
    EXPECT_NE(refusal(huge).find("member a is cut off"), std::string::npos);
}

TEST(Tar, RefusalsSayWhere) {
    std::string bad = tar_of({{"first", "data"}, {"second", "data"}});
    bad[1024 + 100] = '1';
    const std::string text = refusal(bad);
    for (const char* part : {"a.tar", "member second", "byte 1024", "after member first"})
        EXPECT_NE(text.find(part), std::string::npos) << part << ": " << text;
}

}  // namespace
}  // namespace assay
