#include "archive/store_checkpoints.hpp"

#include <gtest/gtest.h>

#include "archive/signature_files.hpp"
#include "base/digest.hpp"
#include "base/file.hpp"
#include "made_run.hpp"
#include "support/test_keys.hpp"

namespace assay {
namespace {
namespace fs = std::filesystem;
using testing::code_of;
using testing::make_run;

struct Bench {
    TemporaryDirectory folder;
    Store store = Store::open_or_create(folder.path() / "s");
    PrivateKey key = PrivateKey::from_bytes(testing::k_test_key, "key.pem");
    std::string a = make_run(store, "a"), b = make_run(store, "b");

    CheckpointMade make(const std::vector<std::string>& retired = {}, bool signs = true) {
        return make_checkpoint(store, retired, signs ? &key : nullptr);
    }
    StoreCheck check(bool seals = false) const {
        StoreCheck out;
        check_checkpoints(store, {.seals = seals, .keys = {key.public_key()}}, out);
        return out;
    }
    fs::path file(const std::string& digest) const { return store.path() / "ckpt" / (digest + ".json"); }
};

TEST(StoreCheckpoints, ARemovedRunIsNamedUntilItIsRetired) {
    Bench bench;
    EXPECT_EQ(bench.check().checkpoints, 0U);
    const CheckpointMade first = bench.make();
    EXPECT_TRUE(first.fresh && first.newly_signed);
    EXPECT_EQ(first.added, 2U);
    EXPECT_FALSE(bench.make().fresh) << "nothing has changed";
    const std::string c = make_run(bench.store, "c");
    const CheckpointMade second = bench.make();
    EXPECT_EQ(second.added, 1U);
    EXPECT_EQ(checkpoint_heads(bench.store), std::vector<std::string>{second.digest});
    EXPECT_EQ(runs_at(bench.store, second.digest), (RunIds{bench.a, bench.b, c}));
    EXPECT_TRUE(bench.check(true).mismatches.empty());

    EXPECT_EQ(code_of([&] { bench.make({bench.a}); }), "A0504") << "it is still there";
    fs::remove(bench.store.run_path(bench.a));
    const StoreCheck check = bench.check();
    ASSERT_EQ(check.mismatches.size(), 1U);
    EXPECT_EQ(check.mismatches[0], "run " + bench.a.substr(0, 12) + " is missing: it was there at checkpoint " +
                                       second.digest.substr(0, 12));
    EXPECT_EQ(check_store(bench.store).mismatches, check.mismatches);
    std::string text;
    EXPECT_EQ(code_of([&] { bench.make(); }, &text), "A0502");
    EXPECT_NE(text.find(bench.a), std::string::npos) << text;
    EXPECT_EQ(code_of([&] { bench.make({"0000"}); }), "A0504");
    const CheckpointMade third = bench.make({bench.a.substr(0, 8)});
    EXPECT_EQ(third.retired, 1U);
    EXPECT_TRUE(bench.check(true).mismatches.empty());
}

// Who holds a checkpoint misses what the store has forgotten together with its own checkpoints.
TEST(StoreCheckpoints, OneThatIsHeldOutsideShowsWhatTheStoreForgot) {
    Bench bench;
    const CheckpointMade made = bench.make();
    const PublicKey key = bench.key.public_key();
    const auto held = [&] {
        const SignatureCheck verified = verify_envelope(made.envelope, {&key, 1}, "held");
        StoreCheck out;
        check_held(bench.store, checkpoint_of(*verified.statement, "held"), out);
        return out.mismatches;
    };
    EXPECT_TRUE(held().empty());
    fs::remove(bench.store.run_path(bench.b));
    EXPECT_EQ(held().size(), 1U);
    fs::remove_all(bench.store.path() / "ckpt");
    EXPECT_TRUE(bench.check().mismatches.empty()) << "the store itself knows nothing any more";
    const std::vector<std::string> found = held();
    ASSERT_EQ(found.size(), 2U);
    EXPECT_NE(found[0].find("checkpoint " + made.digest.substr(0, 12) + " itself is missing"), std::string::npos);
    EXPECT_TRUE(found[1].starts_with("run " + bench.b.substr(0, 12) + " is missing")) << found[1];
}

TEST(StoreCheckpoints, UnsignedAndForeignOnesAreSaidWhereSignaturesAreAsked) {
    Bench bench;
    const CheckpointMade made = bench.make({}, false);
    EXPECT_TRUE(bench.check(false).mismatches.empty());
    EXPECT_EQ(bench.check(true).mismatches,
              std::vector<std::string>{"checkpoint " + made.digest.substr(0, 12) + " is not signed"});
    const PrivateKey other = PrivateKey::from_bytes(std::string(32, 'o'), "other");
    make_checkpoint(bench.store, {}, &other);
    EXPECT_EQ(bench.check(true).mismatches,
              std::vector<std::string>{"checkpoint " + made.digest.substr(0, 12) + " is signed by other keys only"});
    EXPECT_TRUE(bench.make().newly_signed);
    EXPECT_TRUE(bench.check(true).mismatches.empty());
    // Signed, and a checkpoint of something else.
    Statement statement = checkpoint_statement(parse_checkpoint(read_file(bench.file(made.digest)), "x"));
    statement.subjects[0].sha256 = sha256_hex("another");
    EXPECT_EQ(code_of([&] { checkpoint_of(statement, "x"); }), "A0501");
}

TEST(StoreCheckpoints, DamageIsNamed) {
    Bench bench;
    const std::string first = bench.make().digest;
    make_run(bench.store, "c");
    bench.make();
    const std::string good = read_file(bench.file(first));
    fs::remove(bench.file(first));
    ASSERT_EQ(bench.check().problems.size(), 1U);
    EXPECT_NE(bench.check().problems[0].find(first.substr(0, 12) + " is missing, and another comes after"),
              std::string::npos);
    write_file_atomic(bench.file(first), good + " ");
    ASSERT_EQ(bench.check().problems.size(), 1U);
    EXPECT_EQ(code_of([&] { bench.make(); }), "A0501") << "no chain goes on from a broken one";
}

// Two stores, each with its own chain, copied into one: both are kept, and a run of either is missed.
TEST(StoreCheckpoints, ChainsOfMergedStoresStandSideBySide) {
    Bench bench;
    Store other = Store::open_or_create(bench.folder.path() / "other");
    const std::string c = make_run(other, "c");
    make_checkpoint(other, {}, nullptr);
    bench.make();
    for (const char* room : {"obj", "run", "ckpt"})
        fs::copy(other.path() / room, bench.store.path() / room,
                 fs::copy_options::recursive | fs::copy_options::skip_existing);
    EXPECT_EQ(checkpoint_heads(bench.store).size(), 2U);
    EXPECT_TRUE(bench.check().mismatches.empty());
    const CheckpointMade next = bench.make();
    EXPECT_EQ(next.added, 1U) << "its own chain goes on";
    fs::remove(bench.store.run_path(c));
    EXPECT_EQ(bench.check().mismatches.size(), 1U) << "said once, though two chains have it";
}

}  // namespace
}  // namespace assay
