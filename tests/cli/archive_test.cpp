// assay archive and assay verify, as a person uses them.
#include <filesystem>

#include "program.hpp"

namespace assay {
namespace {
namespace fs = std::filesystem;
using testing::Bench;
using testing::holds;
using testing::Words;

struct Furnished : testing::StoredBench {
    testing::CommandResult archive(Words words, const std::string& store = "store") const {
        words.insert(words.begin(), "archive");
        words.insert(words.end(), {"--store", store});
        return assay(words);
    }
    fs::path some_object() const {
        for (const auto& entry : fs::recursive_directory_iterator(folder.path() / "store" / "obj")) {
            if (entry.is_regular_file()) return entry.path();
        }
        return {};
    }
};

TEST(Archive, AnAuditGoesElsewhereAndReportsTheSameThere) {
    const Furnished bench;
    ASSERT_EQ(bench.archive({"export", "t", "-o", "a.tar"}).exit, 0);
    const auto imported = bench.archive({"import", "a.tar"}, "other");
    ASSERT_EQ(imported.exit, 0) << imported.err;
    EXPECT_TRUE(holds(imported.err, "a.tar: 5 runs, 5 new; audit ")) << imported.err;
    EXPECT_EQ(testing::without_context(bench.assay({"report", "--json", "--store", "other"}).out),
              testing::without_context(bench.assay({"report", "--json", "--store", "store"}).out));
    ASSERT_EQ(bench.archive({"export", "t", "-o", "b.tar"}, "other").exit, 0);
    EXPECT_EQ(read_file(bench.folder.path() / "a.tar"), read_file(bench.folder.path() / "b.tar"));
    EXPECT_TRUE(holds(bench.archive({"import", "a.tar"}, "other").err, "5 runs, 0 new"));
    EXPECT_EQ(bench.assay({"run", "spec.yaml", "--store", "other", "--limit", "1"}).exit, 0)
        << "nothing is left to run";
}

TEST(Archive, ARunIsAFileNamedByItsId) {
    const Furnished bench;
    ASSERT_EQ(bench.archive({"export", "002"}).exit, 0);
    std::string name;
    for (const std::string& file : list_directory(bench.folder.path())) {
        if (file.ends_with(".run.tar")) name = file;
    }
    ASSERT_EQ(name.size(), 12 + 8U) << name;
    const auto shown = bench.archive({"show", name.substr(0, 12)});
    EXPECT_EQ(shown.exit, 0) << shown.err;
    EXPECT_EQ(shown.out, bench.archive({"show", "002"}).out) << "by its id as by its number";
    EXPECT_TRUE(holds(shown.out, "predictions.npy")) << shown.out;
    EXPECT_TRUE(holds(bench.archive({"ls"}).out, name.substr(0, 12)));
    const auto verified = bench.assay({"verify", name, "--deep"});
    EXPECT_EQ(verified.exit, 0) << verified.out;
    EXPECT_TRUE(holds(verified.out, name + " is sound: 1 run, 2 of 2 objects read")) << verified.out;
    EXPECT_EQ(parse_json(bench.archive({"show", "002", "--json"}).out, "show").at("format"), Json("assay-run/1"));
}

TEST(Archive, AnAuditWithMissingRunsIsExportedAndSaysSo) {
    const Bench bench;
    bench.write("spec.yaml", testing::synthetic_spec());
    ASSERT_EQ(bench.assay({"run", "spec.yaml", "--limit", "2", "-j1"}).exit, 75);
    const auto result = bench.assay({"archive", "export", "t"});
    EXPECT_EQ(result.exit, 4) << result.err;
    EXPECT_EQ(result.err, "wrote t.audit.tar: 2 runs; 3 of its plan are missing\n");
    const auto verified = bench.assay({"verify", "t.audit.tar"});
    EXPECT_EQ(verified.exit, 4) << "sound, and not all that its plan names";
    EXPECT_TRUE(holds(verified.out, "t.audit.tar is sound: 2 runs, 1 audit")) << verified.out;
    EXPECT_TRUE(holds(verified.out, "incomplete, 3 missing:\n  run 00")) << verified.out;
}

TEST(Verify, NamesWhatIsDamaged) {
    const Furnished bench;
    ASSERT_EQ(bench.archive({"export", "t", "-o", "a.tar"}).exit, 0);
    const std::string good = read_file(bench.folder.path() / "a.tar");
    // In the middle of the first object of the second run in the file.
    std::size_t at = good.find("labels.npy.zst", good.find(".run.tar", good.find(".run.tar") + 1)) + 512 + 40;
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 1);
    bench.write("bad.tar", bad);
    const auto verified = bench.assay({"verify", "bad.tar"});
    EXPECT_EQ(verified.exit, 74);
    EXPECT_TRUE(holds(verified.out, "member labels.npy.zst and its line in SHA256SUMS do not match")) << verified.out;
    EXPECT_TRUE(holds(verified.out, "bad.tar, ")) << verified.out;
    EXPECT_EQ(bench.archive({"import", "bad.tar"}, "fresh").exit, 74);
    EXPECT_EQ(bench.assay({"verify", "fresh"}).exit, 0);

