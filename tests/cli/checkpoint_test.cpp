// assay archive checkpoint: a run that is taken away is named, by the store itself and by whoever kept the checkpoint.
#include "program.hpp"
#include "support/test_keys.hpp"

namespace assay {
namespace {
namespace fs = std::filesystem;
using testing::holds;
using testing::Words;

struct Kept : testing::StoredBench {
    Kept() {
        write("key.pem", testing::k_test_key);
        EXPECT_EQ(shell("openssl pkey -in key.pem -pubout -out key.pub.pem").exit, 0);
    }
    testing::CommandResult checkpoint(Words more = {}) const {
        Words words = {"archive", "checkpoint", "--store", "store"};
        words.insert(words.end(), more.begin(), more.end());
        return assay(words);
    }
    testing::CommandResult verify(Words words) const {
        words.insert(words.begin(), "verify");
        words.insert(words.end(), {"--store", "store"});
        return assay(words);
    }
    // Removes one run; returns how its id begins.
    std::string take_away() const {
        for (const auto& entry : fs::recursive_directory_iterator(folder.path() / "store" / "run")) {
            if (!entry.is_regular_file()) continue;
            const fs::path path = entry.path();
            fs::remove(path);
            return path.parent_path().filename().string() + path.filename().string().substr(0, 10);
        }
        return "";
    }
};

TEST(Checkpoint, ARunThatIsTakenAwayIsNamed) {
    const Kept bench;
    const auto made = bench.checkpoint({"--key", "key.pem", "-o", "may.dsse.json"});
    ASSERT_EQ(made.exit, 0) << made.err;
    EXPECT_TRUE(holds(made.out, ": 5 runs, 5 new; signed by key ")) << made.out;
    EXPECT_EQ(made.err, "wrote may.dsse.json\n");
    EXPECT_TRUE(holds(bench.checkpoint().out, ": 5 runs, nothing new since it was made\n"));
    const auto whole = bench.verify({"store"});
    EXPECT_EQ(whole.exit, 0) << whole.out;
    EXPECT_TRUE(holds(whole.out, "no run is missing that a checkpoint names")) << whole.out;
    const auto held = bench.verify({"may.dsse.json", "--sig", "--key", "key.pub.pem"});
    EXPECT_EQ(held.exit, 0) << held.out << held.err;
    EXPECT_TRUE(holds(held.out, "may.dsse.json is a true checkpoint of 5 runs by ")) << held.out;

    const std::string gone = bench.take_away();
    for (const Words& words : {Words{"store"}, Words{"may.dsse.json", "--sig", "--key", "key.pub.pem"}}) {
        const auto found = bench.verify(words);
        EXPECT_EQ(found.exit, 1) << found.out;
        EXPECT_TRUE(holds(found.out, "run " + gone + " is missing: it was there at checkpoint ")) << found.out;
    }
    const auto refused = bench.checkpoint();
    EXPECT_EQ(refused.exit, 1);
    EXPECT_TRUE(holds(refused.err, "missing now:\n  run " + gone)) << refused.err;

    // Together with the store's own memory of it.
    fs::rename(bench.folder.path() / "store" / "ckpt", bench.folder.path() / "hidden");
    EXPECT_EQ(bench.verify({"store"}).exit, 4) << "its plan still names it";
    const auto known = bench.verify({"may.dsse.json", "--sig", "--key", "key.pub.pem"});
    EXPECT_EQ(known.exit, 1) << known.out;
    EXPECT_TRUE(holds(known.out, "run " + gone + " is missing")) << known.out;
    EXPECT_TRUE(holds(known.out, " itself is missing: ")) << known.out;
    fs::rename(bench.folder.path() / "hidden", bench.folder.path() / "store" / "ckpt");

    const auto retired = bench.checkpoint({"--retire", gone, "--key", "key.pem"});
    EXPECT_EQ(retired.exit, 0) << retired.err;
    EXPECT_TRUE(holds(retired.out, ": 4 runs, 0 new, 1 retired; signed by key ")) << retired.out;
    EXPECT_EQ(bench.verify({"may.dsse.json", "--sig", "--key", "key.pub.pem"}).exit, 0);
    EXPECT_EQ(bench.verify({"store"}).exit, 4) << "retired, and still planned";
}

TEST(Checkpoint, IsDamagedUnsignedOrAnothers) {
    const Kept bench;
    ASSERT_EQ(bench.checkpoint().exit, 0);
    ASSERT_EQ(bench.assay({"sign", "t", "--key", "key.pem", "--store", "store"}).exit, 0);
    const auto unsigned_one = bench.verify({"store", "--sig", "--key", "key.pub.pem"});
    EXPECT_EQ(unsigned_one.exit, 1) << unsigned_one.out;
    EXPECT_TRUE(holds(unsigned_one.out, " is not signed")) << unsigned_one.out;
    ASSERT_EQ(bench.checkpoint({"--key", "key.pem"}).exit, 0);
    EXPECT_EQ(bench.verify({"store", "--sig", "--key", "key.pub.pem"}).exit, 0);
    for (const auto& entry : fs::directory_iterator(bench.folder.path() / "store" / "ckpt")) {
        if (!holds(entry.path().filename().string(), ".dsse.")) {
            const std::string text = read_file(entry.path());
            fs::permissions(entry.path(), fs::perms::owner_all);
            write_file_atomic(entry.path(), text.substr(0, text.size() - 1));
        }
    }
    const auto damaged = bench.verify({"store"});
    EXPECT_EQ(damaged.exit, 74) << damaged.out;
    EXPECT_TRUE(holds(damaged.out, "checkpoint ") && holds(damaged.out, " is damaged: ")) << damaged.out;
}

TEST(Checkpoint, WrongRequests) {
    const Kept bench;
    ASSERT_EQ(bench.checkpoint().exit, 0);
    const std::tuple<Words, int, const char*> rows[] = {
        {{"-o", "c.dsse.json"}, 2, "a checkpoint to keep elsewhere is a signed one"},
        {{"--key", "key.pem", "-o", "c.txt"}, 2, "end the name in .dsse.json"},
        {{"--retire", "0000000"}, 2, "is the beginning of 0 runs of the last checkpoint"},
        {{"--dry-run"}, 2, "assay archive checkpoint takes no --dry-run"},
        {{"--key", "key.pub.pem"}, 2, "is not a readable private key"},
    };
    for (const auto& [words, exit, says] : rows) {
        const auto result = bench.checkpoint(words);
        EXPECT_EQ(result.exit, exit) << says << result.out << result.err;
        EXPECT_TRUE(holds(result.err, says)) << says << ": " << result.err;
    }
    EXPECT_EQ(bench.assay({"archive", "checkpoint", "--store", "nowhere"}).exit, 5);
}

}  // namespace
}  // namespace assay
