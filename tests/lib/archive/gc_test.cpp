#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "archive/store_check.hpp"
#include "base/file.hpp"
#include "base/random.hpp"
#include "made_run.hpp"

namespace assay {
namespace {
namespace fs = std::filesystem;
using testing::code_of;
using testing::make_run;

struct Bench {
    TemporaryDirectory folder;
    Store store = Store::open_or_create(folder.path() / "s");

    static void age(const fs::path& path) {
        fs::last_write_time(path, fs::file_time_type::clock::now() - std::chrono::hours(48));
    }
    MemberRef old_object(const std::string& bytes) {
        const MemberRef member = Store::open(store.path()).put_object(bytes);
        age(store.object_path(member.sha256));
        return member;
    }
};

TEST(Gc, TakesWhatNoRunNeedsAfterTwoGraces) {
    Bench bench;
    const std::string run = make_run(bench.store, "a", true);
    const MemberRef orphan = bench.old_object("nobody's"), young = bench.store.put_object("somebody's, soon");
    EXPECT_EQ(check_store(bench.store).unreferenced, 2U);

    GcReport report = collect_garbage(bench.store, {.dry_run = true});
    EXPECT_EQ(report.trashed, 1U);
    EXPECT_TRUE(bench.store.has_object(orphan.sha256)) << "a dry run changes nothing";

    report = collect_garbage(bench.store);
    EXPECT_EQ(report.referenced, 3U);
    EXPECT_EQ(report.trashed, 1U);
    EXPECT_EQ(report.deleted, 0U);
    EXPECT_FALSE(bench.store.has_object(orphan.sha256));
    EXPECT_EQ(bench.store.get_object(orphan), "nobody's") << "a reader looks in trash/";
    EXPECT_TRUE(bench.store.has_object(young.sha256));

    EXPECT_EQ(collect_garbage(bench.store).deleted, 0U) << "its grace in trash/ has just begun";
    Bench::age(bench.store.path() / "trash" / (orphan.sha256 + ".zst"));
    EXPECT_EQ(collect_garbage(bench.store, {.dry_run = true}).deleted, 1U) << "said, not done";
    EXPECT_EQ(collect_garbage(bench.store).deleted, 1U);
    EXPECT_EQ(code_of([&] { bench.store.get_object(orphan); }), "A0102");
    EXPECT_NO_THROW(bench.store.get_run(run));
    EXPECT_TRUE(check_store(bench.store, {.deep = true}).problems.empty());
}

TEST(Gc, PutsBackWhatARunNeedsNow) {
    Bench bench;
    const MemberRef object = bench.old_object(testing::made_answers("a"));
    collect_garbage(bench.store);
    ASSERT_FALSE(bench.store.has_object(object.sha256));
    // As after a crash between gc's renaming and its second look: the run is there, its object is in trash/ only.
    const std::string run = make_run(bench.store, "a");
    fs::remove(bench.store.object_path(object.sha256));
    ASSERT_TRUE(fs::exists(bench.store.path() / "trash" / (object.sha256 + ".zst")));
    Bench::age(bench.store.path() / "trash" / (object.sha256 + ".zst"));
    EXPECT_EQ(collect_garbage(bench.store).restored, 1U);
    EXPECT_TRUE(bench.store.has_object(object.sha256));
    EXPECT_TRUE(check_store(bench.store, {.deep = true}).problems.empty());
}

TEST(Gc, KeepsTheTableOfInputsOfAnAudit) {
    Bench bench;
    Plan plan;
    plan.name = "made";
    plan.design = "factorial";
    plan.inputs = bench.old_object("{}");
    bench.store.put_audit(plan);
    Bench::age(bench.store.object_path(plan.inputs->sha256));
    EXPECT_EQ(collect_garbage(bench.store).trashed, 0U);
    EXPECT_TRUE(bench.store.has_object(plan.inputs->sha256));
}

TEST(Gc, SweepsWhatDeadWritersLeft) {
    Bench bench;
    const fs::path dead = bench.store.path() / "tmp" / "host-1-00000000", alive = bench.store.path() / "tmp" / "host-2";
    for (const fs::path& folder : {dead, alive}) {
        make_directories(folder);
        write_file_atomic(folder / "0", "half");
    }
    write_file_atomic(bench.store.path() / "tmp" / "a_file", "half");
    for (const fs::path& path : {dead / "0", dead, alive, bench.store.path() / "tmp" / "a_file"}) Bench::age(path);
    EXPECT_EQ(collect_garbage(bench.store).swept, 2U);
    EXPECT_EQ(list_directory(bench.store.path() / "tmp"), std::vector<std::string>{"host-2"});
}

TEST(Gc, RefusesWhereItCannotKnow) {
    Bench bench;
    const std::string run = make_run(bench.store, "a");
    const MemberRef orphan = bench.old_object("nobody's");
    const fs::path path = bench.store.run_path(run);
    const std::string good = read_file(path);
    fs::remove(path);
    write_file_atomic(path, good.substr(1));
    EXPECT_EQ(code_of([&] { collect_garbage(bench.store); }), "A0116");
    EXPECT_TRUE(bench.store.has_object(orphan.sha256));
    fs::remove(path);
    write_file_atomic(path, good);
    write_file_atomic(bench.store.path() / "gc.lock", "somebody");
    EXPECT_EQ(code_of([&] { collect_garbage(bench.store); }), "A0115");
    Bench::age(bench.store.path() / "gc.lock");
    EXPECT_EQ(collect_garbage(bench.store).trashed, 1U) << "one that died is forgotten";
    EXPECT_FALSE(fs::exists(bench.store.path() / "gc.lock"));
}

// Writers that put an object and think for up to twice the grace before they commit the run, beside a gc that never
// rests: the grace is 15 ms here. What was acknowledged is whole.
TEST(Gc, RacesWithWritersAndBreaksNoRun) {
    Bench bench;
    constexpr int k_writers = 3, k_runs = 40;
    std::vector<pid_t> children;
    for (int w = 0; w < k_writers; ++w) {
        const pid_t child = ::fork();
        if (child > 0) {
            children.push_back(child);
            continue;
        }
        Random random(1, "gc.race." + std::to_string(w));
        Store store = Store::open(bench.store.path());
        for (int i = 0; i < k_runs; ++i) {
            const std::string name = std::to_string(i % 10);
            RunRecord record = testing::made_record(name);
            record.host = std::to_string(w) + "/" + std::to_string(i);
            try {
                record.members["predictions.npy"] = store.put_object(testing::made_answers(name));
                ::usleep(static_cast<useconds_t>(random.below(30'000)));
                const std::string id = store.put_run(record);
                if (i % 3 == 0) fs::remove(store.run_path(id));  // a run is deleted: its objects are free again
            } catch (const Error& error) {
                if (error.code() != "A0108" && error.code() != "A0105") ::_exit(1);  // said, not acknowledged
            }
        }
        ::_exit(0);
    }
    std::size_t trashed = 0;
    while (!children.empty()) {
        std::erase_if(children, [](pid_t child) {
            int status = 0;
            if (::waitpid(child, &status, WNOHANG) != child) return false;
            EXPECT_EQ(status, 0);
            return true;
        });
        try {
            trashed += collect_garbage(bench.store, {.grace_s = 0.015}).trashed;
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), "A0116") << error.what();  // a run was deleted under it
        }
    }
    EXPECT_GT(trashed, 0U) << "nothing was raced for";
    const StoreCheck check = check_store(bench.store, {.deep = true});
    EXPECT_GT(check.runs, 0U);
    EXPECT_EQ(check.problems, std::vector<std::string>{});
}

TEST(Check, NamesEveryDamageAndGoesOn) {
    Bench bench;
    const std::string a = make_run(bench.store, "a"), b = make_run(bench.store, "b");
    const auto object = [&](const std::string& id, const char* member) {
        return bench.store.object_path(bench.store.get_run(id).record.members.at(member).sha256);
    };
    const fs::path answers = object(a, "predictions.npy"), log = object(b, "log.txt");
    EXPECT_TRUE(check_store(bench.store).problems.empty());
    const std::string good = read_file(answers);
    fs::remove(answers);
    write_file_atomic(answers, good.substr(0, good.size() / 2));
    fs::remove(log);
    const StoreCheck check = check_store(bench.store);
    EXPECT_EQ(check.objects, 3U);
    EXPECT_EQ(check.checked, 1U);
    ASSERT_EQ(check.problems.size(), 2U);
    std::string all = check.problems[0] + "\n" + check.problems[1];
    for (const std::string& part : {answers.string() + " is damaged", "(run " + a.substr(0, 12) + ", predictions.npy)",
                                    log.string() + " is missing", std::string("log.txt and 1 more)")})
        EXPECT_NE(all.find(part), std::string::npos) << part << " in " << all;
}

TEST(Check, SharesRotateThroughAllObjects) {
    Bench bench;
    for (int i = 0; i < 20; ++i) make_run(bench.store, std::to_string(i));
    const std::size_t all = check_store(bench.store).checked;
    EXPECT_EQ(all, 21U);
    std::size_t sum = 0;
    for (std::int64_t day = 20'000; day < 20'004; ++day) {
        const std::size_t some = check_store(bench.store, {.share = 0.25, .day = day}).checked;
        EXPECT_LT(some, all);
        sum += some;
    }
    EXPECT_EQ(sum, all);
}

}  // namespace
}  // namespace assay
