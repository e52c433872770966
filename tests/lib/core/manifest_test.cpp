#include "core/manifest.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "base/digest.hpp"
#include "base/error.hpp"

namespace assay {
namespace {

RunRequest example_request() {
    RunRequest request;
    request.trainer = Json::Object{{"kind", "synthetic"}, {"version", "0.1.0"}};
    request.params = Json::Object{{"lr", 0.001}, {"model", "dense"}};
    request.seeds = {{"master", 18446744073709551615ULL}, {"init", 7}};
    request.hardware = Json::Object{{"threads", 1}};
    request.environment = {{"PYTHONHASHSEED", "0"}};
    return request;
}

RunRecord example_record() {
    RunRecord record;
    record.request = example_request();
    record.state = RunState::completed;
    record.hardware = {record.request.hardware, Json::Object{{"threads", 1}}};
    record.versions = Json::Object{{"libtorch", "1.13.1"}};
    record.metrics = Json::Object{{"accuracy", 0.97}};
    record.members = {{"predictions.npy", {sha256_hex("p"), 1}}};
    record.weights = {{"2.weight", "F32", {10, 64}, sha256_hex("w")}, {"0.bias", "F32", {64}, sha256_hex("b")}};
    record.attempt = 1;
    record.wall_s = 0.25;
    record.started = "2026-11-23T00:00:00Z";
    record.host = "host";
    return record;
}

TEST(Manifest, ReadsBackWithTensorsInTheOrderOfTheirNames) {
    RunRecord expected = example_record();
    std::swap(expected.weights[0], expected.weights[1]);
    EXPECT_EQ(run_record_from_manifest(manifest_json(example_record())), expected);
}

TEST(Manifest, TimeHostAndAttemptStayOutsideEveryIdentityButTheRunsOwn) {
    RunRecord other = example_record();
    other.attempt = 2;
    other.wall_s = 99;
    other.started = "2027-01-01T00:00:00Z";
    other.host = "elsewhere";
    const Json a = manifest_json(example_record()), b = manifest_json(other);
    for (const char* id : {"recipe_id", "request_id", "env_id", "path_id", "result_id"})
        EXPECT_EQ(a.at(id), b.at(id)) << id;
    EXPECT_NE(canonical_json(a), canonical_json(b));
}

TEST(Manifest, EveryMissingMemberIsAnErrorNotADefault) {
    const Json good = manifest_json(example_record());
    for (const auto& [key, value] : good.as_object()) {
        if (key.ends_with("_id") || key == "path") continue;  // derived from the rest; read_manifest looks at them
        Json damaged = good;
        damaged.as_object().erase(key);
        EXPECT_THROW(run_record_from_manifest(damaged), Error) << key;
    }
}

std::string refusal(std::string_view text) {
    try {
        read_manifest(text, "manifest.json");
    } catch (const Error& error) {
        EXPECT_EQ(error.exit(), Exit::unreadable) << error.what();
        return error.code() + ": " + error.what();
    }
    return "";
}

TEST(Manifest, WhatIsWrittenIsReadWithEveryId) {
    const RunRecord record = example_record();
    const ManifestBytes bytes = write_manifest(record);
    EXPECT_FALSE(bytes.env) << "a small env stands in the manifest";
    const Manifest manifest = read_manifest(bytes.text, "manifest.json");
    EXPECT_EQ(manifest.run_id, sha256_hex(bytes.text));
    EXPECT_EQ(manifest.request_id, request_id(record.request));
    EXPECT_EQ(manifest.recipe_id, recipe_id(record.request));
    EXPECT_EQ(write_manifest(manifest.record).text, bytes.text);
    ASSERT_EQ(manifest.members.size(), 1U);
    EXPECT_EQ(manifest.members[0],
              (ManifestMember{"predictions.npy", "outputs", "application/vnd.assay.npy", {sha256_hex("p"), 1}}));
}

TEST(Manifest, ALargeEnvIsAnObjectThatRunsShare) {
    RunRecord record = example_record(), other = example_record();
    record.versions["long"] = other.versions["long"] = std::string(1024, 'v');
    other.request.seeds["init"] = 8;
    const ManifestBytes bytes = write_manifest(record), more = write_manifest(other);
    ASSERT_TRUE(bytes.env && more.env);
    EXPECT_EQ(*bytes.env, *more.env);
    EXPECT_EQ(bytes.text.find("vvvv"), std::string::npos);
    Manifest manifest = read_manifest(bytes.text, "manifest.json");
    ASSERT_TRUE(manifest.env);
    EXPECT_EQ(manifest.env->sha256, sha256_hex(*bytes.env));
    EXPECT_EQ(manifest.env_id, manifest_json(record).at("env_id").as_string()) << "the same id in both forms";
    EXPECT_EQ(manifest.members[0].name, "env.json");
    EXPECT_THROW(add_env(manifest, "{}"), Error);
    add_env(manifest, *bytes.env);
    EXPECT_EQ(write_manifest(manifest.record).text, bytes.text);
}

TEST(Manifest, MetricsKeepTheirBits) {
    RunRecord record = example_record();
    record.metrics = Json::Object{{"zero", -0.0}, {"third", 1.0 / 3}, {"note", "no number"}};
    const Manifest manifest = read_manifest(write_manifest(record).text, "manifest.json");
    EXPECT_TRUE(std::signbit(manifest.record.metrics.at("zero").as_number()));
    EXPECT_EQ(manifest.record.metrics, record.metrics);
    RunRecord other = record;
    other.metrics["zero"] = 0.0;
    EXPECT_NE(manifest_json(other).at("result_id"), manifest_json(record).at("result_id"));
}

void seal(Json& manifest, const std::string& block, const char* key, const Json& value) {
    manifest[block][key] = value;
    manifest[block + "_id"] = sha256_hex(canonical_json(manifest.at(block)));
}

// One change of a good manifest each, written canonically again, so that only the rule itself can notice it.
TEST(Manifest, EveryRuleIsKept) {
    const Json good = manifest_json(example_record());
    ASSERT_EQ(refusal(canonical_json(good)), "");
    struct Row {
        std::function<void(Json&)> change;
        const char* says;
    };
    const auto member = [](Json& m, std::size_t i) -> Json& { return m["members"].as_array().at(i); };
    const auto twice = [&](Json& m) -> Json& { return m["members"].as_array().emplace_back(member(m, 0)); };
    const Row rows[] = {
        {[](Json& m) { m["format"] = "assay-run/2"; }, "A0107: a run of format assay-run/2; this assay reads"},
        {[](Json& m) { m["format"] = "tar"; }, "A0101: not a manifest of a run: format 'tar', expected assay-run/1"},
        {[](Json& m) { m["extra"] = 1; }, "an unknown key 'extra'"},
        {[](Json& m) { m["recipe"]["params"]["lr"] = 0.1; }, "recipe_id is not the digest of what it names"},
        {[](Json& m) { m["request"]["replicate"] = 1; }, "request_id is not the digest of what it names"},
        {[](Json& m) { m["env"]["versions"]["libtorch"] = "2"; }, "env_id is not the digest of what it names"},
        {[](Json& m) { m["path"]["steps"] = "x"; }, "path_id is not the digest of what it names"},
        {[](Json& m) { m["result"]["outputs"] = "x"; }, "result_id is not the digest of what it names"},
        {[](Json& m) { m["metrics"]["accuracy"]["bits"] = "3FF0000000000000"; }, "expected 16 hex digits"},
        {[](Json& m) { m["metrics"]["accuracy"]["bits"] = "3ff0000000000000"; }, "has other bits than its value"},
        {[](Json& m) { m["metrics"]["accuracy"].as_object().erase("bits"); }, "bits of a metric"},
        {[](Json& m) { m["metrics"].as_object().clear(); }, "its block 'result' contradicts the rest"},
        {[](Json& m) { m["tensors"].as_object().clear(); }, "its block 'result' contradicts the rest"},
        {[&](Json& m) { member(m, 0)["name"] = "../x"; }, "whose name is no file name: '../x'"},
        {[&](Json& m) { member(m, 0)["name"] = "A"; }, "whose name is no file name: 'A'"},
        {[&](Json& m) { member(m, 0)["sha256"] = "00"; }, "member 'predictions.npy' without a SHA-256"},
        {[&](Json& m) { member(m, 0)["size"] = -1; }, "expected a size"},
        {[&](Json& m) { twice(m); }, "'predictions.npy' stands there twice"},
        {[&](Json& m) { twice(m)["name"] = "a"; }, "members are not sorted"},
        {[&](Json& m) { member(m, 0)["name"] = "env.json"; }, "one without the other"},
        {[](Json& m) {
             m["env"] = Json::Object{{"ref", m["env_id"]}};
         },
         "one without the other"},
        // With ids that fit: what is named twice is named alike.
        {[](Json& m) { seal(m, "result", "outputs", std::string(64, '0')); }, "its block 'result' contradicts"},
        {[](Json& m) { seal(m, "path", "steps", std::string(64, 'f')); }, "its block 'path' contradicts"},
        {[](Json& m) { seal(m, "recipe", "surplus", 1); }, "its block 'recipe' contradicts"},
        {[&](Json& m) { member(m, 0)["role"] = "weights"; }, "in the role 'weights', expected 'outputs'"},
        {[](Json& m) { m["result"]["state"] = "done"; }, "a state that is none: 'done'"},
    };
    for (const Row& row : rows) {
        Json bad = good;
        row.change(bad);
        const std::string said = refusal(canonical_json(bad));
        EXPECT_NE(said.find(row.says), std::string::npos) << row.says << ": " << said;
    }
}

TEST(Manifest, WhatMayBeUnknownIsRead) {
    Json manifest = manifest_json(example_record());
    manifest["x"]["mine"] = Json::Array{1, 2};
    manifest["occurrence"]["job"] = "123_4";
    Json member = manifest["members"].as_array()[0];
    member["name"] = "x-private";
    member["role"] = "something new";
    manifest["members"].as_array().push_back(member);
    const std::string text = canonical_json(manifest);
    ASSERT_EQ(refusal(text), "");
    EXPECT_EQ(read_manifest(text, "manifest.json").members[1].role, "something new");
}

TEST(Manifest, OtherBytesOfTheSameValueAreRefused) {
    const std::string text = write_manifest(example_record()).text;
    const std::string rows[] = {text + "\n", " " + text, pretty_json(parse_json(text, "m")),
                                text.substr(0, text.size() - 1)};
    for (const std::string& row : rows) EXPECT_NE(refusal(row), "") << row.substr(0, 40);
    // No bit can change without notice: the text has one canonical form, and its digest is the run's name.
    for (std::size_t bit = 0; bit < 8 * text.size(); ++bit) {
        std::string bad = text;
        bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << (bit % 8)));
        try {
            EXPECT_NE(read_manifest(bad, "manifest.json").run_id, sha256_hex(text));
        } catch (const Error& error) {
            EXPECT_EQ(error.exit(), Exit::unreadable);
        }
    }
}

}  // namespace
}  // namespace assay
