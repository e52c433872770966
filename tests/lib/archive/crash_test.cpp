// Figures 4 and 5 of archive.md 12: what a power cut at any moment leaves, and what a failure of any operation does.
#include <gtest/gtest.h>

#include <optional>

#include "archive/repack.hpp"
#include "archive/store_checkpoints.hpp"
#include "archive/transfer.hpp"
#include "made_numbers.hpp"
#include "made_run.hpp"
#include "memory_files.hpp"
#include "support/test_keys.hpp"

namespace assay {
namespace {
using testing::MemoryFiles;

// What was acknowledged so far, and what may be there besides.
struct Ledger {
    std::vector<std::string> acknowledged;
    std::vector<std::string> sealed;  // of these
    bool checkpoints = false;         // one was made
};

using Scenario = std::function<void(Store&, Ledger&)>;

void ingest(Store& store, const std::string& name, Ledger& ledger, bool large_env = false) {
    ledger.acknowledged.push_back(testing::make_run(store, name, large_env));
}

// Three members, of which two are shared with the second run.
void two_runs(Store& store, Ledger& ledger) {
    ingest(store, "a", ledger, true);
    ingest(store, "b", ledger, true);
}

// An object that nobody needs goes to trash/, is deleted from there; one that a run needs again comes back.
void collection(Store& store, Ledger& ledger) {
    auto& files = dynamic_cast<MemoryFiles&>(store.files());
    constexpr std::int64_t k_two_days = std::int64_t{48} * 3600 * 1'000'000'000;
    ingest(store, "a", ledger);
    store.put_object("nobody's");
    store.put_object(testing::made_answers("b"));
    files.clock_ns += k_two_days;
    collect_garbage(store);
    ingest(store, "b", ledger);
    files.clock_ns += k_two_days;
    collect_garbage(store);
}

void import(Store& store, Ledger& ledger) {
    const auto other_files = std::make_shared<MemoryFiles>(testing::empty_disk());
    Store other = Store::open_or_create("/d/t", other_files);
    const std::string id = testing::make_run(other, "c", true);
    const std::string bytes = testing::bytes_written([&](const auto& sink) { export_run(other, id, sink); });
    import_archive(memory_window(bytes), "c.run.tar", store);
    ledger.acknowledged.push_back(id);
}

// Two signatures by one key: the second has other bytes, and a name of its own.
void sealing(Store& store, Ledger& ledger) {
    const PrivateKey key = PrivateKey::from_bytes(testing::k_test_key, "key.pem");
    const std::string id = testing::make_run(store, "a");
    ledger.acknowledged.push_back(id);
    Sealed sealed;
    seal_run(store, id, key, sealed);
    ledger.sealed.push_back(id);
    put_run_signature(store, id, signature_name_of(key.public_key().id()), sign_statement(run_seal({id, id}), key));
}

// The weights of a sibling become a difference, and everything is collected that nobody needs.
void repacking(Store& store, Ledger& ledger) {
    auto& files = dynamic_cast<MemoryFiles&>(store.files());
    std::vector<std::string> ids;
    for (int kernels = 0; kernels < 2; ++kernels) ids.push_back(testing::make_weighty_run(store, 1, kernels));
    ledger.acknowledged.insert(ledger.acknowledged.end(), ids.begin(), ids.end());
    constexpr std::int64_t k_two_days = std::int64_t{48} * 3600 * 1'000'000'000;
    files.clock_ns += k_two_days;  // a lock that a failure has left is old then
    repack(store, {.delta = true});
    files.clock_ns += k_two_days;
    collect_garbage(store);
}

// A checkpoint is acknowledged, a run comes, the next checkpoint goes on from it.
void checkpoints(Store& store, Ledger& ledger) {
    const PrivateKey key = PrivateKey::from_bytes(testing::k_test_key, "key.pem");
    for (const char* name : {"a", "b"}) {
        ingest(store, name, ledger);
        make_checkpoint(store, {}, &key);
        ledger.checkpoints = true;
    }
}

const std::vector<std::pair<const char*, Scenario>>& scenarios() {
    static const std::vector<std::pair<const char*, Scenario>> k_scenarios = {
        {"two runs", two_runs}, {"collection", collection}, {"import", import},
        {"sealing", sealing},   {"repacking", repacking},   {"checkpoints", checkpoints}};
    return k_scenarios;
}

// Every visible run and signature is whole, and every acknowledged one is visible.
void expect_sound(const std::shared_ptr<MemoryFiles>& disk, const Ledger& ledger, const std::string& where) {
    std::vector<std::string> problems;
    try {
        const Store store = Store::open("/d/s", disk);
        const StoreCheck check = check_store(store, {.deep = true});
        problems = check.problems;
        for (const std::string& id : ledger.acknowledged) store.get_run(id);
        problems.insert(problems.end(), check.mismatches.begin(), check.mismatches.end());
        if (ledger.checkpoints && check.checkpoints == 0) problems.emplace_back("the checkpoint is lost");
        for (const std::string& id : ledger.sealed) {
            if (run_signatures(store, id).empty()) problems.push_back("the seal of " + id + " is lost");
        }
    } catch (const Error& error) {
        problems.emplace_back(error.what());
    }
    ASSERT_EQ(problems, std::vector<std::string>{}) << where;
}

// All subsets of up to 10 changes; of more, the older ones all or none.
void each_subset(std::size_t changes, const std::function<void(const std::vector<bool>&)>& visit) {
    constexpr std::size_t k_free = 10;
    const std::size_t free = std::min(changes, k_free);
    for (const bool older : {false, true}) {
        for (std::size_t bits = 0; bits < (std::size_t{1} << free); ++bits) {
            std::vector<bool> survived(changes, older);
            for (std::size_t i = 0; i < free; ++i) survived[changes - 1 - i] = (bits >> i & 1) != 0;
            visit(survived);
        }
        if (changes <= k_free) return;
    }
}

class PowerCuts {
public:
    explicit PowerCuts(std::shared_ptr<MemoryFiles> files) : files_(std::move(files)) {}
    Ledger ledger;
    std::size_t states = 0, moments = 0;

