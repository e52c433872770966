// What a trainer may leave in its folder, and what becomes of it.
#include "trainer/results.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "base/digest.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "core/npy.hpp"
#include "core/safetensors.hpp"

namespace assay {
namespace {
namespace fs = std::filesystem;

const fs::path k_answers = ASSAY_SOURCE_DIR "/fixtures/reference/answers";
const fs::path k_weights = ASSAY_SOURCE_DIR "/fixtures/reference/weights";

// A file of the folder: its text, or a copy of a fixture.
struct Left {
    std::string name, text;
    fs::path copy = {};
};

struct Folder {
    TemporaryDirectory made;

    explicit Folder(const std::vector<Left>& files) {
        for (const Left& file : files) {
            fs::create_directories((made.path() / file.name).parent_path());
            if (file.copy.empty()) {
                std::ofstream(made.path() / file.name, std::ios::binary) << file.text;
            } else {
                fs::copy_file(file.copy, made.path() / file.name);
            }
        }
    }
    TrainerResults read(const ResultNames& names = {}, const Expected& expected = {}) const {
        TrainerInput input;
        input.run_id = "013";
        input.out = made.path();
        input.request.hardware = Json::Object{};
        return read_results(input, names, expected, false);
    }
};

const std::string k_csv = "0.25,0.75\n1,0\n0.5,0.5\n";
const std::string k_csv_ids = "id,a,b\nx,0.25,0.75\ny,1,0\nz,0.5,0.5\n";

std::string reason_of(const std::vector<Left>& files, const ResultNames& names = {}, const Expected& expected = {}) {
    return Folder(files).read(names, expected).reason;
}

TEST(Results, TheSameProbabilitiesArriveFromEveryFile) {
    std::map<std::string, std::string> kept;  // by dtype
    for (const std::string& name : list_directory(k_answers)) {
        if (!name.starts_with("table")) continue;
        const std::string ending = name.substr(name.rfind('.'));
        const TrainerResults results = Folder({{"predictions" + ending, "", k_answers / name}}).read();
        ASSERT_EQ(results.reason, "") << name;
        EXPECT_EQ(results.shape, (Shape{4, 3})) << name;
        const std::string& bytes = results.files.at("predictions.npy");
        const auto [it, fresh] = kept.emplace(read_npy_header(bytes).descr, bytes);
        EXPECT_EQ(it->second, bytes) << name << ": one dtype, one file";
        EXPECT_EQ(results.files.contains("ids.txt"), name == "table_ids.csv");
    }
    EXPECT_EQ(kept.size(), 2U) << "float32 and float64";
    EXPECT_EQ(kept.at("<f4"), read_file(k_answers / "table_f4.npy")) << "what numpy wrote, to the byte";
}

TEST(Results, LabelsAreKeptAsOneType) {
    for (const std::string& name : list_directory(k_answers)) {
        if (!name.starts_with("labels")) continue;
        const std::string ending = name.substr(name.rfind('.'));
        const TrainerResults results =
            Folder({{"predictions.npy", "", k_answers / "table_f4.npy"}, {"labels" + ending, "", k_answers / name}})
                .read();
        ASSERT_EQ(results.reason, "") << name;
        EXPECT_EQ(results.files.at("labels.npy"), read_file(k_answers / "labels_i8.npy")) << name;
    }
}

TEST(Results, EachDefectHasItsCodeAndItsPlace) {
    const Left good{"predictions.csv", k_csv};
    const struct {
        std::vector<Left> files;
        std::string reason;
    } cases[] = {
        {{}, "R0208: the trainer ended without writing predictions.npy; nothing is in ${out}"},
        {{{"preds.csv", k_csv}}, "R0208: the trainer ended without writing predictions.npy; in ${out}: preds.csv"},
        {{good, {"predictions.json", "[]"}}, "R0208: there are predictions.csv and predictions.json; keep one"},
        {{{"predictions.npy", "", k_answers / "objects.npy"}}, "R0231: predictions.npy holds Python objects"},
        {{{"predictions.npy", "no"}}, "R0235: predictions.npy: not a readable .npy array"},
        {{{"predictions.csv", "a,b\n0.5,x\n"}}, "R0235: predictions.csv:2:5: row 0, column 1 (from 0): expected a n"},
        {{{"predictions.json", "[0, 1, 2]"}}, "R0232: predictions.json: predictions [3] are labels: write decision"},
        {{{"predictions.csv", "0.5\n0.25\n"}}, "R0232: predictions.csv: predictions [2, 1] are one number for each"},
        {{{"predictions.csv", "0.5,0.5\n3,-1\n"}},
         "R0209: predictions.csv: row 1 (from 0) of the predictions sums to 2.0000 and has negative values"},
        {{{"predictions.csv", "0.5,0.5\nnan,1\n"}},
         "R0215: 1 of 4 predicted values are NaN or infinite, the first in row 1, column 0 (from 0)"},
        {{good, {"labels.csv", "0\n1\n"}}, "R0211: labels.csv has 2 labels, the predictions have 3 rows"},
        {{good, {"labels.csv", "0\n1\n2\n"}}, "R0211: labels.csv has labels outside 0 to 1: row 2 (from 0) is 2"},
        {{good, {"labels.csv", "0\n0.5\n1\n"}}, "R0211: labels.csv holds fractions: row 1 (from 0) is 0.5"},
        {{good, {"labels.csv", "1,0\n1,0\n0,1\n"}}, "R0211: labels.csv is no list"},
        {{good, {"labels.npy", "", k_answers / "objects.npy"}}, "R0231: labels.npy holds Python objects"},
        {{good, {"ids.txt", "a\nb\n"}}, "R0233: ids.txt has 2 ids, the predictions have 3 rows"},
        {{good, {"ids.txt", "a\nb\na\n"}}, "R0233: ids.txt: the id 'a' stands in rows 0 and 2 (from 0)"},
        {{good, {"ids.txt", "a\n\nb\n"}}, "R0233: ids.txt: row 1 (from 0) has no id"},
        {{good, {"ids.txt", "a\nb\n\xff\n"}}, "R0233: ids.txt is not UTF-8 text"},
        {{{"predictions.csv", "id,a,b\nx,1,0\nx,0,1\n"}}, "R0233: predictions.csv: the id 'x' stands in rows 0 and 1"},
        {{{"predictions.csv", k_csv_ids}, {"ids.txt", "x\nz\ny\n"}}, "R0233: ids.txt and the column id of predictions"},
        {{{"predictions.csv", k_csv_ids}, {"labels.csv", "id,y\nx,0\ny,1\nw,1\n"}},
         "R0233: row 2 (from 0) has the id 'w', which the predictions do not have (labels.csv)"},
        {{good, {"weights.npz", "no"}}, "R0219: weights.npz: not a readable zip archive"},
        {{good, {"weights/a.npy", "no"}}, "R0219: weights/a.npy: not a readable .npy array"},
        {{good, {"weights/a.txt", "no"}}, "R0219: weights/a.txt is no .npy array"},
        {{good, {"weights/a.npy", "", k_answers / "objects.npy"}}, "R0219: weights/a.npy: its array has the type '|O'"},
        {{good, {"run_id", "014\n"}}, "R0207: the trainer says it ran '014'"},
    };
    for (const auto& c : cases) {
        const std::string got = reason_of(c.files);
        EXPECT_TRUE(got.starts_with(c.reason)) << "got " << got << ", expected " << c.reason;
    }
}

TEST(Results, WhatOtherRunsWroteMustAgree) {
    Expected expected;
    const std::vector<Left> first = {{"predictions.csv", k_csv_ids}, {"labels.csv", "0\n1\n1\n"}};
    learn(expected, Folder(first).read().files);
    EXPECT_EQ(expected.shape, (Shape{3, 2}));
    EXPECT_EQ(expected.ids, (std::vector<std::string>{"x", "y", "z"}));
    EXPECT_EQ(expected.labels, (std::vector<std::int64_t>{0, 1, 1}));
    EXPECT_EQ(reason_of(first, {}, expected), "");
    const struct {
        std::vector<Left> files;
        std::string reason;
    } cases[] = {
        {{{"predictions.csv", "1,0\n0,1\n"}}, "R0210: predictions.csv is 2 x 2, other runs' is 3 x 2"},
        {{{"predictions.csv", k_csv}, {"labels.csv", "0\n0\n1\n"}},
         "R0234: labels.csv differs from other runs': row 1 (from 0) is 0, theirs 1"},
        {{{"predictions.csv", k_csv}, {"ids.txt", "x\ny\nw\n"}},
         "R0233: row 2 (from 0) has the id 'w', which no other run has"},
    };
    for (const auto& c : cases) {
        const std::string got = reason_of(c.files, {}, expected);
        EXPECT_TRUE(got.starts_with(c.reason)) << "got " << got << ", expected " << c.reason;
    }
}

TEST(Results, RowsAreMatchedByTheirIds) {
    Expected expected;
    learn(expected, Folder({{"predictions.csv", k_csv_ids}, {"labels.csv", "0\n1\n1\n"}}).read().files);
    const std::string turned = "a,b,id\n0.5,0.5,z\n0.25,0.75,x\n1,0,y\n";
    const auto wanted = Folder({{"predictions.csv", k_csv_ids}, {"labels.csv", "0\n1\n1\n"}}).read().files;
    const std::vector<Left> ways[] = {
        {{"predictions.csv", turned}, {"labels.csv", "1\n0\n1\n"}},
        {{"predictions.csv", turned}, {"labels.csv", "id,label\ny,1\nz,1\nx,0\n"}},
        {{"predictions.csv", "0.5,0.5\n0.25,0.75\n1,0\n"},
         {"ids.txt", "z\r\nx\r\ny\r\n"},
         {"labels.json", "[1, 0, 1]"}},
    };
    for (const auto& files : ways) {
        const TrainerResults results = Folder(files).read({}, expected);
        ASSERT_EQ(results.reason, "");
        EXPECT_EQ(results.files, wanted);
    }
}

TEST(Results, TheSpecNamesFilesAndTheDecision) {
    const std::vector<Left> files = {{"p.csv", "3\n-800\n"}, {"y.json", "[1, 0]"}, {"model.keras", "bytes"}};
    const TrainerResults results = Folder(files).read(
        {.predictions = "p.csv", .labels = "y.json", .weights = "model.keras", .decision = {.logits = true}});
    ASSERT_EQ(results.reason, "");
    EXPECT_EQ(results.shape, (Shape{2, 2}));
    const TensorDigest whole{"model.keras", k_opaque_dtype, {5}, sha256_hex("bytes")};
    EXPECT_EQ(results.weights, std::vector<TensorDigest>{whole});
    EXPECT_EQ(results.files.size(), 2U) << "what is not opened is not kept";
    EXPECT_EQ(reason_of(files, {.predictions = "p.csv", .weights = "m.pt", .decision = {.logits = true}}),
              "R0219: the trainer ended without writing m.pt, the weights that the spec names");
}

TEST(Results, WeightsHaveOneTableInEveryFile) {
    const Left good{"predictions.csv", k_csv};
    const auto weights = [&](const std::vector<Left>& more) {
        std::vector<Left> files = more;
        files.push_back(good);
        const TrainerResults results = Folder(files).read();
        EXPECT_EQ(results.reason, "");
        return tensor_table_root(results.weights);
    };
    const std::string model = read_file(k_weights / "model.safetensors");
    EXPECT_EQ(Folder({good, {"m", model}}).read({.weights = "m"}).files.at("weights.safetensors"), model)
        << "what can be opened is kept as it is";
    const std::string table = weights({{"weights.safetensors", "", k_weights / "model.safetensors"}});
    EXPECT_EQ(weights({{"weights.npz", "", k_weights / "stored.npz"}}), table);
    EXPECT_EQ(weights({{"weights/b.npy", "", k_answers / "table_f4.npy"},
                       {"weights/a.npy", "", k_answers / "labels_i8.npy"}}),
              weights({{"weights/a.npy", "", k_answers / "labels_i8.npy"},
                       {"weights/b.npy", "", k_answers / "table_f4_big.npy"}}))
        << "byte order is no difference";
    const std::string kept = Folder({good,
                                     {"weights/b.npy", "", k_answers / "table_f4_big.npy"},
                                     {"weights/a.npy", "", k_answers / "labels_i8.npy"}})
                                 .read()
                                 .files.at("weights.safetensors");
    const std::vector<TensorDigest> tensors = read_safetensors(kept);
    ASSERT_EQ(tensors.size(), 2U) << "a folder is kept as one file";
    EXPECT_EQ(tensors[0].name + tensors[1].name, "ab");
    EXPECT_EQ(Folder({good, {"weights/__metadata__.npy", "", k_answers / "table_f4.npy"}}).read().reason.substr(0, 14),
              "R0219: weights");
}

TEST(Results, NothingIsFollowedOutOfTheFolder) {
    for (const char* name : {"predictions.csv", "labels.csv", "ids.txt", "weights", "weights.npz"}) {
        const Folder folder({{"predictions.npy", "", k_answers / "table_f4.npy"}});
        if (std::string(name) == "predictions.csv") fs::remove(folder.made.path() / "predictions.npy");
        fs::create_symlink("/etc", folder.made.path() / name);
        EXPECT_EQ(folder.read().reason, "R0212: " + std::string(name) + " is not a regular file");
    }
}

}  // namespace
}  // namespace assay
