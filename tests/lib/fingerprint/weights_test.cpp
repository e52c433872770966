#include "fingerprint/weights.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "base/digest.hpp"
#include "base/error.hpp"
#include "base/file.hpp"

namespace assay {
namespace {

const std::string k_folder = ASSAY_SOURCE_DIR "/fixtures/reference/weights/";

WeightFile read(const std::string& name) { return read_weights(read_file(k_folder + name), name); }
WeightsFingerprint fingerprint_of(const std::string& name) { return weights_fingerprint(read(name)); }

// Made by tests/lib/fingerprint/make_weights.py with numpy and hashlib.
Json expected() { return parse_json(read_file(k_folder + "expected.json"), "expected.json"); }

TEST(Weights, OneIdWhateverTheContainer) {
    for (const char* name : {"model.safetensors", "stored.npz", "deflated.npz"}) {
        const WeightsFingerprint f = fingerprint_of(name);
        EXPECT_EQ(tensor_table_json(f.tensors), expected().at("table")) << name;
        EXPECT_EQ(f.id, expected().at("root").as_string()) << name;
        EXPECT_EQ(Json(f.numbers.values), expected().at("values")) << name;
        EXPECT_NEAR(std::sqrt(f.numbers.sum_of_squares), expected().at("norm").as_number(), 1e-12) << name;
        EXPECT_EQ(f.numbers.nan + f.numbers.infinite + f.not_read, 0U) << name;
        EXPECT_NE(f.file_sha256, f.id);
    }
    EXPECT_EQ(fingerprint_of("fortran.npy").id, fingerprint_of("half.npy").id);
    EXPECT_EQ(fingerprint_of("half.npy").tensors.at(0).name, "arr_0");
}

TEST(Weights, TiedTensorsStandUnderEachName) {
    const WeightsFingerprint f = fingerprint_of("stored.npz");
    const std::vector<std::vector<std::string>> tied = {{"embed.weight", "head.weight"}};
    EXPECT_EQ(f.tied, tied);
}

TEST(Weights, SaysWhyAFileIsNotOpened) {
    const std::pair<std::string, std::string> rows[] = {
        {"objects.npy", "'|O'"},
        {"expected.json", "the formats that are opened"},
    };
    for (const auto& [name, why] : rows) {
        const WeightsFingerprint f = fingerprint_of(name);
        EXPECT_EQ(f.container, "bytes");
        EXPECT_NE(f.note.find(why), std::string::npos) << f.note;
        EXPECT_EQ(f.id, sha256_hex(read_file(k_folder + name)));
        EXPECT_TRUE(f.tensors.empty());
    }
}

// A damaged file must not pass as one of a kind that nobody opens.
TEST(Weights, ANameThatPromisesMoreIsHeldToIt) {
    for (const auto& [name, code] :
         {std::pair("a.safetensors", "W0101"), std::pair("a.npy", "N0101"), std::pair("a.npz", "W0103")}) {
        try {
            read_weights("neither", name);
            ADD_FAILURE() << name;
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), code);
            EXPECT_EQ(error.exit(), Exit::unreadable);
        }
    }
    EXPECT_EQ(read_weights("neither", "a.h5").container, "bytes");
    EXPECT_EQ(read_weights("", "a").container, "bytes");
}

TEST(Weights, ReadsItsDocumentBackAndRefusesAnEditedOne) {
    for (const char* name : {"stored.npz", "objects.npy"}) {
        const Json json = weights_json(fingerprint_of(name));
        const WeightsFingerprint back = weights_from_json(parse_json(pretty_json(json), "t"));
        Json again = weights_json(back);
        if (!json.at("norm").is_null()) {
            EXPECT_NEAR(again.at("norm").as_number(), json.at("norm").as_number(), 1e-12);
            again["norm"] = json.at("norm");
        }
        EXPECT_EQ(again, json);
    }
    Json edited = weights_json(fingerprint_of("stored.npz"));
    edited["tensors"].as_array()[0]["dtype"] = "I32";
    EXPECT_THROW(weights_from_json(edited), Error);
    Json bytes = weights_json(fingerprint_of("objects.npy"));
    bytes["file"]["sha256"] = std::string(64, '0');
    EXPECT_THROW(weights_from_json(bytes), Error);
}

TEST(Weights, CountsWhatIsNoNumber) {
    const float values[] = {3, -4, std::nanf(""), INFINITY, -INFINITY, 0};
    const TensorView tensor{"t", "F32", {6}, {reinterpret_cast<const char*>(values), sizeof values}};
    const auto numbers = numbers_of(tensor);
    ASSERT_TRUE(numbers);
    EXPECT_EQ(numbers->values, 6U);
    EXPECT_EQ(numbers->nan, 1U);
    EXPECT_EQ(numbers->infinite, 2U);
    EXPECT_EQ(numbers->sum_of_squares, 25);
    EXPECT_FALSE(numbers_of({"t", "F8_E4M3", {1}, "x"}));
}

}  // namespace
}  // namespace assay
