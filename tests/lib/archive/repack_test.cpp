// Smaller forms of what a store holds: nothing is lost by it, a base stays as long as it is one.
#include "archive/repack.hpp"

#include <gtest/gtest.h>

#include <cstring>

#include "archive/store_check.hpp"
#include "archive/transfer.hpp"
#include "base/file.hpp"
#include "made_numbers.hpp"
#include "made_run.hpp"

namespace assay {
namespace {
namespace fs = std::filesystem;
using testing::code_of;
using testing::made_weights;
using testing::make_weighty_run;

struct Bench {
    TemporaryDirectory folder;
    Store store = Store::open_or_create(folder.path() / "s");

    std::vector<std::string> problems() const { return check_store(store, {.deep = true}).problems; }
    MemberRef weights_of(const std::string& id) const {
        return store.get_run(id).record.members.at("weights.safetensors");
    }
    Form form_of(const std::string& id) const { return store.stored_object(weights_of(id).sha256).form; }
    std::string exported(const std::string& id) const {
        return testing::bytes_written([&](const auto& sink) { export_run(store, id, sink); });
    }
};

TEST(Repack, PlainNumbersBecomePlanesAndRunsStayTheSame) {
    Bench bench;
    const std::string id = make_weighty_run(bench.store, 1, 0);
    const MemberRef member = bench.weights_of(id);
    const fs::path planes = bench.store.object_path(member.sha256, Form::planes);
    write_file_atomic(bench.store.object_path(member.sha256), pack_plain(made_weights(1, 0)));
    fs::remove(planes);
    const std::string tar = bench.exported(id);
    const RepackReport planned = repack(bench.store, {.dry_run = true});
    EXPECT_EQ(planned.to_planes, 1U);
    EXPECT_FALSE(fs::exists(planes)) << "a dry run";
    const RepackReport report = repack(bench.store);
    EXPECT_EQ(report.to_planes, 1U);
    EXPECT_EQ(report.after_bytes, planned.after_bytes);
    EXPECT_LT(report.after_bytes, report.before_bytes);
    EXPECT_TRUE(fs::exists(planes));
    EXPECT_FALSE(fs::exists(bench.store.object_path(member.sha256)));
    EXPECT_EQ(bench.exported(id), tar);
    EXPECT_EQ(bench.problems(), std::vector<std::string>{});
    EXPECT_EQ(repack(bench.store).to_planes, 0U) << "nothing is left to do";
}

TEST(Repack, TwoFormsOfOneObjectBecomeOne) {
    Bench bench;
    const std::string id = make_weighty_run(bench.store, 1, 0);
    write_file_atomic(bench.store.object_path(bench.weights_of(id).sha256), pack_plain(made_weights(1, 0)));
    EXPECT_EQ(repack(bench.store).doubles, 1U);
    EXPECT_EQ(bench.form_of(id), Form::planes);
    EXPECT_FALSE(fs::exists(bench.store.object_path(bench.weights_of(id).sha256)));
}

TEST(Repack, SiblingsBecomeDifferencesFromOneBase) {
    Bench bench;
    std::vector<std::string> ids, tars;
    for (int kernels = 0; kernels < 4; ++kernels) ids.push_back(make_weighty_run(bench.store, 1, kernels));
    ids.push_back(make_weighty_run(bench.store, 2, 0));  // another recipe
    for (const std::string& id : ids) tars.push_back(bench.exported(id));
    const RepackReport report = repack(bench.store, {.delta = true});
    EXPECT_EQ(report.to_deltas, 3U);
    EXPECT_LT(report.after_bytes, report.before_bytes * 2 / 3);
    std::set<std::string> bases;
    std::size_t deltas = 0;
    for (std::size_t i = 0; i < ids.size(); ++i) {
        const StoredObject stored = bench.store.stored_object(bench.weights_of(ids[i]).sha256);
        if (stored.form == Form::delta) {
            ++deltas;
            bases.insert(base_of(stored));
        }
        EXPECT_EQ(bench.exported(ids[i]), tars[i]) << i;
    }
    EXPECT_EQ(deltas, 3U);
    ASSERT_EQ(bases.size(), 1U) << "no chains";
    EXPECT_EQ(bench.store.stored_object(*bases.begin()).form, Form::planes);
    EXPECT_EQ(bench.problems(), std::vector<std::string>{});
    EXPECT_EQ(repack(bench.store, {.delta = true}).to_deltas, 0U);

    const std::string later = make_weighty_run(bench.store, 1, 9);
    EXPECT_EQ(repack(bench.store, {.delta = true}).to_deltas, 1U);
    EXPECT_EQ(base_of(bench.store.stored_object(bench.weights_of(later).sha256)), *bases.begin()) << "the base stays";
    make_weighty_run(bench.store, 1, 9);
    EXPECT_EQ(bench.form_of(later), Form::delta) << "putting the same again writes nothing";
}

TEST(Repack, ABaseOutlivesItsRun) {
    Bench bench;
    std::vector<std::string> ids;
    for (int kernels = 0; kernels < 3; ++kernels) ids.push_back(make_weighty_run(bench.store, 1, kernels));
    ASSERT_EQ(repack(bench.store, {.delta = true}).to_deltas, 2U);
    const auto full =
        std::find_if(ids.begin(), ids.end(), [&](const auto& id) { return bench.form_of(id) != Form::delta; });
    ASSERT_NE(full, ids.end());
    const MemberRef base = bench.weights_of(*full);
    fs::remove(bench.store.run_path(*full));
    EXPECT_EQ(collect_garbage(bench.store, {.grace_s = -1}).trashed, 0U) << "two differences need it";
    EXPECT_EQ(collect_garbage(bench.store, {.grace_s = -1}).deleted, 0U);
    EXPECT_EQ(bench.problems(), std::vector<std::string>{});
    for (const std::string& id : ids) {
        if (id != *full) fs::remove(bench.store.run_path(id));
    }
    EXPECT_GE(collect_garbage(bench.store, {.grace_s = -1}).trashed, 3U) << "now nobody does";
    EXPECT_FALSE(fs::exists(bench.store.object_path(base.sha256, Form::planes)));
}

TEST(Repack, VerifyKnowsDifferences) {
    Bench bench;
    for (int kernels = 0; kernels < 2; ++kernels) make_weighty_run(bench.store, 1, kernels);
    ASSERT_EQ(repack(bench.store, {.delta = true}).to_deltas, 1U);
    for (const ListedObject& object : list_objects(bench.store)) {
        if (object.form == Form::plain) continue;
        const fs::path path = bench.store.object_path(object.sha256, object.form);
        const std::string good = read_file(path);
        for (const bool deep : {false, true}) {
            for (const std::size_t at : {std::size_t{3}, good.size() / 2, good.size() - 3}) {
                std::string bad = good;
                bad[at] = static_cast<char>(bad[at] ^ 4);
                fs::remove(path);
                write_file_atomic(path, bad);
                EXPECT_FALSE(check_store(bench.store, {.deep = deep}).problems.empty()) << path << " " << at;
            }
            fs::remove(path);
            EXPECT_FALSE(check_store(bench.store, {.deep = deep}).problems.empty()) << path;
        }
        write_file_atomic(path, good);
        EXPECT_EQ(bench.problems(), std::vector<std::string>{});
    }
}

// A difference whose base is gone is no object: the same content is stored whole.
TEST(Repack, ALostBaseIsHealedByTheNextWriter) {
    Bench bench;
    const std::string a = make_weighty_run(bench.store, 1, 0), b = make_weighty_run(bench.store, 1, 1);
    ASSERT_EQ(repack(bench.store, {.delta = true}).to_deltas, 1U);
    const bool a_is_base = bench.form_of(a) == Form::planes;
    fs::remove(bench.store.object_path(bench.weights_of(a_is_base ? a : b).sha256, Form::planes));
    EXPECT_EQ(code_of([&] { bench.store.get_object(bench.weights_of(a_is_base ? b : a)); }), "A0102");
    make_weighty_run(bench.store, 1, a_is_base ? 1 : 0);
    EXPECT_NO_THROW(bench.store.get_object(bench.weights_of(a_is_base ? b : a)));
    make_weighty_run(bench.store, 1, a_is_base ? 0 : 1);
    EXPECT_EQ(bench.problems(), std::vector<std::string>{});
}

TEST(Repack, GivesWayToACollection) {
    Bench bench;
    write_file_atomic(bench.store.path() / "gc.lock", "host h, process 1");
    EXPECT_EQ(code_of([&] { repack(bench.store); }), "A0115");
    EXPECT_EQ(code_of([&] { repack(bench.store, {.dry_run = true}); }), "");
}

}  // namespace
}  // namespace assay