    const fs::path object = bench.some_object();
    fs::remove(object);
    const auto store = bench.assay({"verify", "store"});
    EXPECT_EQ(store.exit, 74);
    EXPECT_TRUE(holds(store.out, object.filename().string() + " is missing (run ")) << store.out;
    EXPECT_EQ(bench.archive({"check"}).out, store.out);
    EXPECT_EQ(bench.archive({"export", "t", "-o", "none.tar"}).exit, 74);
    EXPECT_FALSE(fs::exists(bench.folder.path() / "none.tar"));
    ASSERT_EQ(bench.archive({"import", "a.tar"}).exit, 0) << "what is missing comes back";
    EXPECT_EQ(bench.assay({"verify", "store", "--deep"}).exit, 0);
}

// Read by Python's standard library, and by nothing of ours.
constexpr const char* k_reader = R"sh(python3 -c '
import hashlib, json
b = open("w.safetensors", "rb").read()
n = int.from_bytes(b[:8], "little")
h = json.loads(b[8:8 + n])
for k in sorted(h):
    if k != "__metadata__":
        i, j = h[k]["data_offsets"]
        print(k, h[k]["dtype"], h[k]["shape"], hashlib.sha256(b[8 + n + i:8 + n + j]).hexdigest())')sh";

TEST(Archive, WeightsGoOutToTheBit) {
    const Bench bench;
    bench.write("train.sh", testing::k_foreign_trainer);
    const fs::path made = fs::path(ASSAY_SOURCE_DIR) / "fixtures/reference/weights";
    for (const std::string name : {"model.safetensors", "stored.npz", "deflated.npz"}) {
        const std::string kept = "weights" + fs::path(name).extension().string();
        bench.write("spec.yaml", testing::shell_spec("cp " + (made / name).string() + " $$ASSAY_OUT/" + kept +
                                                     "; exec sh train.sh"));
        ASSERT_EQ(bench.assay({"run", "spec.yaml", "--store", name}).exit, 0);
        ASSERT_EQ(bench.assay({"archive", "export", "002", "--safetensors", "w.safetensors", "--store", name}).exit, 0);
        const Json run = parse_json(bench.assay({"archive", "show", "002", "--json", "--store", name}).out, "show");
        std::string expected;
        for (const Json& row : run.at("tensors").at("weights").as_array()) {
            std::string shape = canonical_json(row.as_array()[2]);
            for (std::size_t at = 0; (at = shape.find(',', at)) != std::string::npos; ++at) shape.insert(at + 1, " ");
            expected += row.as_array()[0].as_string() + " " + row.as_array()[1].as_string() + " " + shape + " " +
                        row.as_array()[3].as_string() + "\n";
        }
        const auto read = bench.shell(k_reader);
        EXPECT_EQ(read.out, expected) << read.err;
        EXPECT_NE(expected, "");
        if (kept == "weights.safetensors") {
            EXPECT_EQ(read_file(bench.folder.path() / "w.safetensors"), read_file(made / name));
        }
        EXPECT_EQ(bench.assay({"archive", "export", "t", "--safetensors", "w", "--store", name}).exit, 2);
    }
}

TEST(Archive, WeightsThatWereNotKeptAreNotExported) {
    const Bench bench;
    bench.write("train.sh", testing::k_foreign_trainer);
    const std::string model = ASSAY_SOURCE_DIR "/fixtures/reference/weights/stored.npz";
    bench.write("spec.yaml", testing::shell_spec("cp " + model + " $$ASSAY_OUT/weights.npz; exec sh train.sh",
                                                 "{seed: {init: 2}}", "  keep_weights: false\n"));
    ASSERT_EQ(bench.assay({"run", "spec.yaml", "--store", "store"}).exit, 0);
    const auto refused = bench.assay({"archive", "export", "001", "--safetensors", "w", "--store", "store"});
    EXPECT_EQ(refused.exit, 2);
    EXPECT_TRUE(holds(refused.err, "only their digests")) << refused.err;
    EXPECT_FALSE(fs::exists(bench.folder.path() / "w"));
}

TEST(Archive, ExitCodes) {
    const Furnished bench;
    bench.write("no.tar", "PK");
    struct Row {
        Words words;
        int exit;
        std::string says;
    };
    const Row rows[] = {
        {{"archive", "exprt"}, 2, "did you mean 'assay archive export'?"},
        {{"archive", "export"}, 2, "assay archive export needs a run or an audit"},
        {{"archive", "show", "t", "u", "--store", "store"}, 2, "too many arguments: 'u'"},
        {{"archive", "show", "nobody", "--store", "store"}, 2, "no audit is called 'nobody'"},
        {{"archive", "show", "99", "--store", "store"}, 2, "t has 5 runs, no run 99"},
        {{"archive", "import", "no.tar"}, 74, "expected a tar that begins with manifest.json"},
        {{"archive", "import", "nowhere.tar"}, 74, "cannot read nowhere.tar: No such file"},
        {{"archive", "ls", "--store", "nowhere"}, 5, "there is no audit in nowhere yet"},
        {{"archive", "gc", "--grace", "soon", "--store", "store"}, 2, "write 90s, 20m or 1h30m"},
        {{"archive", "ls", "--dry-run", "--store", "store"}, 2, "assay archive ls takes no --dry-run"},
        {{"archive", "export", "t", "--deep", "--store", "store"}, 2, "assay archive export takes no --deep"},
        {{"archive", "import", "a.tar", "-o", "x.json"}, 2, "assay archive import takes no -o"},
        {{"archive", "gc", "--key", "k", "--store", "store"}, 2, "assay archive gc takes no --key"},
        {{"verify", "--sample", "0"}, 2, "--sample takes more than 0"},
        {{"verify", "no.tar", "--sample", "5"}, 2, "--sample is for a store"},
        {{"verify", "nowhere.tar"}, 74, "cannot read nowhere.tar"},
        {{"verify", "--store", "nowhere"}, 5, "there is no audit in nowhere yet"},
        {{"verify", "."}, 74, "no store at ."},
    };
    for (const Row& row : rows) {
        const auto result = bench.assay(row.words);
        EXPECT_EQ(result.exit, row.exit) << result.out << result.err;
        EXPECT_TRUE(holds(result.err, row.says)) << row.says << ": " << result.err;
    }
}

TEST(Archive, RepackSaysWhatItDid) {
    const Bench bench;
    bench.write("spec.yaml", testing::synthetic_spec("{inputs: 2000}"));
    ASSERT_EQ(bench.assay({"run", "spec.yaml", "--store", "store"}).exit, 0);
    const auto planned = bench.assay({"archive", "repack", "--delta", "--dry-run", "--store", "store"});
    EXPECT_EQ(planned.exit, 0) << planned.err;
    EXPECT_TRUE(holds(planned.out, " of numbers would become planes, 0 differences; ")) << planned.out;
    const auto done = bench.assay({"archive", "repack", "--json", "--store", "store"});
    EXPECT_EQ(done.exit, 0) << done.err;
    const Json report = parse_json(done.out, "repack");
    EXPECT_EQ(report.at("schema"), Json("assay/repack/1"));
    EXPECT_EQ(report.at("to_planes"), Json(0)) << "runs are stored as planes from the first";
    EXPECT_EQ(report.at("before_bytes"), report.at("after_bytes"));
    EXPECT_EQ(bench.assay({"verify", "store", "--deep"}).exit, 0);
    EXPECT_EQ(bench.assay({"archive", "repack", "twice", "--store", "store"}).exit, 2);
}

TEST(Archive, ExportAndImportAsJsonAndWithoutDoingIt) {
    const Furnished bench;
    const auto dry = bench.archive({"export", "t", "--dry-run", "--json", "-o", "a.tar"});
    ASSERT_EQ(dry.exit, 0) << dry.err;
    EXPECT_TRUE(holds(dry.err, "would write a.tar: 5 runs, ")) << dry.err;
    EXPECT_FALSE(fs::exists(bench.folder.path() / "a.tar"));
    const Json planned = parse_json(dry.out, "export");
    const auto real = bench.archive({"export", "t", "--json", "-o", "a.tar"});
    ASSERT_EQ(real.exit, 0);
    const Json made = parse_json(real.out, "export");
    EXPECT_EQ(made.at("bytes"), planned.at("bytes"));
    EXPECT_EQ(made.at("bytes").as_integer(), static_cast<std::int64_t>(fs::file_size(bench.folder.path() / "a.tar")));
    EXPECT_EQ(made.at("runs"), Json(5));

    const auto look = bench.archive({"import", "a.tar", "--dry-run", "--json"}, "other");
    ASSERT_EQ(look.exit, 0) << look.err;
    EXPECT_TRUE(holds(look.err, "a.tar: 5 runs, 5 would be new; audit ")) << look.err;
    EXPECT_FALSE(fs::exists(bench.folder.path() / "other"));
    EXPECT_EQ(parse_json(look.out, "import").at("files").as_array()[0].at("fresh"), Json(5));
    ASSERT_EQ(bench.archive({"import", "a.tar"}, "other").exit, 0);
    const auto again = bench.archive({"import", "a.tar", "--json"}, "other");
    EXPECT_EQ(parse_json(again.out, "import").at("files").as_array()[0].at("fresh"), Json(0));
    std::string bad = read_file(bench.folder.path() / "a.tar");
    bad[bad.size() / 2] = static_cast<char>(bad[bad.size() / 2] ^ 1);
    bench.write("bad.tar", bad);
    EXPECT_EQ(bench.archive({"import", "bad.tar", "--dry-run"}, "none").exit, 74) << "it looks at everything";
}

TEST(Archive, GcSaysWhatItWouldTakeAndTakesNothingYoung) {
    const Furnished bench;
    EXPECT_EQ(bench.archive({"gc", "--dry-run"}).out,
              "5 objects needed; 0 objects (0 B) would go to trash/; 0 (0 B) would be deleted\nfrom there\n")
        << bench.assay({"verify", "store"}).out;
    EXPECT_EQ(bench.archive({"gc", "--grace", "0s"}).exit, 0);
    EXPECT_EQ(bench.assay({"verify", "store", "--deep"}).exit, 0);
}

}  // namespace
}  // namespace assay
