// assay sign and assay verify --sig, as a person uses them, and as somebody checks who has no assay.
#include <filesystem>

#include "program.hpp"
#include "support/test_keys.hpp"

namespace assay {
namespace {
namespace fs = std::filesystem;
using testing::holds;
using testing::Words;

// Five runs, a key pair by the openssl program, and somebody else's.
struct Furnished : testing::StoredBench {
    Furnished() {
        for (const char* name : {"key", "other"}) {
            const std::string key = name;
            EXPECT_EQ(shell("openssl genpkey -algorithm ed25519 -out " + key + ".pem && openssl pkey -in " + key +
                            ".pem -pubout -out " + key + ".pub.pem")
                          .exit,
                      0);
        }
    }
    testing::CommandResult sign(Words what, const std::string& key = "key.pem") const {
        what.insert(what.begin(), "sign");
        what.insert(what.end(), {"--key", key, "--store", "store"});
        return assay(what);
    }
    testing::CommandResult verify(Words what = {}, const std::string& key = "key.pub.pem") const {
        what.insert(what.begin(), "verify");
        what.insert(what.end(), {"--sig", "--key", key, "--store", "store"});
        return assay(what);
    }
    std::vector<fs::path> signatures() const {
        std::vector<fs::path> found;
        for (const auto& entry : fs::recursive_directory_iterator(folder.path() / "store" / "sig")) {
            if (entry.is_regular_file()) found.push_back(entry.path());
        }
        return found;
    }
    std::string id_of(const std::string& run) const {
        const auto shown = assay({"archive", "show", run, "--store", "store"});
        return shown.out.substr(10, 12);
    }
};

TEST(Sign, EveryRunOfAnAuditInTheStore) {
    const Furnished bench;
    const auto before = bench.verify();
    EXPECT_EQ(before.exit, 1) << before.out;
    EXPECT_TRUE(holds(before.out, "store is sound: 5 runs")) << before.out;
    EXPECT_TRUE(holds(before.out, "does not match:\n  run ")) << before.out;
    EXPECT_TRUE(holds(before.out, "  run " + bench.id_of("001") + " is not signed\n")) << before.out;
    const auto signed_all = bench.sign({"t"});
    EXPECT_EQ(signed_all.exit, 0) << signed_all.err;
    EXPECT_TRUE(holds(signed_all.out, "t: 5 runs signed by key ")) << signed_all.out;
    EXPECT_TRUE(holds(signed_all.out, ", 5 of them new\n")) << signed_all.out;
    EXPECT_TRUE(holds(bench.sign({"t"}).out, ", 0 of them new\n"));
    EXPECT_TRUE(holds(bench.assay({"archive", "show", "001", "--store", "store"}).out, "signature sig-"));
    const auto after = bench.verify();
    EXPECT_EQ(after.exit, 0) << after.out << after.err;
    EXPECT_TRUE(holds(after.out, "5 of 5 runs signed by ")) << after.out;
    EXPECT_TRUE(holds(after.out, " (key.pub.pem)\n")) << after.out;
    EXPECT_TRUE(
        holds(bench.assay({"verify", "store"}).out, "5 signatures, not verified (--sig --key key.pub.pem does)"));
    EXPECT_EQ(bench.assay({"archive", "check", "--store", "store", "--sig", "--key", "key.pub.pem"}).out, after.out);
    const Json json = parse_json(bench.verify({"--json"}).out, "verify");
    EXPECT_EQ(json.at("signers").as_object().size(), 1U);
    EXPECT_EQ(json.at("signers").as_object().begin()->second, Json(5));
}

TEST(Sign, NotSignedByOthersAlteredAndDamagedAreFourFindings) {
    const Furnished bench;
    ASSERT_EQ(bench.sign({"001"}, "other.pem").exit, 0);
    for (const char* run : {"002", "003", "004"}) ASSERT_EQ(bench.sign({run}).exit, 0);
    const auto others = bench.verify();
    EXPECT_EQ(others.exit, 1) << others.out;
    EXPECT_TRUE(holds(others.out, "run " + bench.id_of("001") + " is signed by other keys only: ")) << others.out;
    EXPECT_TRUE(holds(others.out, "run " + bench.id_of("005") + " is not signed")) << others.out;
    EXPECT_TRUE(holds(others.out, "1 signature of other keys or kinds, not verified")) << others.out;
    // With both keys only the unsigned one is left.
    const auto both = bench.verify({"--key", "other.pub.pem"});
    EXPECT_EQ(both.exit, 1);
    EXPECT_FALSE(holds(both.out, "other keys only")) << both.out;

    const auto change = [&](const std::string& run, const std::function<void(std::string&)>& edit) {
        for (const fs::path& path : bench.signatures()) {
            if (!path.filename().string().starts_with(bench.id_of(run))) continue;
            std::string text = read_file(path);
            edit(text);
            fs::permissions(path, fs::perms::owner_all);
            write_file_atomic(path, text);
        }
    };
    change("002", [](std::string& text) {
        char& c = text[text.find("payload\":\"") + 40];
        c = c == 'A' ? 'B' : 'A';
    });
    change("003", [](std::string& text) { text.resize(text.size() / 2); });
    const auto altered = bench.verify();
    EXPECT_EQ(altered.exit, 74) << altered.out;
    EXPECT_TRUE(holds(altered.out, "run " + bench.id_of("002") + ", sig-")) << altered.out;
    EXPECT_TRUE(holds(altered.out, ".dsse.json was altered after it was signed, or damaged")) << altered.out;
    EXPECT_TRUE(holds(altered.out, "run " + bench.id_of("003") + ", sig-")) << altered.out;
    EXPECT_TRUE(holds(altered.out, "is not a readable signature")) << altered.out;
    EXPECT_TRUE(holds(altered.out, "1 of 5 runs signed by")) << altered.out;
}

TEST(Sign, SignaturesTravelInArchives) {
    const Furnished bench;
    ASSERT_EQ(bench.sign({"t"}).exit, 0);
    const auto archive = [&](Words words, const std::string& store) {
        words.insert(words.begin(), "archive");
        words.insert(words.end(), {"--store", store});
        return bench.assay(words);
    };
    ASSERT_EQ(archive({"export", "t", "-o", "a.tar"}, "store").exit, 0);
    EXPECT_EQ(bench.verify({"a.tar"}).exit, 0);
    EXPECT_EQ(bench.verify({"a.tar"}, "other.pub.pem").exit, 1);
    ASSERT_EQ(archive({"import", "a.tar"}, "elsewhere").exit, 0);
    EXPECT_EQ(bench.verify({"elsewhere"}).exit, 0);
    // A second signature is put into the file, and comes in beside the first.
    const auto signed_file = bench.sign({"a.tar"}, "other.pem");
    EXPECT_EQ(signed_file.exit, 0) << signed_file.err;
    EXPECT_TRUE(holds(signed_file.out, "a.tar: 5 runs signed by key ")) << signed_file.out;
    ASSERT_EQ(archive({"import", "a.tar"}, "elsewhere").exit, 0);
    for (const char* key : {"key.pub.pem", "other.pub.pem"}) EXPECT_EQ(bench.verify({"elsewhere"}, key).exit, 0);
    ASSERT_EQ(archive({"export", "t", "-o", "b.tar"}, "elsewhere").exit, 0);
    EXPECT_EQ(read_file(bench.folder.path() / "a.tar"), read_file(bench.folder.path() / "b.tar"));
}

TEST(Sign, OneStatementApartNamesWhatIsMissing) {
    const Furnished bench;
    const auto made = bench.sign({"t", "-o", "seal.dsse.json"});
    EXPECT_EQ(made.exit, 0) << made.err;
    EXPECT_EQ(made.err, "wrote seal.dsse.json\n");
    EXPECT_FALSE(fs::exists(bench.folder.path() / "store" / "sig"));
    const auto verified = bench.verify({"seal.dsse.json"});
    EXPECT_EQ(verified.exit, 0) << verified.out << verified.err;
    EXPECT_TRUE(holds(verified.out, "seal.dsse.json is a true signature of 6 subjects by ")) << verified.out;
    const auto others = bench.verify({"seal.dsse.json"}, "other.pub.pem");
    EXPECT_EQ(others.exit, 1);
    EXPECT_TRUE(holds(others.out, "seal.dsse.json is signed by other keys only: ")) << others.out;
    const std::string gone = bench.id_of("003");
    for (const auto& entry : fs::recursive_directory_iterator(bench.folder.path() / "store" / "run")) {
        if (entry.path().filename().string().starts_with(gone.substr(2))) {
            fs::remove(entry.path());
            break;
        }
    }
    const auto missing = bench.verify({"seal.dsse.json"});
    EXPECT_EQ(missing.exit, 4) << missing.out;
    EXPECT_TRUE(holds(missing.out, "run " + gone + ", which the signature names, is not in store")) << missing.out;
    const auto store = bench.assay({"verify", "store"});
    EXPECT_EQ(store.exit, 4) << store.out;
    EXPECT_TRUE(holds(store.out, "run 003 of t (audit ")) << store.out;
}

// archive.md 8.5 as a stranger has it: tar, openssl, and a reader of JSON; no code of ours.
TEST(Sign, OpensslAndTwelveLinesOfPythonCheckIt) {
    const Furnished bench;
    ASSERT_EQ(bench.sign({"002"}).exit, 0);
    ASSERT_EQ(bench.assay({"archive", "export", "002", "-o", "r.run.tar", "--store", "store"}).exit, 0);
    bench.write("check.py",
                "import base64, glob, hashlib, json, subprocess, sys\n"
                "envelope = json.load(open(glob.glob('sig-*.dsse.json')[0]))\n"
                "payload, kind = base64.b64decode(envelope['payload']), envelope['payloadType'].encode()\n"
                "open('signed', 'wb').write(b'DSSEv1 %d %s %d %s' % (len(kind), kind, len(payload), payload))\n"
                "open('sig', 'wb').write(base64.b64decode(envelope['signatures'][0]['sig']))\n"
                "subprocess.run(['openssl', 'pkeyutl', '-verify', '-rawin', '-pubin', '-inkey', sys.argv[1], '-in',\n"
                "                'signed', '-sigfile', 'sig'], check=True)\n"
                "statement = json.loads(payload)\n"
                "run = hashlib.sha256(open('manifest.json', 'rb').read()).hexdigest()\n"
                "assert statement['_type'] == 'https://in-toto.io/Statement/v1'\n"
                "assert run in [subject['digest']['sha256'] for subject in statement['subject']]\n"
                "print('sealed', run)\n");
    const auto good = bench.shell("tar xf r.run.tar && sha256sum -c SHA256SUMS && python3 check.py key.pub.pem");
    EXPECT_EQ(good.exit, 0) << good.out << good.err;
    EXPECT_TRUE(holds(good.out, "sealed " + bench.id_of("002"))) << good.out;
    EXPECT_NE(bench.shell("python3 check.py other.pub.pem").exit, 0);
}

// A key of OpenSSH: what ssh-keygen signs of an exported manifest is kept with the run, travels, and is verified by the
// public key's line; and ssh-keygen itself verifies what came out of the archive.
TEST(Sign, SignaturesOfOpensshAreAttached) {
    const Furnished bench;
    const auto sign_with_ssh = [&](const std::string& run, const std::string& kind, const std::string& purpose) {
        return bench
            .shell("set -e; rm -f r.tar manifest.json*; [ -e " + kind + " ] || ssh-keygen -q -t " + kind +
                   " -N '' -f " + kind + "; $ASSAY archive export " + run + " -o r.tar --store store; tar xf r.tar; " +
                   "ssh-keygen -q -Y sign -f " + kind + " -n " + purpose + " manifest.json")
            .exit;
    };
    const auto attach = [&](const std::string& run) {
        return bench.assay({"sign", run, "--attach", "manifest.json.sig", "--store", "store"});
    };
    ASSERT_EQ(sign_with_ssh("002", "ed25519", "run"), 0);
    const auto other = attach("003");
    EXPECT_EQ(other.exit, 2) << other.out;
    EXPECT_TRUE(holds(
        other.err, "manifest.json.sig is no signature of run " + bench.id_of("003") + ": its key signed other bytes"))
        << other.err;
    const auto kept = attach("002");
    EXPECT_EQ(kept.exit, 0) << kept.err;
    EXPECT_TRUE(holds(kept.out, "run " + bench.id_of("002") + ": signature kept, by key ")) << kept.out;
    EXPECT_TRUE(holds(attach("002").out, "this signature is kept already"));
    const auto verified = bench.verify({}, "ed25519.pub");
    EXPECT_TRUE(holds(verified.out, "1 of 5 runs signed by ")) << verified.out;

    ASSERT_EQ(sign_with_ssh("004", "ed25519", "file"), 0);
    EXPECT_TRUE(holds(attach("004").err, "is a signature for 'file', not for 'run'"));
    ASSERT_EQ(sign_with_ssh("004", "rsa", "run"), 0);
    EXPECT_TRUE(holds(attach("004").out, "by a key that only ssh-keygen can verify: not verified"));
    EXPECT_EQ(bench.signatures().size(), 2U);

    const auto judged = bench.shell(
        "set -e; rm -f r.tar manifest.json*; $ASSAY archive export 002 -o r.tar --store store; tar xf r.tar; "
        "echo me $(cat ed25519.pub) > people; "
        "ssh-keygen -Y verify -f people -I me -n run -s manifest.json.sig < manifest.json");
    EXPECT_EQ(judged.exit, 0) << judged.out << judged.err;
    EXPECT_TRUE(holds(judged.out, "Good \"run\" signature for me")) << judged.out;
}

TEST(Sign, WrongRequests) {
    const Furnished bench;
    bench.write("encrypted.pem", testing::k_encrypted_key);
    bench.write("p256.pem", testing::k_p256_key);
    struct Row {
        Words words;
        int exit;
        const char* says;
    };
    const Row rows[] = {
        {{"sign"}, 2, "assay sign needs a run, an audit or an archive"},
        {{"sign", "t", "--store", "store"}, 2, "openssl genpkey -algorithm ed25519"},
        {{"sign", "t", "--key", "key.pem", "--key", "other.pem", "--store", "store"}, 2, "one private key"},
        {{"sign", "t", "--key", "key.pub.pem", "--store", "store"}, 2, "is not a readable private key"},
        {{"sign", "t", "--key", "encrypted.pem", "--store", "store"}, 2, "without a passphrase"},
        {{"sign", "t", "--key", "p256.pem", "--store", "store"}, 2, "is not an Ed25519 private key"},
        {{"sign", "t", "--key", "nowhere.pem", "--store", "store"}, 74, "cannot read nowhere.pem"},
        {{"sign", "u", "--key", "key.pem", "--store", "store"}, 2, "no audit is called 'u'"},
        {{"sign", "99", "--key", "key.pem", "--store", "store"}, 2, "no run 99"},
        {{"sign", "no.tar", "--key", "key.pem"}, 74, "cannot read no.tar"},
        {{"sign", "t", "--key", "key.pem", "--store", "nowhere"}, 5, "there is no audit in nowhere yet"},
        {{"sign", "t", "--key", "key.pem", "-o", "seal.txt", "--store", "store"}, 2, "end the name in .dsse.json"},
        {{"sign", "t", "--attach", "key.pem", "--store", "store"}, 2, "t is an audit"},
        {{"sign", "001", "--attach", "key.pem", "--store", "store"}, 74, "is not a readable signature"},
        {{"sign", "001", "--attach", "key.pem", "--key", "key.pem", "--store", "store"}, 2, "--attach signs nothing"},
        {{"sign", "a.tar", "--attach", "key.pem", "--store", "store"}, 2, "import it first"},
        {{"sign", "--attach", "key.pem", "--store", "store"}, 2, "--attach takes the run"},
        {{"verify", "store", "--sig"}, 2, "--sig needs the public keys of those you trust"},
        {{"verify", "store", "--sig", "--key", "key.pem"}, 2, "openssl pkey -in key.pem -pubout"},
    };
    for (const Row& row : rows) {
        const auto result = bench.assay(row.words);
        EXPECT_EQ(result.exit, row.exit) << row.says << ": " << result.out << result.err;
        EXPECT_TRUE(holds(result.err, row.says)) << row.says << ": " << result.err;
    }
    EXPECT_FALSE(fs::exists(bench.folder.path() / "store" / "sig"));
}

}  // namespace
}  // namespace assay
