#include "archive/run_archive.hpp"

#include <gtest/gtest.h>

#include "archive/packed.hpp"
#include "archive/signature_files.hpp"
#include "archive/transfer.hpp"
#include "base/digest.hpp"
#include "base/file.hpp"
#include "made_run.hpp"
#include "support/command.hpp"

namespace assay {
namespace {
using testing::bytes_written;
using testing::code_of;
using testing::make_run;

struct Bench {
    TemporaryDirectory folder;
    Store store = Store::open_or_create(folder.path() / "s");

    std::string exported(const std::string& run_id) const {
        return bytes_written([&](const auto& sink) { export_run(store, run_id, sink); });
    }
};

// Reads all there is to read.
void read_deeply(const std::string& bytes) {
    const RunArchive archive = read_run_archive(memory_window(bytes), "r.run.tar");
    check_objects(archive, "r.run.tar");
}

TEST(RunArchive, HoldsTheRun) {
    Bench bench;
    for (const bool large_env : {false, true}) {
        const std::string id = make_run(bench.store, "a", large_env);
        const std::string bytes = bench.exported(id);
        EXPECT_EQ(bytes, bench.exported(id)) << "the same run is the same file";
        read_deeply(bytes);
        const RunArchive archive = read_run_archive(memory_window(bytes), "r.run.tar");
        EXPECT_EQ(archive.manifest.run_id, id);
        EXPECT_EQ(archive.manifest.record, bench.store.get_run(id).record);
        EXPECT_EQ(archive.objects.size(), large_env ? 3U : 2U);
    }
}

TEST(RunArchive, ComesBackAsTheSameFileFromAnotherStore) {
    Bench bench;
    const std::string id = make_run(bench.store, "a", true);
    put_run_signature(bench.store, id, "sig-0123abcd.dsse.json", "{}");
    const std::string bytes = bench.exported(id);
    Store other = Store::open_or_create(bench.folder.path() / "other");
    for (const std::size_t fresh : {1U, 0U}) {
        const Imported imported = import_archive(memory_window(bytes), "r.run.tar", other);
        EXPECT_EQ(imported.runs, 1U);
        EXPECT_EQ(imported.fresh, fresh);
    }
    EXPECT_EQ(other.get_run(id).record, bench.store.get_run(id).record);
    EXPECT_EQ(bytes_written([&](const auto& sink) { export_run(other, id, sink); }), bytes);
}

// What a reader without assay does: archive.md 8.4, word for word.
TEST(RunArchive, ToolsOfOthersVerifyIt) {
    Bench bench;
    const std::string id = make_run(bench.store, "a", true);
    const TemporaryDirectory folder;
    write_file_atomic(folder.path() / "r.run.tar", bench.exported(id));
    const auto result = testing::run_command(
        {"/bin/sh", "-ec",
         "tar xf r.run.tar; sha256sum -c SHA256SUMS; sha256sum manifest.json; python3 - <<'END'\n"
         "import hashlib, json, subprocess, tarfile\n"
         "tar = tarfile.open('r.run.tar')\n"
         "assert [m.name for m in tar][0] == 'manifest.json' and [m.name for m in tar][-1] == 'SHA256SUMS'\n"
         "text = open('manifest.json', 'rb').read()\n"
         "manifest = json.loads(text)\n"
         "for m in manifest['members']:\n"
         "    data = subprocess.run(['zstd', '-dqc', m['name'] + '.zst'], check=True, capture_output=True).stdout\n"
         "    assert len(data) == m['size'] and hashlib.sha256(data).hexdigest() == m['sha256'], m\n"
         "canonical = json.dumps(manifest, sort_keys=True, separators=(',', ':'), ensure_ascii=False)\n"
         "assert canonical.encode() == text\n"
         "for block in 'recipe', 'path', 'result':\n"
         "    own = json.dumps(manifest[block], sort_keys=True, separators=(',', ':'), ensure_ascii=False)\n"
         "    assert hashlib.sha256(own.encode()).hexdigest() == manifest[block + '_id'], block\n"
         "print('deep')\n"
         "END\n"},
        folder.path());
    ASSERT_EQ(result.exit, 0) << result.out << result.err;
    EXPECT_NE(result.out.find(id + "  manifest.json"), std::string::npos) << result.out;
    EXPECT_NE(result.out.find("deep"), std::string::npos) << result.out;
}

// Figures 1 and 2 of archive.md 12: all of them, of a plain run and of one with its env as an object and a signature.
TEST(RunArchive, EveryFlippedBitAndEveryTruncationIsRefused) {
    Bench bench;
    const std::string plain = make_run(bench.store, "a"), more = make_run(bench.store, "b", true);
    put_run_signature(bench.store, more, "sig-0123abcd.dsse.json", "{\"payload\":\"\"}");
    for (const std::string& id : {plain, more}) {
        const std::string good = bench.exported(id);
        ASSERT_LE(good.size(), 32U << 10);
        std::size_t undetected = 0, unnamed = 0;
        for (std::size_t bit = 0; bit < 8 * good.size(); ++bit) {
            std::string bad = good, text;
            bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << (bit % 8)));
            const std::string code = code_of([&] { read_run_archive(memory_window(bad), "r.run.tar"); }, &text);
            undetected += code.empty() ? 1U : 0U;
            unnamed += text.find("r.run.tar") == std::string::npos ? 1U : 0U;
        }
        EXPECT_EQ(undetected, 0U) << "of " << 8 * good.size() << " flips";
        EXPECT_EQ(unnamed, 0U);
        for (std::size_t size = 0; size < good.size(); ++size) {
            EXPECT_NE(code_of([&] { read_run_archive(memory_window(good.substr(0, size)), "r"); }), "") << size;
        }
        for (std::size_t size = 1; size <= 1024; ++size) {
            EXPECT_NE(code_of([&] { read_run_archive(memory_window(good + std::string(size, '\0')), "r"); }), "");
        }
    }
}

