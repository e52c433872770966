#include "core/zip.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/random.hpp"

namespace assay {
namespace {

std::string number(std::uint64_t value, int size) {
    std::string bytes;
    for (int i = 0; i < size; ++i) bytes += i < 8 ? static_cast<char>(value >> (8 * i) & 0xff) : '\0';
    return bytes;
}

std::string deflated(const std::string& content) {
    z_stream stream{};
    EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 9, Z_DEFAULT_STRATEGY), Z_OK);
    std::string out(deflateBound(&stream, content.size()) + 64, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
    stream.avail_in = static_cast<uInt>(content.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

// One member, with every number in the hand of the test.
struct Made {
    std::string name = "a.npy", content = "hello hello hello hello";
    std::uint64_t method = 8, flags = 0;
    std::uint64_t size = content.size(), offset = 0;
    std::string packed = deflated(content);
    std::uint64_t packed_size = packed.size();
    std::uint64_t crc = crc32(0, reinterpret_cast<const Bytef*>(content.data()), static_cast<uInt>(content.size()));
    std::string comment;
    int entries = 1;

    std::string entry() const {
        return "PK\1\2" + number(20, 2) + number(20, 2) + number(flags, 2) + number(method, 2) + number(0, 4) +
               number(crc, 4) + number(packed_size, 4) + number(size, 4) + number(name.size(), 2) + number(0, 12) +
               number(offset, 4) + name;
    }
    std::string file() const {
        const std::string local =
            "PK\3\4" + number(20, 2) + number(0, 20) + number(name.size(), 2) + number(3, 2) + name + "xyz" + packed;
        std::string directory;
        for (int i = 0; i < entries; ++i) directory += entry();
        return local + directory + "PK\5\6" + number(0, 4) + number(static_cast<std::uint64_t>(entries), 2) +
               number(static_cast<std::uint64_t>(entries), 2) + number(directory.size(), 4) + number(local.size(), 4) +
               number(comment.size(), 2) + comment;
    }
};

std::string problem_of(const std::string& file, const ZipLimits& limits = {}) {
    try {
        for (const ZipMember& member : zip_members(file, limits)) zip_content(member);
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), "W0103");
        EXPECT_EQ(error.exit(), Exit::unreadable);
        return error.what();
    }
    return "";
}

TEST(Zip, ReadsStoredAndDeflatedMembers) {
    Made made;
    const auto members = zip_members(made.file());
    ASSERT_EQ(members.size(), 1U);
    EXPECT_EQ(members[0].name, "a.npy");
    EXPECT_EQ(zip_content(members[0]), made.content);
    made.method = 0;
    made.packed = made.content;
    made.packed_size = made.size;
    made.comment = "a comment that holds PK\5\6 and more, long enough to be taken for a record";
    EXPECT_EQ(zip_content(zip_members(made.file())[0]), made.content);
    made.entries = 0;
    EXPECT_TRUE(zip_members(made.file()).empty());
}

TEST(Zip, ReadsWhatNumpyWrites) {
    for (const char* name : {"stored.npz", "deflated.npz"}) {
        const std::string file = read_file(std::string(ASSAY_SOURCE_DIR "/fixtures/reference/weights/") + name);
        EXPECT_EQ(zip_members(file).size(), 8U);
        EXPECT_EQ(problem_of(file), "");
        EXPECT_EQ(zip_members(file)[0].deflated, std::string(name) == "deflated.npz");
    }
}

TEST(Zip, SaysWhatIsWrong) {
    const auto made = [](auto change) {
        Made m;
        change(m);
        return m.file();
    };
    const std::string good = Made().file();
    const std::pair<std::string, std::string> rows[] = {
        {"", "0 bytes"},
        {std::string(100, 'x'), "no directory"},
        {good.substr(0, good.size() - 1), "no directory"},
        {good + "x", "no directory"},
        {"x" + good, "directory is not where it says"},
        {made([](Made& m) { m.size += 1; }), "another size"},
        {made([](Made& m) { m.size -= 1; }), "another size"},
        {made([](Made& m) { m.size = 0xfffffffe; }), "more than deflate can give"},
        {made([](Made& m) { m.size = 0xffffffff; }), "zip64"},
        {made([](Made& m) { m.packed_size = 0xffffffff; }), "zip64"},
        {made([](Made& m) { m.packed_size += 1; }), "ends after"},
        {made([](Made& m) { m.packed_size -= 1; }), "does not inflate"},
        {made([](Made& m) { m.crc ^= 1; }), "CRC"},
        {made([](Made& m) { m.method = 12; }), "method 12"},
        {made([](Made& m) { m.method = 0; }), "two sizes"},
        {made([](Made& m) { m.flags = 1; }), "encrypted"},
        {made([](Made& m) { m.offset = 1; }), "no header"},
        {made([](Made& m) { m.offset = 0xfffffff0; }), "outside"},
        {made([](Made& m) { m.entries = 2; }), "twice"},
        {made([](Made& m) { m.name = "a\n.npy"; }), "no text"},
        {made([](Made& m) { m.packed[0] = '\x07'; }), "does not inflate"},
    };
    for (const auto& [file, expected] : rows) {
        EXPECT_NE(problem_of(file).find(expected), std::string::npos)
            << "got: " << problem_of(file) << ", expected: " << expected;
    }
    EXPECT_NE(problem_of(good, {0, 1 << 20}).find("1 members"), std::string::npos);
    EXPECT_NE(problem_of(good, {1, 22}).find("more than 22 bytes"), std::string::npos);
    EXPECT_EQ(problem_of(good, {1, 23}), "");
}

// Two names for the same bytes: a small file that would unfold into a large one.
TEST(Zip, RefusesMembersThatOverlap) {
    std::string file = Made().file();
    Made second;
    second.name = "b.npy";
    const std::size_t directory = file.find("PK\1\2"), end = file.find("PK\5\6");
    const std::string entries = file.substr(directory, end - directory) + second.entry();
    file = file.substr(0, directory) + entries + "PK\5\6" + number(0, 4) + number(2, 2) + number(2, 2) +
           number(entries.size(), 4) + number(directory, 4) + number(0, 2);
    EXPECT_NE(problem_of(file).find("overlap"), std::string::npos) << problem_of(file);
}

// Stream "zip.damage" of seed 1: 20,000 damaged files are read or refused, nothing else.
TEST(Zip, SurvivesDamagedFiles) {
    const std::string good = Made().file();
    Random random(1, "zip.damage");
    int refused = 0;
    for (int i = 0; i < 20'000; ++i) {
        std::string file = good;
        for (std::uint64_t n = random.below(3) + 1; n > 0; --n)
            file[random.below(file.size())] = static_cast<char>(random.below(256));
        if (random.below(4) == 0) file.resize(random.below(file.size() + 1));
        refused += problem_of(file).empty() ? 0 : 1;
    }
    EXPECT_GT(refused, 10'000);
}

}  // namespace
}  // namespace assay
