#include "archive/audit_archive.hpp"

#include <gtest/gtest.h>

#include "archive/transfer.hpp"
#include "base/digest.hpp"
#include "base/file.hpp"
#include "made_run.hpp"
#include "support/command.hpp"

namespace assay {
namespace {
namespace fs = std::filesystem;
using testing::bytes_written;
using testing::code_of;

// An audit of three runs, with a table of inputs.
struct Bench {
    TemporaryDirectory folder;
    Store store = Store::open_or_create(folder.path() / "s");
    Plan plan;
    std::vector<std::string> ids;

    Bench() {
        plan.name = "made";
        plan.design = "factorial";
        plan.inputs = store.put_object(R"({"ids":["a","b"]})");
        for (const char* name : {"one", "two", "three"}) {
            ids.push_back(testing::make_run(store, name, true));
            PlannedRun run;
            run.number = static_cast<int>(ids.size());
            run.request = store.get_run(ids.back()).record.request;
            plan.order.push_back(run.number - 1);
            plan.runs.push_back(std::move(run));
        }
        store.put_audit(plan);
    }
    std::string exported(const Store& from, const std::vector<std::string>& runs) const {
        return bytes_written([&](const auto& sink) { export_audit(from, plan, runs, sink); });
    }
};

TEST(AuditArchive, HoldsThePlanAndRunsThatVerifyByThemselves) {
    const Bench bench;
    const std::string bytes = bench.exported(bench.store, bench.ids);
    EXPECT_EQ(bytes, bench.exported(bench.store, {bench.ids[2], bench.ids[0], bench.ids[1]})) << "in any order";
    const AuditArchive audit = read_audit_archive(memory_window(bytes), "a.tar");
    EXPECT_EQ(audit.audit_id, audit_id(bench.plan));
    EXPECT_EQ(audit.plan, bench.plan);
    ASSERT_EQ(audit.runs.size(), 3U);
    for (std::size_t i = 0; i < 3; ++i) {
        const RunArchive run = read_run_of(audit, i, "a.tar");
        check_objects(run, "a.tar");
        EXPECT_EQ(read_all(audit.runs[i].second),
                  bytes_written([&](const auto& sink) { export_run(bench.store, run.manifest.run_id, sink); }));
    }
}

TEST(AuditArchive, ToolsOfOthersOpenItAndEachOfItsRuns) {
    const Bench bench;
    const TemporaryDirectory folder;
    write_file_atomic(folder.path() / "a.tar", bench.exported(bench.store, bench.ids));
    const auto result =
        testing::run_command({"/bin/sh", "-ec",
                              "tar xf a.tar; sha256sum -c SHA256SUMS; sha256sum audit.json\n"
                              "for run in *.run.tar; do mkdir r; tar xf $run -C r; (cd r; sha256sum -c SHA256SUMS; "
                              "echo \"$(sha256sum < manifest.json | cut -c1-64).run.tar $run\"); rm -r r; done"},
                             folder.path());
    ASSERT_EQ(result.exit, 0) << result.out << result.err;
    EXPECT_NE(result.out.find(audit_id(bench.plan) + "  audit.json"), std::string::npos) << result.out;
    for (const std::string& id : bench.ids)
        EXPECT_NE(result.out.find(id + ".run.tar " + id + ".run.tar"), std::string::npos) << result.out;
}

TEST(AuditArchive, ComesBackAsTheSameFileFromAnotherStore) {
    const Bench bench;
    const std::string bytes = bench.exported(bench.store, bench.ids);
    Store other = Store::open_or_create(bench.folder.path() / "other");
    const Imported imported = import_archive(memory_window(bytes), "a.tar", other);
    EXPECT_EQ(imported.runs, 3U);
    EXPECT_EQ(imported.fresh, 3U);
    EXPECT_EQ(imported.audit_id, audit_id(bench.plan));
    EXPECT_EQ(other.get_audit(imported.audit_id), bench.plan);
    EXPECT_EQ(bench.exported(other, bench.ids), bytes);
    EXPECT_EQ(import_archive(memory_window(bytes), "a.tar", other).fresh, 0U);
}

// Half of the runs here, half there; both files together are the whole audit.
TEST(AuditArchive, ShardsMerge) {
    const Bench bench;
    Store other = Store::open_or_create(bench.folder.path() / "other");
    for (const std::vector<std::string>& shard :
         {std::vector{bench.ids[0]}, std::vector{bench.ids[1], bench.ids[2]}, std::vector<std::string>{}}) {
        import_archive(memory_window(bench.exported(bench.store, shard)), "shard.tar", other);
    }
    EXPECT_EQ(bench.exported(other, bench.ids), bench.exported(bench.store, bench.ids));
}

// Two stores that share some runs, one copied over the other by a tool that knows nothing of stores.
TEST(AuditArchive, MergingStoresIsACopyOfFiles) {
    const Bench bench;
    Store other = Store::open_or_create(bench.folder.path() / "t");
    const std::string own = testing::make_run(other, "four");
    import_archive(memory_window(bench.exported(bench.store, {bench.ids[0]})), "shard.tar", other);
    const auto copied = testing::run_command({"/bin/sh", "-ec", "cp -rn s/obj s/audit s/run t/"}, bench.folder.path());
    ASSERT_EQ(copied.exit, 0) << copied.err;
    for (const std::string& id : bench.ids) EXPECT_EQ(other.get_run(id).record, bench.store.get_run(id).record);
    EXPECT_NO_THROW(other.get_run(own));
    EXPECT_EQ(bench.exported(other, bench.ids), bench.exported(bench.store, bench.ids));
    EXPECT_EQ(other.list_runs().size(), 4U);
}

TEST(AuditArchive, EveryDamagedByteIsRefused) {
    const Bench bench;
    const std::string good = bench.exported(bench.store, {bench.ids[0]});
    for (std::size_t i = 0; i < good.size(); ++i) {
        std::string bad = good;
        bad[i] = static_cast<char>(bad[i] ^ (1 << (i % 8)));
        EXPECT_NE(code_of([&] { read_audit_archive(memory_window(bad), "a.tar"); }), "") << "byte " << i;
    }
    for (std::size_t size = 0; size < good.size(); size += 7)
        EXPECT_NE(code_of([&] { read_audit_archive(memory_window(good.substr(0, size)), "a.tar"); }), "") << size;
}

TEST(AuditArchive, AStrangersRunIsRefused) {
    Bench bench;
    const std::string stranger = testing::make_run(bench.store, "stranger");
    const std::string bytes = bench.exported(bench.store, {bench.ids[0], stranger});
    std::string text;
    Store other = Store::open_or_create(bench.folder.path() / "other");
    EXPECT_EQ(code_of([&] { import_archive(memory_window(bytes), "a.tar", other); }, &text), "A0111");
    EXPECT_NE(text.find("its plan asks for no such run"), std::string::npos) << text;
    EXPECT_TRUE(other.list_runs().empty());
}

TEST(AuditArchive, MissingAndDamagedObjectsStopAnExport) {
    Bench bench;
    const StoredRun run = bench.store.get_run(bench.ids[1]);
    const fs::path path = bench.store.object_path(run.record.members.at("predictions.npy").sha256);
    const std::string good = read_file(path);
    for (const bool gone : {false, true}) {
        fs::remove(path);
        if (!gone) write_file_atomic(path, good.substr(0, good.size() - 1));
        std::string text;
        EXPECT_EQ(code_of([&] { bench.exported(bench.store, bench.ids); }, &text), "A0102");
        EXPECT_NE(text.find(path.filename().string()), std::string::npos) << text;
    }
}

TEST(ArchiveKind, IsToldByTheFirstMember) {
    const Bench bench;
    const std::string audit = bench.exported(bench.store, {});
    const std::string run = bytes_written([&](const auto& sink) { export_run(bench.store, bench.ids[0], sink); });
    EXPECT_EQ(archive_kind(memory_window(audit), "a"), ArchiveKind::audit);
    EXPECT_EQ(archive_kind(memory_window(run), "r"), ArchiveKind::run);
    for (const std::string& other : {std::string(), std::string("PK"), std::string(4096, 'x')})
        EXPECT_EQ(code_of([&] { archive_kind(memory_window(other), "x"); }), "A0110");
}

}  // namespace
}  // namespace assay