struct Parts {
    std::vector<std::pair<std::string, std::string>> members;  // without SHA256SUMS

    // With sums that fit.
    std::string tar() const {
        std::vector<std::pair<std::string, std::string>> sums;
        for (const auto& [name, data] : members) sums.emplace_back(name, sha256_hex(data));
        return bytes_written([&](const auto& sink) {
            TarWriter tar(sink);
            for (const auto& [name, data] : members) tar.add(name, std::string_view(data));
            tar.add("SHA256SUMS", std::string_view(sums_text(sums)));
            tar.finish();
        });
    }
};

// One lie at a time, everything around it made right, so that only the rule in question can notice it.
TEST(RunArchive, LiesWithRightSumsAreRefused) {
    Bench bench;
    const std::string bytes = bench.exported(make_run(bench.store, "a"));
    Parts good;
    for (const TarMember& member : read_tar(memory_window(bytes), "r")) {
        if (member.name != "SHA256SUMS")
            good.members.emplace_back(member.name, bytes.substr(member.offset, member.size_bytes));
    }
    ASSERT_EQ(good.tar(), bytes);
    ASSERT_EQ(good.members[1].first, "log.txt.zst");
    struct Row {
        std::function<void(Parts&)> change;
        const char *code, *says;
    };
    const Row rows[] = {
        {[](Parts& p) { p.members.erase(p.members.begin() + 1); }, "A0111", "member log.txt.zst is missing"},
        {[](Parts& p) { p.members.pop_back(); }, "A0111", "member predictions.npy.zst is missing"},
        {[](Parts& p) { std::swap(p.members[1], p.members[2]); }, "A0111", "member log.txt.zst is missing, or not in"},
        {[](Parts& p) { std::swap(p.members[0], p.members[1]); }, "A0111",
         "expected manifest.json as its first member"},
        {[](Parts& p) { p.members.emplace_back("extra", ""); }, "A0111", "member extra is not in the manifest"},
        {[](Parts& p) { p.members.emplace_back("sig-0123ABCD.dsse.json", ""); }, "A0111", "is not in the manifest"},
        {[](Parts& p) { p.members[0].second += "\n"; }, "A0101", "not the canonical ones"},
        {[](Parts& p) { p.members[1].second = pack_plain("another log\n"); }, "A0102", "member log.txt.zst is damaged"},
        {[](Parts& p) { p.members[1].second = pack_plain("a lOg\n"); }, "A0102", "does not match its name"},
        {[](Parts& p) { p.members[1].second.clear(); }, "A0102", "member log.txt.zst is damaged"},
        {[](Parts& p) { p.members[1].second.pop_back(); }, "A0102", "member log.txt.zst is damaged"},
        {[](Parts& p) { p.members.clear(); }, "A0111", "expected manifest.json"},
    };
    for (const Row& row : rows) {
        Parts bad = good;
        row.change(bad);
        std::string text;
        EXPECT_EQ(code_of([&] { read_deeply(bad.tar()); }, &text), row.code) << row.says << ": " << text;
        EXPECT_NE(text.find(row.says), std::string::npos) << row.says << ": " << text;
        Store other = Store::open_or_create(bench.folder.path() / "refused");
        EXPECT_NE(code_of([&] { import_archive(memory_window(bad.tar()), "r.run.tar", other); }), "");
        EXPECT_TRUE(other.list_runs().empty()) << "nothing of a bad archive is stored: " << row.says;
    }
}

TEST(RunArchive, OtherSumsAreRefused) {
    Bench bench;
    const std::string good = bench.exported(make_run(bench.store, "a"));
    const auto members = read_tar(memory_window(good), "r");
    const auto with_sums = [&](const std::string& sums) {
        return bytes_written([&](const auto& sink) {
            TarWriter tar(sink);
            for (const TarMember& member : members) {
                const std::string data = good.substr(member.offset, member.size_bytes);
                tar.add(member.name, std::string_view(member.name == "SHA256SUMS" ? sums : data));
            }
            tar.finish();
        });
    };
    const std::string sums = good.substr(members.back().offset, members.back().size_bytes);
    ASSERT_EQ(with_sums(sums), good);
    const std::string line = sums.substr(0, sums.find('\n') + 1);
    for (const std::string& other : {std::string(), sums.substr(line.size()), sums + line, "# " + sums, line + sums})
        EXPECT_EQ(code_of([&] { read_run_archive(memory_window(with_sums(other)), "r"); }), "A0111") << other;
}

}  // namespace
}  // namespace assay