    void moment(const std::string& where) {
        ++moments;
        // Names in tmp/ are nobody's; they are there in all states or in none, which halves nothing that counts.
        std::vector<std::size_t> counted;
        const auto& pending = files_->pending();
        for (std::size_t i = 0; i < pending.size(); ++i) {
            if (pending[i].folder.find("/tmp") == std::string::npos) counted.push_back(i);
        }
        each_subset(counted.size(), [&](const std::vector<bool>& chosen) {
            for (const bool torn : {false, true}) {
                std::vector<bool> survived(pending.size(), torn);
                for (std::size_t i = 0; i < counted.size(); ++i) survived[counted[i]] = chosen[i];
                ++states;
                expect_sound(std::make_shared<MemoryFiles>(files_->after_power_cut(survived, torn)), ledger, where);
            }
        });
    }

private:
    std::shared_ptr<MemoryFiles> files_;
};

TEST(PowerCut, AtAnyMomentLosesNothingAcknowledgedAndShowsNoHalfRun) {
    for (const auto& [name, scenario] : scenarios()) {
        const auto files = std::make_shared<MemoryFiles>(testing::empty_disk());
        Store store = Store::open_or_create("/d/s", files);
        PowerCuts cuts(files);
        files->on_moment = [&, where = name] {
            if (!::testing::Test::HasFailure()) cuts.moment(where);
        };
        scenario(store, cuts.ledger);
        files->on_moment = [] {};
        EXPECT_GT(cuts.moments, 20U) << name;
        RecordProperty(std::string("states of ") + name, std::to_string(cuts.states));
    }
}

// A file system that forgets its syncs must be seen to lose something, or the test above shows nothing.
struct Forgetful : MemoryFiles {
    using MemoryFiles::MemoryFiles;
    void sync_folder(const Path&) override { ++operations; }
};

TEST(PowerCut, WithoutSyncsRunsAreLost) {
    const auto files = std::make_shared<Forgetful>(testing::empty_disk());
    Store store = Store::open_or_create("/d/s", files);
    const std::string id = testing::make_run(store, "a");
    const std::vector<bool> none(files->pending().size(), false);
    const auto disk = std::make_shared<MemoryFiles>(files->after_power_cut(none, true));
    EXPECT_NE(testing::code_of([&] { Store::open("/d/s", disk).get_run(id); }), "");
}

TEST(Faults, OfAnyOperationAreSaidAndLoseNothing) {
    for (const auto& [name, scenario] : scenarios()) {
        std::size_t faults = 0;
        for (std::size_t at = 1;; ++at) {
            ASSERT_LT(at, 100'000U);
            const auto files = std::make_shared<MemoryFiles>(testing::empty_disk());
            Ledger ledger;
            {
                Store store = Store::open_or_create("/d/s", files);
                files->operations = 0;
                files->fail_at = at;
                const std::string code = testing::code_of([&] { scenario(store, ledger); });
                if (!files->failed) break;
                // What fails in a destructor is nobody's; any other failure is said, and ends the command.
                EXPECT_TRUE(code == "F0001" || code == "A0116" || code.empty()) << name << ", operation " << at << code;
                faults += code.empty() ? 0U : 1U;
                files->fail_at = 0;
            }
            expect_sound(files, ledger, std::string(name) + ", operation " + std::to_string(at));
            Ledger again;
            Store store = Store::open("/d/s", files);
            scenario(store, again);
            expect_sound(files, again, std::string(name) + ", again after operation " + std::to_string(at));
        }
        EXPECT_GT(faults, 20U) << name;
    }
}

}  // namespace
}  // namespace assay
