#include "archive/seal.hpp"

#include <gtest/gtest.h>

#include <utility>

#include "archive/store_check.hpp"
#include "archive/transfer.hpp"
#include "base/digest.hpp"
#include "base/file.hpp"
#include "made_run.hpp"
#include "support/test_keys.hpp"

namespace assay {
namespace {
using testing::bytes_written;
using testing::code_of;
using testing::make_run;

PrivateKey own_key() { return PrivateKey::from_bytes(testing::k_test_key, "key.pem"); }
PrivateKey other_key() { return PrivateKey::from_bytes(std::string(32, 'o'), "other"); }

std::string seal_by(const PrivateKey& key, const std::vector<std::string>& runs) {
    return sign_statement(run_seal(runs), key);
}

struct Bench {
    TemporaryDirectory folder;
    Store store = Store::open_or_create(folder.path() / "s");
    std::string run = make_run(store, "a", true);

    std::string exported(const Store& from) const {
        return bytes_written([&](const auto& sink) { export_run(from, run, sink); });
    }
};

TEST(Seal, NamesAreThoseOfTheFormat) {
    for (const char* name : {"sig-0123abcd.dsse.json", "sig-0123abcd-0123456789abcdef.dsse.json", "manifest.json.sig",
                             "manifest.json-0123456789abcdef.sig"})
        EXPECT_TRUE(is_signature_name(name)) << name;
    for (const char* name : {"sig-0123abc.dsse.json", "sig-0123ABCD.dsse.json", "sig-0123abcd-.dsse.json", "sig-.json",
                             "sig-0123abcd0123456789abcdef.dsse.json", "manifest.json", "manifest.json-0123.sig",
                             "xsig-0123abcd.dsse.json", "sig-0123abcd.dsse.json.zst", ""})
        EXPECT_FALSE(is_signature_name(name)) << name;
}

TEST(Seal, AKeySealsARunOnceAndEveryOtherSignatureStaysBeside) {
    Bench bench;
    Sealed sealed;
    for (int i = 0; i < 2; ++i) seal_run(bench.store, bench.run, own_key(), sealed);
    EXPECT_EQ(sealed.runs, 2U);
    EXPECT_EQ(sealed.fresh, 1U);
    // The same key about two runs at once: other bytes under the same eight digits.
    const std::string own = signature_name_of(own_key().public_key().id());
    const std::string batch = seal_by(own_key(), {sha256_hex("another"), bench.run});
    EXPECT_TRUE(put_run_signature(bench.store, bench.run, own, batch));
    EXPECT_FALSE(put_run_signature(bench.store, bench.run, own, batch));
    for (const char* ssh : {"-----BEGIN SSH SIGNATURE-----\n1\n", "-----BEGIN SSH SIGNATURE-----\n2\n"})
        EXPECT_TRUE(put_run_signature(bench.store, bench.run, "manifest.json.sig", ssh));
    const Signatures all = run_signatures(bench.store, bench.run);
    EXPECT_EQ(all.size(), 4U);
    EXPECT_EQ(all.at(own), seal_by(own_key(), {bench.run}));
    EXPECT_EQ(all.at(own.substr(0, 12) + "-" + sha256_hex(batch).substr(0, 16) + ".dsse.json"), batch);
    EXPECT_EQ(signed_runs(bench.store), std::set<std::string>{bench.run});

    const std::string bytes = bench.exported(bench.store);
    Store elsewhere = Store::open_or_create(bench.folder.path() / "elsewhere");
    import_archive(memory_window(bytes), "r.run.tar", elsewhere);
    EXPECT_EQ(run_signatures(elsewhere, bench.run), all) << "nothing is dropped on the way";
    EXPECT_EQ(bench.exported(elsewhere), bytes);
}

TEST(Seal, InAnArchiveIsTheArchiveOfTheSealedRun) {
    Bench bench;
    Plan plan;
    plan.name = "made";
    plan.design = "factorial";
    plan.runs = {{1, {}, 0, bench.store.get_run(bench.run).record.request}};
    plan.order = {0};
    bench.store.put_audit(plan);
    const auto audit = [&] {
        return bytes_written([&](const auto& sink) { export_audit(bench.store, plan, {bench.run}, sink); });
    };
    const std::string run_before = bench.exported(bench.store), audit_before = audit();
    const auto sealed = [&](const std::string& bytes) {
        return bytes_written([&](const auto& sink) {
            const Sealed out = seal_archive(memory_window(bytes), "r.tar", own_key(), sink);
            EXPECT_EQ(out.runs, 1U);
        });
    };
    Sealed out;
    seal_run(bench.store, bench.run, own_key(), out);
    EXPECT_EQ(sealed(run_before), bench.exported(bench.store));
    EXPECT_EQ(sealed(sealed(run_before)), sealed(run_before));
    EXPECT_EQ(sealed(audit_before), audit());
    EXPECT_EQ(code_of([&] { sealed(run_before.substr(512)); }), "A0110");
}

SealCheck checked(const std::string& manifest, const Signatures& signatures, const std::vector<PublicKey>& keys) {
    SealCheck out;
    check_seals(manifest, signatures, keys, "run x", out);
    return out;
}

TEST(Seal, EachWayOfNotBeingSealedIsSaid) {
    const std::string run = sha256_hex("a run"), another = sha256_hex("another");
    const PublicKey own = own_key().public_key(), other = other_key().public_key();
    const std::string good = seal_by(own_key(), {run});
    std::string altered = good;
    const std::size_t payload = altered.find("\"payload\":\"") + 20;
    altered[payload] = altered[payload] == 'A' ? 'B' : 'A';
    struct Row {
        Signatures signatures;
        std::size_t sealed;
        const char *mismatch, *problem;  // how the one line ends; "" for none
    };
    const std::string name = "sig-01234567.dsse.json";
    const Row rows[] = {
        {{{name, good}}, 1, "", ""},
        {{{name, seal_by(own_key(), {another, run})}}, 1, "", ""},
        {{}, 0, "run x is not signed", ""},
        {{{name, seal_by(other_key(), {run})}}, 0, "run x is signed by other keys only: ", ""},
        {{{"manifest.json.sig", "-----BEGIN"}}, 0, "", "is not a readable signature: no SSH signature"},
        {{{name, seal_by(own_key(), {another})}}, 0, "of something else than this run", ""},
        {{{name, altered}}, 0, "", "altered after it was signed, or damaged"},
        {{{name, good.substr(0, 100)}}, 0, "", "is not a readable signature"},
        // A good one beside a bad one: the run is signed, and the bad one is said all the same.
        {{{name, altered}, {"sig-89abcdef.dsse.json", good}}, 1, "", "altered after it was signed, or damaged"},
        {{{name, seal_by(other_key(), {run})}, {"sig-89abcdef.dsse.json", good}}, 1, "", ""},
    };
    for (const Row& row : rows) {
        const SealCheck check = checked("a run", row.signatures, {own});
        EXPECT_EQ(check.sealed, row.sealed);
        const auto fits = [](const std::vector<std::string>& lines, const std::string& part) {
            return part.empty()
                       ? lines.empty()
                       : lines.size() == 1 && lines[0].find(part) != std::string::npos && lines[0].starts_with("run x");
        };
        EXPECT_TRUE(fits(check.mismatches, row.mismatch)) << row.mismatch << ::testing::PrintToString(check.mismatches);
        EXPECT_TRUE(fits(check.problems, row.problem)) << row.problem << ::testing::PrintToString(check.problems);
    }
    const SealCheck both =
        checked("a run", {{name, good}, {"sig-89abcdef.dsse.json", seal_by(other_key(), {run})}}, {own, other});
    EXPECT_EQ(both.signers, (std::map<std::string, std::size_t>{{own.id(), 1}, {other.id(), 1}}));
}

// A verdict is no seal, even where the run is among its subjects.
TEST(Seal, AnotherStatementAboutTheRunIsNone) {
    const std::string run = sha256_hex("a run");
    const std::string verdict =
        sign_statement(test_result_statement({"PASSED", {}, {}, {}, {}}, {{"manifest.json", run}}), own_key());
    const SealCheck check = checked("a run", {{"sig-01234567.dsse.json", verdict}}, {own_key().public_key()});
    EXPECT_EQ(check.sealed, 0U);
    EXPECT_EQ(check.mismatches.size(), 1U);
}

TEST(Seal, TheCheckOfAStoreReadsThem) {
    Bench bench;
    const CheckOptions asked = {.seals = true, .keys = {own_key().public_key()}};
    EXPECT_EQ(check_store(bench.store, asked).mismatches.size(), 1U);
    EXPECT_TRUE(check_store(bench.store).mismatches.empty()) << "nobody asked";
    Sealed sealed;
    seal_run(bench.store, bench.run, own_key(), sealed);
    EXPECT_TRUE(check_store(bench.store, asked).mismatches.empty());
    EXPECT_EQ(check_store(bench.store, asked).seals.sealed, 1U);
    put_run_signature(bench.store, bench.run, "sig-00000000.dsse.json", "{");
    for (const CheckOptions& options : {asked, CheckOptions{}})
        EXPECT_EQ(check_store(bench.store, options).problems.size(), 1U) << "one that cannot be read is damage";
    // A signature outlives its run: somebody took the run away.
    std::filesystem::remove(bench.store.run_path(bench.run));
    const StoreCheck check = check_store(bench.store);
    ASSERT_EQ(check.problems.size(), 1U);
    EXPECT_NE(check.problems[0].find("run " + bench.run.substr(0, 12) + " is missing"), std::string::npos);
}

// As ssh-keygen made them: fixtures/reference/ssh.
TEST(Seal, SignaturesOfOpenSshCount) {
    const std::string folder = ASSAY_SOURCE_DIR "/fixtures/reference/ssh/";
    const std::string manifest = read_file(folder + "manifest.json");
    const PublicKey key = PublicKey::from_bytes(read_file(folder + "key.pub"), "key.pub");
    const auto with = [&](const std::string& file, const std::string& of, const std::vector<PublicKey>& keys) {
        return checked(of, {{"manifest.json.sig", read_file(folder + file)}}, keys);
    };
    for (const char* file : {"sha512.sig", "sha256.sig"}) {
        EXPECT_EQ(with(file, manifest, {key}).signers, (std::map<std::string, std::size_t>{{key.id(), 1}})) << file;
        EXPECT_EQ(with(file, manifest + " ", {key}).problems.size(), 1U) << file;
        const SealCheck other = with(file, manifest, {own_key().public_key()});
        EXPECT_EQ(other.mismatches,
                  std::vector<std::string>{"run x is signed by other keys only: " + key.id().substr(0, 16)});
        std::string text = read_file(folder + file);
        for (std::size_t at = 30; at < text.size() - 29; ++at) {
            const char was = std::exchange(text[at], text[at] == 'A' ? 'B' : 'A');
            EXPECT_EQ(checked(manifest, {{"manifest.json.sig", text}}, {key}).sealed, 0U) << at;
            text[at] = was;
        }
    }
    const SealCheck purpose = with("other_namespace.sig", manifest, {key});
    ASSERT_EQ(purpose.mismatches.size(), 1U);
    EXPECT_NE(purpose.mismatches[0].find("but for 'file', not for 'run'"), std::string::npos) << purpose.mismatches[0];
    EXPECT_EQ(with("rsa.sig", manifest, {key}).mismatches,
              std::vector<std::string>{"run x has no signature that assay can check"});
}

TEST(Keys, AreAlsoTheirRawBytes) {
    const PublicKey made = PrivateKey::from_bytes(std::string(32, 'o'), "raw").public_key();
    EXPECT_EQ(made.id(), other_key().public_key().id());
    EXPECT_EQ(code_of([] { PrivateKey::from_bytes(std::string(31, 'o'), "raw"); }), "A0403");
    EXPECT_EQ(code_of([] { PrivateKey::from_bytes(std::string(33, 'o'), "raw"); }), "A0403");
}

}  // namespace
}  // namespace assay
