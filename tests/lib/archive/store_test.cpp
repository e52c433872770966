#include "archive/store.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>

#include "archive/store_check.hpp"
#include "archive/transfer.hpp"
#include "base/digest.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/random.hpp"
#include "core/npy.hpp"
#include "lib/archive/made_tensors.hpp"
#include "lib/archive/memory_files.hpp"

namespace assay {
namespace {
namespace fs = std::filesystem;

RunRecord example(const std::string& name, int attempt = 0, RunState state = RunState::completed) {
    RunRecord record;
    record.request.trainer = Json::Object{{"kind", name}};
    record.request.params = record.request.hardware = Json::Object{};
    record.state = state;
    record.attempt = attempt;
    return record;
}

fs::path only_file_below(const fs::path& folder) {
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        if (entry.is_regular_file()) return entry.path();
    }
    return {};
}

std::string code_of(const std::function<void()>& action) {
    try {
        action();
    } catch (const Error& error) {
        EXPECT_EQ(error.exit(), Exit::unreadable) << error.what();
        return error.code();
    }
    return "";
}

void overwrite(const fs::path& path, const std::string& bytes) {
    fs::permissions(path, fs::perms::owner_all);
    write_file_atomic(path, bytes);
}

TEST(Store, ObjectsReadBackAndEqualContentIsKeptOnce) {
    const TemporaryDirectory folder;
    {
        Store store = Store::open_or_create(folder.path() / "s");
        for (const std::string& bytes : {std::string(), std::string("abc"), std::string(1 << 20, 'z')}) {
            const MemberRef a = store.put_object(bytes), b = store.put_object(bytes);
            EXPECT_EQ(a, b);
            EXPECT_EQ(a.sha256, sha256_hex(bytes));
            EXPECT_EQ(store.get_object(a), bytes);
        }
    }
    EXPECT_TRUE(list_directory(folder.path() / "s" / "tmp").empty()) << "nothing half-written stays";
}

// A run's environment and labels come again with every run: they are looked at each time, and synced once.
TEST(Store, WhatWasSyncedIsNotSyncedAgain) {
    const auto files = std::make_shared<testing::MemoryFiles>(testing::empty_disk());
    Store store = Store::open_or_create("/d/s", files);
    const auto operations_of_put = [&] {
        const std::size_t before = files->operations;
        store.put_object("labels");
        return files->operations - before;
    };
    const MemberRef member = store.put_object("labels");
    EXPECT_GT(operations_of_put(), 3U) << "somebody else might have put it, and not synced it yet";
    EXPECT_EQ(operations_of_put(), 3U) << "a look for planes, one at the object, and touch";
    files->remove(store.object_path(member.sha256));
    EXPECT_GT(operations_of_put(), 3U);
    EXPECT_EQ(store.get_object(member), "labels");
}

// However large: reading what is stored costs little beside packing it again.
TEST(Store, ALargeObjectIsReadByVerifyAndReplacedWhereItIsDamaged) {
    const TemporaryDirectory folder;
    Store store = Store::open_or_create(folder.path() / "s");
    std::string bytes(std::size_t{20} << 20, '\0');
    Random random(1, "large object");
    for (std::size_t i = 0; i + 8 <= bytes.size(); i += 8) {
        const std::uint64_t word = random.next();
        std::copy_n(reinterpret_cast<const char*>(&word), 8, bytes.begin() + static_cast<std::ptrdiff_t>(i));
    }
    RunRecord record = example("large");
    record.members["log.txt"] = store.put_object(bytes);
    store.put_run(record);
    const fs::path path = store.object_path(record.members["log.txt"].sha256);
    std::string stored = read_file(path, std::size_t{1} << 30);
    ASSERT_GT(stored.size(), std::size_t{16} << 20);
    stored[stored.size() / 2] = static_cast<char>(stored[stored.size() / 2] ^ 1);
    overwrite(path, stored);
    EXPECT_EQ(check_store(store, {}).problems.size(), 1U);
    store.put_object(bytes);
    EXPECT_TRUE(check_store(store, {}).problems.empty());
}

TEST(Store, EveryDamagedByteOfAnObjectIsNoticed) {
    const TemporaryDirectory folder;
    Store store = Store::open_or_create(folder.path() / "s");
    const std::string bytes = "the answers of a run, and some more text so that it compresses compresses compresses";
    const MemberRef member = store.put_object(bytes);
    const fs::path path = only_file_below(store.path() / "obj");
    const std::string good = read_file(path);
    for (std::size_t i = 0; i < good.size(); ++i) {
        std::string bad = good;
        bad[i] = static_cast<char>(bad[i] ^ 0x20);
        overwrite(path, bad);
        // Some header bits carry nothing; then the content must still be the true one.
        try {
            EXPECT_EQ(store.get_object(member), bytes);
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), "A0102");
        }
    }
    overwrite(path, good.substr(0, good.size() / 2));
    EXPECT_EQ(code_of([&] { store.get_object(member); }), "A0102");
    EXPECT_EQ(store.put_object(bytes), member) << "writing it again heals it";
    EXPECT_EQ(store.get_object(member), bytes);
}

