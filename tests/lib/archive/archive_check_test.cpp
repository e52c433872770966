#include "archive/archive_check.hpp"

#include <gtest/gtest.h>

#include "archive/audit_archive.hpp"
#include "archive/packed.hpp"
#include "archive/transfer.hpp"
#include "base/digest.hpp"
#include "base/file.hpp"
#include "core/safetensors.hpp"
#include "made_run.hpp"
#include "made_tensors.hpp"

namespace assay {
namespace {
namespace fs = std::filesystem;
using testing::bytes_written;
using testing::code_of;
using testing::make_run;

// An audit of three runs of which the store has two, and a run of no audit.
struct Bench {
    TemporaryDirectory folder;
    Store store = Store::open_or_create(folder.path() / "s");
    Plan plan;
    std::vector<std::string> ids;

    Bench() {
        plan.name = "made";
        plan.design = "factorial";
        for (const char* name : {"one", "two", "three"}) {
            PlannedRun run;
            run.number = static_cast<int>(plan.runs.size()) + 1;
            run.request = testing::made_record(name).request;
            plan.order.push_back(run.number - 1);
            plan.runs.push_back(std::move(run));
        }
        for (const char* name : {"one", "two"}) ids.push_back(make_run(store, name));
        store.put_audit(plan);
    }
    std::string audit() const {
        return bytes_written([&](const auto& sink) { export_audit(store, plan, ids, sink); });
    }
    std::string run() const {
        return bytes_written([&](const auto& sink) { export_run(store, ids[0], sink); });
    }
};

std::string flipped(std::string bytes, std::size_t at) {
    bytes[at] = static_cast<char>(bytes[at] ^ 1);
    return bytes;
}

std::size_t data_of(const std::string& tar, const std::string& member, std::size_t from = 0) {
    const std::size_t header = tar.find(member + std::string(100 - member.size(), '\0'), from);
    EXPECT_NE(header, std::string::npos) << member;
    return header + 512;
}

StoreCheck check(const std::string& bytes, bool deep = false) {
    return check_archive(memory_window(bytes), "x.tar", {.deep = deep});
}

TEST(ArchiveCheck, OfWholeOnesFindsNothing) {
    const Bench bench;
    for (const bool deep : {false, true}) {
        const StoreCheck run = check(bench.run(), deep), audit = check(bench.audit(), deep);
        EXPECT_EQ(run.problems, std::vector<std::string>{});
        EXPECT_EQ(run.runs, 1U);
        EXPECT_EQ(run.checked, 2U);
        EXPECT_TRUE(run.missing.empty());
        EXPECT_EQ(audit.problems, std::vector<std::string>{});
        EXPECT_EQ(audit.runs, 2U);
        EXPECT_EQ(audit.audits, 1U);
        EXPECT_EQ(audit.checked, 4U);
    }
}

TEST(ArchiveCheck, NamesThePlannedRunsThatAreNotThere) {
    const Bench bench;
    const std::vector<std::string> expected = {"run 003 of made (audit " + audit_id(bench.plan).substr(0, 12) + ")"};
    EXPECT_EQ(check(bench.audit()).missing, expected);
    EXPECT_EQ(check_store(bench.store).missing, expected);
    Bench whole;
    make_run(whole.store, "three");
    EXPECT_TRUE(check_store(whole.store).missing.empty());
}

TEST(ArchiveCheck, GoesOnAfterAFinding) {
    const Bench bench;
    std::string bad = bench.run();
    bad = flipped(bad, data_of(bad, "log.txt.zst") + 30);
    bad = flipped(bad, data_of(bad, "predictions.npy.zst") + 30);
    const StoreCheck run = check(bad);
    ASSERT_EQ(run.problems.size(), 2U) << ::testing::PrintToString(run.problems);
    EXPECT_EQ(run.problems[0], "x.tar is damaged: member log.txt.zst and its line in SHA256SUMS do not match");
    EXPECT_EQ(run.problems[1], "x.tar is damaged: member predictions.npy.zst and its line in SHA256SUMS do not match");

    bad = bench.audit();
    const std::size_t second = bad.find(".run.tar", bad.find(".run.tar") + 100);
    bad = flipped(bad, data_of(bad, "log.txt.zst") + 30);
    bad = flipped(bad, data_of(bad, "log.txt.zst", second) + 30);
    const StoreCheck audit = check(bad);
    ASSERT_EQ(audit.problems.size(), 2U) << ::testing::PrintToString(audit.problems);
    for (const std::string& problem : audit.problems) {
        EXPECT_TRUE(problem.starts_with("x.tar, ")) << problem;
        EXPECT_NE(problem.find(".run.tar is damaged: member log.txt.zst"), std::string::npos) << problem;
    }
    EXPECT_EQ(audit.runs, 2U) << "their manifests are whole";
    EXPECT_EQ(audit.checked, 2U);

    bad = flipped(bench.audit(), 512 + 3);  // the plan: its runs are looked at all the same
    EXPECT_GE(check(bad).problems.size(), 1U);
    EXPECT_EQ(check(bad).runs, 2U);
}

// Sums that fit say nothing about an object: without --deep its frames are read, with it its content.
TEST(ArchiveCheck, LooksIntoObjects) {
    const Bench bench;
    const std::string good = bench.run();
    const auto with_log = [&](const std::string& stored) {
        std::vector<std::pair<std::string, std::string>> sums;
        return bytes_written([&](const auto& sink) {
            TarWriter tar(sink);
            for (const TarMember& member : read_tar(memory_window(good), "r")) {
                std::string data = good.substr(member.offset, member.size_bytes);
                if (member.name == "log.txt.zst") data = stored;
                if (member.name == "SHA256SUMS") data = sums_text(sums);
                tar.add(member.name, std::string_view(data));
                sums.emplace_back(member.name, sha256_hex(data));
            }
            tar.finish();
        });
    };
    EXPECT_EQ(check(with_log("no frames")).problems.size(), 1U);
    const std::string lie = with_log(pack_plain("a lOg\n"));
    EXPECT_TRUE(check(lie).problems.empty()) << "its content is not asked for";
    ASSERT_EQ(check(lie, true).problems.size(), 1U);
    EXPECT_NE(check(lie, true).problems[0].find("member log.txt.zst"), std::string::npos);
}

TEST(ArchiveCheck, EveryTruncationIsAFinding) {
    const Bench bench;
    for (const std::string& good : {bench.run(), bench.audit()}) {
        for (std::size_t size = 0; size < good.size(); size += 97) {
            std::size_t findings = 0;
            const std::string code = code_of([&] { findings = check(good.substr(0, size)).problems.size(); });
            EXPECT_TRUE(findings > 0 || code == "A0110") << size;
        }
    }
}

TEST(ArchiveCheck, AnObjectThatIsOnlyInTrashIsMissing) {
    const Bench bench;
    const fs::path object =
        bench.store.object_path(bench.store.get_run(bench.ids[0]).record.members.at("predictions.npy").sha256);
    fs::create_directories(bench.store.path() / "trash");
    const std::string digest = object.parent_path().filename().string() + object.stem().string();
    fs::rename(object, bench.store.path() / "trash" / (digest + ".zst"));
    const StoreCheck found = check_store(bench.store);
    ASSERT_EQ(found.problems.size(), 1U);
    EXPECT_NE(found.problems[0].find("is missing; a copy lies in trash/"), std::string::npos) << found.problems[0];
}

// What is exported can be imported: at the limit of members it goes both ways, above it not even out.
TEST(ArchiveCheck, WhatNoReaderTakesIsNotWritten) {
    Bench bench;
    const auto run_of = [&](std::size_t members) {
        RunRecord record = testing::made_record("many" + std::to_string(members));
        const MemberRef object = bench.store.put_object("one for all");
        for (std::size_t i = 0; i < members; ++i) record.members["m" + std::to_string(i)] = object;
        return bench.store.put_run(record);
    };
    const auto exported = [&](const std::string& id) {
        return bytes_written([&](const auto& sink) { export_run(bench.store, id, sink); });
    };
    Store other = Store::open_or_create(bench.folder.path() / "other");
    const std::string id = run_of(4094);
    import_archive(memory_window(exported(id)), "r.run.tar", other);
    EXPECT_EQ(other.list_runs(), std::vector<std::string>{id});
    put_run_signature(bench.store, id, "sig-01234567.dsse.json", "{}");
    EXPECT_EQ(code_of([&] { exported(id); }), "A0112");
    const std::string more = run_of(4095);
    EXPECT_EQ(code_of([&] { exported(more); }), "A0112");
}

// A manifest is whole, and so are the weights that it names; only its table speaks of others.
TEST(ArchiveCheck, ATableOfOtherTensorsIsFoundWhereTheContentIsRead) {
    const TemporaryDirectory folder;
    Store store = Store::open_or_create(folder.path() / "s");
    const std::string values = testing::weights_f32(4096, "table", 0.05);
    const std::string file = write_safetensors({{"w", "F32", {64, 64}, values}});
    const auto stored = [&](const std::string& name, std::vector<TensorDigest> table, const std::string& content) {
        RunRecord record = testing::made_record(name);
        record.weights = std::move(table);
        record.members["weights.safetensors"] = store.put_object(content);
        return store.put_run(record);
    };
    const auto problems = [&](const std::string& id, bool deep) {
        StoreCheck check = check_store(store, {.deep = deep});
        const std::string tar = bytes_written([&](const auto& sink) { export_run(store, id, sink); });
        const StoreCheck packed = check_archive(memory_window(tar), "r.run.tar", {.deep = deep});
        EXPECT_EQ(check.problems.size(), packed.problems.size());
        check.problems.insert(check.problems.end(), packed.problems.begin(), packed.problems.end());
        return check.problems;
    };
    const std::string honest = stored("honest", read_safetensors(file), file);
    EXPECT_TRUE(problems(honest, true).empty());
    std::vector<TensorDigest> other = read_safetensors(file);
    other.front().sha256 = std::string(64, 'c');
    const std::string forged = stored("forged", other, file);
    EXPECT_TRUE(problems(forged, false).empty()) << "nothing is unpacked";
    for (const std::string& line : problems(forged, true))
        EXPECT_NE(line.find("its tensors are not those of the table"), std::string::npos) << line;
    EXPECT_EQ(problems(forged, true).size(), 2U);
}

TEST(ArchiveCheck, ATableOfWhatIsNoFileOfTensorsIsFound) {
    const TemporaryDirectory folder;
    Store store = Store::open_or_create(folder.path() / "s");
    RunRecord record = testing::made_record("none");
    record.members["weights.safetensors"] = store.put_object("no tensors at all");
    store.put_run(record);
    const StoreCheck check = check_store(store, {.deep = true});
    ASSERT_EQ(check.problems.size(), 1U);
    EXPECT_NE(check.problems[0].find("not a readable safetensors file"), std::string::npos) << check.problems[0];
}

}  // namespace
}  // namespace assay
