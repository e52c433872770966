// Figure 6 of archive.md 12: memory that runs out at any allocation of a reader ends in std::bad_alloc, is never taken
// for damage, and leaks nothing.
#include <gtest/gtest.h>

#include <new>

#include "archive/archive_check.hpp"
#include "archive/object.hpp"
#include "archive/packed.hpp"
#include "archive/planes.hpp"
#include "archive/store_checkpoints.hpp"
#include "archive/transfer.hpp"
#include "base/digest.hpp"
#include "base/file.hpp"
#include "counted_new.hpp"
#include "made_run.hpp"
#include "support/test_keys.hpp"

namespace assay {
namespace {
using testing::allocations;
using testing::bytes_written;

void expect_said(const std::function<void()>& action, std::size_t at, bool lasts, bool& failed) {
    const std::size_t before = allocations().live_bytes;
    bool ran_out = false, other = false;
    testing::reset_allocations(at, lasts);
    try {
        action();
    } catch (const std::bad_alloc&) {
        ran_out = true;
    } catch (const std::exception&) {
        other = true;
    }
    failed = allocations().failed;
    testing::reset_allocations();
    const std::size_t after = allocations().live_bytes;
    EXPECT_EQ(after, before) << "allocation " << at << " leaked";
    EXPECT_FALSE(other) << "allocation " << at << " was taken for something else";
    EXPECT_EQ(ran_out, failed) << "allocation " << at << " failed, and nobody said so";
}

// Runs the action with its first, second, ... allocation failing, alone or with all after it, until none does.
std::size_t fail_at_each(const std::function<void()>& action) {
    action();  // what is made once stays
    for (std::size_t at = 1;; ++at) {
        bool failed = false;
        for (const bool lasts : {false, true}) expect_said(action, at, lasts, failed);
        if (!failed || ::testing::Test::HasFailure()) return at - 1;
    }
}

struct Bench {
    TemporaryDirectory folder;
    Store store = Store::open_or_create(folder.path() / "s");
    PrivateKey key = PrivateKey::from_bytes(testing::k_test_key, "key.pem");
    PublicKey trusted = key.public_key();
    Plan plan;
    std::string run, audit, envelope, checkpoint;

    Bench() {
        plan.name = "made";
        plan.design = "factorial";
        const std::string id = testing::make_run(store, "a", true);
        plan.runs = {{1, {}, 0, store.get_run(id).record.request}};
        plan.order = {0};
        store.put_audit(plan);
        Sealed sealed;
        seal_run(store, id, key, sealed);
        run = bytes_written([&](const auto& sink) { export_run(store, id, sink); });
        audit = bytes_written([&](const auto& sink) { export_audit(store, plan, {id}, sink); });
        envelope = make_checkpoint(store, {}, &key).envelope;
        checkpoint = checkpoint_text(checkpoint_of(*verify_envelope(envelope, {&trusted, 1}, "x").statement, "x"));
    }
};

TEST(Memory, ThatRunsOutWhileAnArchiveIsReadIsSaid) {
    const Bench bench;
    const CheckOptions options = {.deep = true, .seals = true, .keys = {bench.trusted}};
    for (const std::string& bytes : {bench.run, bench.audit}) {
        const std::size_t tried = fail_at_each([&] {
            const StoreCheck check = check_archive(memory_window(bytes), "x.tar", options);
            if (!check.problems.empty()) throw Error("TEST", Exit::bug, check.problems[0]);
        });
        EXPECT_GT(tried, 300U);
        RecordProperty("allocations of an archive of " + std::to_string(bytes.size()) + " bytes",
                       static_cast<int>(tried));
    }
}

TEST(Memory, ThatRunsOutInEachReaderIsSaid) {
    const Bench bench;
    const std::string object = pack_plain(testing::made_answers("a"));
    const MemberRef member{sha256_hex(testing::made_answers("a")), testing::made_answers("a").size()};
    const std::string golden = ASSAY_SOURCE_DIR "/fixtures/golden/archive/";
    const std::string manifest = read_run_archive(memory_window(bench.run), "x").manifest_text;
    const std::string planes = decode_object(read_file(golden + "mixed.zst"), "x");
    const std::pair<const char*, std::function<void()>> readers[] = {
        {"tar", [&] { read_tar(memory_window(bench.audit), "x.tar"); }},
        {"manifest", [&] { read_manifest(manifest, "x"); }},
        {"object", [&] { unpack_plain(memory_window(object), member, "x"); }},
        {"planes", [&] { read_planes_header(planes); }},
        {"signature",
         [&] {
             verify_envelope(bench.envelope, {&bench.trusted, 1}, "x");
         }},
        {"checkpoint", [&] { parse_checkpoint(bench.checkpoint, "x"); }},
    };
    for (const auto& [name, read] : readers) {
        const std::size_t tried = fail_at_each(read);
        EXPECT_GT(tried, 3U) << name;
        RecordProperty(std::string("allocations of a ") + name, static_cast<int>(tried));
    }
}

TEST(Memory, ThatRunsOutWhileAStoreIsCheckedIsSaid) {
    const Bench bench;
    const std::size_t tried = fail_at_each([&] {
        const StoreCheck check = check_store(Store::open(bench.store.path()), {.deep = true});
        if (!check.problems.empty()) throw Error("TEST", Exit::bug, check.problems[0]);
    });
    EXPECT_GT(tried, 300U);
    RecordProperty("allocations of the check of a store", static_cast<int>(tried));
}

}  // namespace
}  // namespace assay