std::string made_npy(const std::string& stream) {
    const std::string weights = testing::weights_f32(5000, stream, 0.1);
    return write_npy({NumericType::float32, {500, 10}, weights});
}

TEST(Store, NumbersAreKeptAsPlanesUnderTheSameName) {
    const TemporaryDirectory folder;
    Store store = Store::open_or_create(folder.path() / "s");
    const std::string bytes = made_npy("store.planes");
    const MemberRef member = store.put_object(bytes);
    EXPECT_EQ(member, (MemberRef{sha256_hex(bytes), bytes.size()}));
    const fs::path path = store.object_path(member.sha256, Form::planes);
    ASSERT_EQ(only_file_below(store.path() / "obj"), path);
    EXPECT_EQ(store.get_object(member), bytes);
    EXPECT_EQ(store.put_object(bytes), member);
    EXPECT_EQ(fs::hard_link_count(path), 2U) << "nothing was written twice";
    const std::string good = read_file(path);
    for (std::size_t i = 0; i < good.size(); i += 1009) {
        std::string bad = good;
        bad[i] = static_cast<char>(bad[i] ^ 0x20);
        overwrite(path, bad);
        EXPECT_EQ(code_of([&] { store.get_object(member); }), "A0102") << i;
    }
    EXPECT_EQ(store.put_object(bytes), member) << "writing it again heals it";
    EXPECT_EQ(read_file(path), good);
    EXPECT_EQ(store.get_object(member), bytes);
}

// What an earlier assay wrote, and what a merge of two stores leaves.
TEST(Store, ReadsNumbersInEitherFormAndExportsTheSameBytes) {
    const TemporaryDirectory folder;
    Store store = Store::open_or_create(folder.path() / "s");
    RunRecord record = example("forms");
    const std::string bytes = made_npy("store.forms");
    record.members["predictions.npy"] = store.put_object(bytes);
    const std::string id = store.put_run(record);
    const MemberRef& member = record.members.at("predictions.npy");
    const auto exported = [&] {
        std::string tar;
        export_run(store, id, [&](std::string_view piece) { tar += piece; });
        return tar;
    };
    const std::string of_planes = exported();
    write_file_atomic(store.object_path(member.sha256), pack_plain(bytes));
    EXPECT_EQ(exported(), of_planes) << "both";
    EXPECT_TRUE(check_store(store, {.deep = true}).problems.empty());
    fs::remove(store.object_path(member.sha256, Form::planes));
    EXPECT_EQ(store.get_object(member), bytes);
    EXPECT_EQ(exported(), of_planes) << "plain";
    EXPECT_TRUE(check_store(store, {.deep = true}).problems.empty());
    EXPECT_EQ(store.put_object(bytes), member);
    EXPECT_FALSE(fs::exists(store.object_path(member.sha256, Form::planes))) << "it is there already";
    Store other = Store::open_or_create(folder.path() / "t");
    EXPECT_EQ(import_archive(memory_window(of_planes), "forms", other).fresh, 1U);
    EXPECT_TRUE(fs::exists(other.object_path(member.sha256, Form::planes))) << "import packs anew";
    EXPECT_EQ(other.get_object(member), bytes);
}

