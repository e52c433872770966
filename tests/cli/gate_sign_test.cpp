// assay gate --sign: the evidence goes out signed with the verdict, and what is changed afterwards shows.
#include "base/digest.hpp"
#include "program.hpp"
#include "support/test_keys.hpp"

namespace assay {
namespace {
namespace fs = std::filesystem;
using testing::Bench;
using testing::holds;
using testing::Words;

// An accepted baseline of eight runs, and the keys.
struct Signing : Bench {
    Signing() {
        write_spec("0");
        EXPECT_EQ(assay({"run", "gate.yaml", "--store", "store", "-o", "r.json"}).exit, 0);
        EXPECT_EQ(assay({"accept", "gate.yaml", "--store", "store", "--yes"}, {{"CI", ""}}).exit, 0);
        write("key.pem", testing::k_test_key);
        EXPECT_EQ(shell("openssl pkey -in key.pem -pubout -out key.pub.pem && openssl genpkey -algorithm ed25519 | "
                        "openssl pkey -pubout -out other.pub.pem")
                      .exit,
                  0);
    }
    void write_spec(const std::string& level) const {
        write("gate.yaml",
              "assay: 1\nname: t\ntrainer: synthetic\nmodel: {inputs: 200, sd_init: 0.3, effect: 1.5, level: " + level +
                  "}\nfactors: {seed: {all: 8}}\ndesign: repeat\ngate:\n  replay: identical\n"
                  "  collapsed: = 0\n  R: < 1.25\n");
    }
    testing::CommandResult gate(Words more = {}) const {
        Words words = {"gate", "gate.yaml", "--store", "store", "--sign", "key.pem"};
        words.insert(words.end(), more.begin(), more.end());
        return assay(words, {{"GITHUB_ACTIONS", ""}});
    }
    testing::CommandResult verify(const std::string& key = "key.pub.pem",
                                  const std::string& file = "assay.verdict.dsse.json") const {
        return assay({"verify", file, "--sig", "--key", key, "--store", "store"});
    }
    Json statement() const {
        const auto payload = shell(
            "python3 -c \"import base64, json; "
            "print(base64.b64decode(json.load(open('assay.verdict.dsse.json'))['payload']).decode(), end='')\"");
        return parse_json(payload.out, "payload");
    }
    std::string text(const char* file) const { return read_file(folder.path() / file); }
};

TEST(GateSign, APassAndAFailureAreSignedWithTheirEvidence) {
    const Signing bench;
    const auto passed = bench.gate();
    EXPECT_EQ(passed.exit, 0) << passed.out << passed.err;
    EXPECT_TRUE(holds(passed.err, "wrote assay.verdict.dsse.json\n")) << passed.err;
    const auto verified = bench.verify();
    EXPECT_EQ(verified.exit, 0) << verified.out << verified.err;
    EXPECT_TRUE(holds(verified.out, "assay.verdict.dsse.json is a true verdict by ")) << verified.out;
    EXPECT_TRUE(holds(verified.out, " (key.pub.pem): PASSED\n  t, ")) << verified.out;

    Json statement = bench.statement();
    EXPECT_EQ(statement.at("predicateType"), Json("https://in-toto.io/attestation/test-result/v0.1"));
    const auto& subjects = statement.at("subject").as_array();
    ASSERT_EQ(subjects.size(), 9 + 1U) << "eight runs, a replay, the baseline";
    EXPECT_EQ(subjects.back().at("name"), Json("assay.baseline.json"));
    EXPECT_EQ(subjects.back().at("digest").at("sha256"), Json(sha256_hex(bench.text("assay.baseline.json"))));
    const Json& predicate = statement.at("predicate");
    EXPECT_EQ(predicate.at("result"), Json("PASSED"));
    EXPECT_EQ(predicate.at("passedTests").as_array().size(), 3U);
    EXPECT_EQ(predicate.at("configuration").as_array()[0].at("digest").at("sha256"),
              Json(sha256_hex(bench.text("gate.yaml"))));
    EXPECT_EQ(predicate.at("assay_gate").at("rules").as_array()[2].at("limit"), Json("< 1.25"));

    bench.write_spec("1");
    ASSERT_EQ(bench.assay({"run", "gate.yaml", "--store", "store", "-o", "r.json"}).exit, 0);
    const auto failed = bench.gate({"-o", "red.dsse.json", "-o", "gate.json"});
    EXPECT_EQ(failed.exit, 1) << failed.out << failed.err;
    const auto red = bench.verify("key.pub.pem", "red.dsse.json");
    EXPECT_EQ(red.exit, 0) << "it is true that it failed: " << red.out << red.err;
    EXPECT_TRUE(holds(red.out, ": FAILED\n")) << red.out;
    EXPECT_TRUE(holds(red.out, "  not passed: R < 1.25\n")) << red.out;
}

// What more runs would decide has not passed, whoever reads only `result`.
TEST(GateSign, UndecidedIsNoPass) {
    const Bench bench;
    bench.write("key.pem", testing::k_test_key);
    bench.write("gate.yaml",
                testing::synthetic_spec("{inputs: 60}", "{all: 2}") + "design: repeat\ngate: {collapsed: = 0}\n");
    ASSERT_EQ(bench.assay({"run", "gate.yaml", "--store", "store", "-o", "r.json"}).exit, 0);
    ASSERT_EQ(bench.assay({"gate", "gate.yaml", "--store", "store", "--sign", "key.pem"}).exit, 3);
    ASSERT_EQ(bench.shell("openssl pkey -in key.pem -pubout -out key.pub.pem").exit, 0);
    const auto verified =
        bench.assay({"verify", "assay.verdict.dsse.json", "--sig", "--key", "key.pub.pem", "--store", "store"});
    EXPECT_EQ(verified.exit, 0) << verified.out << verified.err;
    EXPECT_TRUE(holds(verified.out, ": FAILED\n")) << verified.out;
    EXPECT_TRUE(holds(verified.out, "undecided")) << verified.out;
}

TEST(GateSign, WhatIsChangedAfterwardsShows) {
    const Signing bench;
    ASSERT_EQ(bench.gate().exit, 0);
    const auto other = bench.verify("other.pub.pem");
    EXPECT_EQ(other.exit, 1) << other.out;
    EXPECT_TRUE(holds(other.out, "assay.verdict.dsse.json is signed by other keys only: ")) << other.out;

    const std::string baseline = bench.text("assay.baseline.json");
    bench.write("assay.baseline.json", baseline + " ");
    const auto edited = bench.verify();
    EXPECT_EQ(edited.exit, 1) << edited.out;
    EXPECT_TRUE(holds(edited.out, "assay.baseline.json is another than the verdict was given on")) << edited.out;
    fs::remove(bench.folder.path() / "assay.baseline.json");
    const auto without = bench.verify();
    EXPECT_EQ(without.exit, 4) << without.out;
    EXPECT_TRUE(holds(without.out, "assay.baseline.json, which the signature names, is not there")) << without.out;
    bench.write("assay.baseline.json", baseline);
    EXPECT_EQ(bench.verify().exit, 0);

    // The verdict itself, edited as anyone can: decoded, changed, encoded.
    const auto forge = bench.shell(
        "python3 -c \"import base64, json; e = json.load(open('assay.verdict.dsse.json')); "
        "p = base64.b64decode(e['payload']).replace(b'PASSED', b'FAILED'); e['payload'] = "
        "base64.b64encode(p).decode(); "
        "json.dump(e, open('forged.dsse.json', 'w'))\"");
    ASSERT_EQ(forge.exit, 0) << forge.err;
    const auto forged = bench.verify("key.pub.pem", "forged.dsse.json");
    EXPECT_EQ(forged.exit, 74) << forged.out;
    EXPECT_TRUE(holds(forged.out, "forged.dsse.json was altered after it was signed, or damaged")) << forged.out;

    std::string gone;
    for (const auto& entry : fs::recursive_directory_iterator(bench.folder.path() / "store" / "run")) {
        if (!entry.is_regular_file()) continue;
        gone = entry.path().parent_path().filename().string() + entry.path().filename().string().substr(0, 10);
        fs::remove(entry.path());
        break;
    }
    const auto missing = bench.verify();
    EXPECT_EQ(missing.exit, 4) << missing.out;
    EXPECT_TRUE(holds(missing.out, "run " + gone + ", which the signature names, is not in store")) << missing.out;
}

TEST(GateSign, WrongRequests) {
    const Signing bench;
    EXPECT_EQ(bench.assay({"gate", "gate.yaml", "--store", "store", "--sign", "key.pub.pem"}).exit, 2);
    const auto no_key = bench.assay({"gate", "gate.yaml", "--store", "store", "-o", "v.dsse.json"});
    EXPECT_EQ(no_key.exit, 2);
    EXPECT_TRUE(holds(no_key.err, "a signature needs a key")) << no_key.err;
    const auto bare = [&] {
        EXPECT_EQ(bench.gate().exit, 0);
        return bench.assay({"verify", "assay.verdict.dsse.json", "--store", "store"});
    }();
    EXPECT_EQ(bare.exit, 2);
    EXPECT_TRUE(holds(bare.err, "it proves nothing without a key")) << bare.err;
    EXPECT_EQ(bench.gate({"-o", "no/v.dsse.json"}).exit, 74);
}

}  // namespace
}  // namespace assay