TEST(Store, ADamagedManifestIsNoticed) {
    const TemporaryDirectory folder;
    Store store = Store::open_or_create(folder.path() / "s");
    const std::string id = store.put_run(example("a"));
    const fs::path path = only_file_below(store.path() / "run");
    std::string text = read_file(path);
    text[text.size() / 2] ^= 1;
    overwrite(path, text);
    EXPECT_EQ(code_of([&] { store.get_run(id); }), "A0101");
    EXPECT_EQ(code_of([&] { store.find_runs({request_id(example("a").request)}); }), "A0101");
}

TEST(Store, TheHighestAttemptSpeaksForARequest) {
    const TemporaryDirectory folder;
    Store store = Store::open_or_create(folder.path() / "s");
    store.put_run(example("a", 0, RunState::failed));
    store.put_run(example("a", 2, RunState::completed));
    store.put_run(example("a", 1, RunState::timed_out));
    store.put_run(example("b"));
    const auto runs = store.find_runs({request_id(example("a").request), request_id(example("c").request)});
    ASSERT_EQ(runs.size(), 1U);
    EXPECT_EQ(runs[0].record.attempt, 2);
    EXPECT_EQ(runs[0].record.state, RunState::completed);
}

TEST(Store, AuditsAreListedWithTheLastUsedFirst) {
    const TemporaryDirectory folder;
    Store store = Store::open_or_create(folder.path() / "s");
    std::vector<std::string> ids;
    for (const char* name : {"one", "two", "three"}) {
        Plan plan;
        plan.name = name;
        plan.design = "factorial";
        ids.push_back(store.put_audit(plan));
        ::usleep(20'000);
    }
    EXPECT_EQ(store.list_audits(), (std::vector<std::string>{ids[2], ids[1], ids[0]}));
    EXPECT_EQ(store.put_audit(store.get_audit(ids[0])), ids[0]);
    EXPECT_EQ(store.list_audits()[0], ids[0]);
}

TEST(Store, WhatIsNoStoreIsRefused) {
    const TemporaryDirectory folder;
    EXPECT_EQ(code_of([&] { Store::open(folder.path() / "missing"); }), "A0002");
    write_file_atomic(folder.path() / "file", "x");
    EXPECT_EQ(code_of([&] { Store::open_or_create(folder.path() / "file"); }), "A0001");
    make_directories(folder.path() / "other");
    const std::pair<std::string, const char*> rows[] = {
        {R"({"format":"assay-store/9"})", "A0107"},
        {R"({"format":"other"})", "A0001"},
        {"", "A0003"},
        {R"({"format":"assay-st)", "A0003"},
        {"[]", "A0003"},
    };
    for (const auto& [head, code] : rows) {
        write_file_atomic(folder.path() / "other" / "STORE", head);
        EXPECT_EQ(code_of([&] { Store::open(folder.path() / "other"); }), code) << head;
    }
    const fs::path half = folder.path() / "half";
    Store::open_or_create(half);
    fs::remove(half / "STORE");
    EXPECT_EQ(code_of([&] { Store::open(half); }), "A0002");
}

// Four processes write the same and different runs into one store at once; all of it is there and sound afterwards.
TEST(Store, ManyProcessesMayWriteAtOnce) {
    const TemporaryDirectory folder;
    constexpr int k_processes = 4, k_runs = 25;
    for (int p = 0; p < k_processes; ++p) {
        if (::fork() != 0) continue;
        Store store = Store::open_or_create(folder.path() / "s");
        for (int i = 0; i < k_runs; ++i) {
            RunRecord record = example("run" + std::to_string(i));
            record.members["predictions.npy"] = store.put_object("answers " + std::to_string(i));
            record.host = i % 2 == 0 ? "same" : "host" + std::to_string(p);
            store.put_run(record);
        }
        ::_exit(0);
    }
    for (int p = 0; p < k_processes; ++p) {
        int status = 0;
        ::wait(&status);
        EXPECT_EQ(status, 0);
    }
    const Store store = Store::open(folder.path() / "s");
    std::set<std::string> wanted;
    for (int i = 0; i < k_runs; ++i) wanted.insert(request_id(example("run" + std::to_string(i)).request));
    const auto runs = store.find_runs(wanted);
    EXPECT_EQ(runs.size(), static_cast<std::size_t>(k_runs));
    for (const StoredRun& run : runs) EXPECT_NO_THROW(store.get_object(run.record.members.at("predictions.npy")));
}

}  // namespace
}  // namespace assay
