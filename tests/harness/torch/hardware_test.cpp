// Every hardware knob at every level that this machine can provide, through real processes: the libraries must report
// what was asked, and what the level does to the bits is found out and written down.
#include <gtest/gtest.h>
#include <strings.h>

#include <algorithm>
#include <cstdio>
#include <optional>
#include <ostream>
#include <set>

#include "base/error.hpp"
#include "core/factor.hpp"
#include "harness/torch/bench.hpp"
#include "schedule/server_pool.hpp"
#include "trainer/effectors.hpp"

namespace assay {
namespace {

using testing::Bench;

struct Knob {
    std::string effector;
    std::vector<Json> levels;  // the others are compared with the first one
};
const Knob k_knobs[] = {
    {"device", {"cpu", "cuda:0"}},
    {"threads", {1, 2}},
    {"isa", {"avx2", "baseline", "avx512"}},
    {"blas", {"Haswell", "Prescott", "Nehalem", "Sandybridge", "Zen", "SkylakeX", "Cooperlake", "Sapphirerapids"}},
    {"onednn", {"avx2", "sse41", "avx", "avx512_core", "off"}},
    {"deterministic", {false, true}},
    {"tf32", {false, true}},
    {"flush_denormals", {true, false}},
};

// What holds on every machine, whatever its CPU: step 0 is the initialisation, none: the final bits are the same.
// ATen's vector code contracts x * (to - from) + from to FMA, its baseline does not: other initial weights. oneDNN does
// the convolutions and nothing of a dense net. Prescott's and Haswell's matrix kernels sum in different orders. These
// nets meet no kernel that is not deterministic, and in so few steps no denormal.
struct Law {
    std::string effector;
    Json level;
    std::string model;
    std::optional<std::size_t> parts_at;
};
const Law k_laws[] = {
    {"isa", "baseline", "dense", 0},
    {"isa", "baseline", "cnn", 0},
    {"blas", "Prescott", "dense", 1},
    {"onednn", "off", "cnn", 1},
    {"onednn", "off", "dense", std::nullopt},
    {"onednn", "sse41", "dense", std::nullopt},
    {"deterministic", true, "dense", std::nullopt},
    {"deterministic", true, "cnn", std::nullopt},
    {"flush_denormals", false, "dense", std::nullopt},
    {"flush_denormals", false, "cnn", std::nullopt},
};

// As plan refuses it: by the machine's description, then because the library dies when it computes with it.
std::optional<std::string> refused(const std::string& effector, const Json& level) {
    const Json hardware = Json::Object{{"device", "cpu"}, {effector, level}};
    if (const auto reason = refusal(effector, level, hardware, read_machine())) return reason;
    ExecuteOptions options;
    options.trainer_directory = ASSAY_TRAINERS;
    options.servers = std::make_shared<ServerPool>();
    try {
        probe_trainers(AuditSpec{}, options, {hardware});
        return std::nullopt;
    } catch (const Error& error) {
        if (error.code() != "R0105") throw;
        return error.what();
    }
}

void note(const std::string& name, const std::string& text) {
    std::printf("  %-32s %s\n", name.c_str(), text.c_str());
    ::testing::Test::RecordProperty(name, text);
}

std::vector<Json> available_levels(const Knob& knob) {
    std::vector<Json> levels;
    for (const Json& level : knob.levels) {
        const auto reason = refused(knob.effector, level);
        if (!reason) levels.push_back(level);
        if (reason) note(knob.effector + "=" + level_text(level), "refused: " + *reason);
    }
    return levels;
}

// One level alone cannot be a factor; it is pinned.
std::string spec_of(const Knob& knob, const std::vector<Json>& levels) {
    const bool one = levels.size() == 1;
    const std::string hardware =
        "hardware: {" + knob.effector + ": " + canonical_json(one ? levels[0] : Json(Json::Array(levels))) + "}";
    return "assay: 1\nname: knob\ndata: {train: 192, eval: 200}\nmodel: {hidden: [32], channels: [8]}\n"
           "train: {epochs: 2}\nreplays: 0\n" +
           (one ? "pin: {" + hardware + "}\n" : "") + "factors:\n  architecture: {model: [dense, cnn]}\n" +
           (one ? "" : "  " + hardware + "\n");
}

// The first row of steps.npy at which the weights differ.
std::optional<std::size_t> parting(const NumericArray& a, const NumericArray& b) {
    for (std::size_t row = 0; row < a.shape.at(0); ++row) {
        const std::size_t at = row * 8 * sizeof(std::uint64_t);
        if (a.bytes.compare(at, 16, b.bytes, at, 16) != 0) return row;
    }
    return std::nullopt;
}

std::string finding(const std::optional<std::size_t>& step) {
    if (!step) return "same bits";
    return *step == 0 ? "other initial weights" : "other bits from step " + std::to_string(*step) + " on";
}

const Law* law_of(const std::string& effector, const Json& level, const std::string& model) {
    const auto it = std::find_if(std::begin(k_laws), std::end(k_laws), [&](const Law& law) {
        return law.effector == effector && law.level == level && law.model == model;
    });
    return it == std::end(k_laws) ? nullptr : it;
}

void write_down(const Bench& bench, const Knob& knob, int reference, int index) {
    const RunRequest& request = bench.plan.runs[static_cast<std::size_t>(index)].request;
    const Json& level = request.hardware.at(knob.effector);
    const std::string model = request.params.at("model").as_string();
    const auto step = parting(bench.array(reference, "steps.npy"), bench.array(index, "steps.npy"));
    const std::string name = knob.effector + "=" + level_text(level) + " " + model;
    note(name, "against " + level_text(knob.levels[0]) + ": " + finding(step));
    const bool same_weights = bench.records.at(reference).weights == bench.records.at(index).weights;
    EXPECT_EQ(same_weights, !step) << name << ": steps.npy and the final weights tell different stories";
    if (const Law* law = law_of(knob.effector, level, model)) {
        EXPECT_EQ(step.has_value(), law->parts_at.has_value()) << name << ": " << finding(step);
        if (step && law->parts_at) {
            EXPECT_EQ(*step, *law->parts_at) << name;
        }
    }
}

void expect_took_hold(const Bench& bench, const Knob& knob, int index) {
    const RunRecord& record = bench.records.at(index);
    ASSERT_EQ(record.state, RunState::completed) << bench.cell(index) << ": " << record.reason;
    const Json *asked = record.hardware.requested.find(knob.effector),
               *reported = record.hardware.effective.find(knob.effector);
    ASSERT_NE(asked, nullptr) << bench.cell(index);
    ASSERT_NE(reported, nullptr) << bench.cell(index);
    if (knob.effector == "blas") {
        EXPECT_EQ(::strcasecmp(reported->as_string().c_str(), asked->as_string().c_str()), 0) << bench.cell(index);
    } else {
        EXPECT_EQ(*reported, *asked) << bench.cell(index);
    }
    const Verification verification = verify_hardware(record.hardware.requested, record.hardware.effective);
    EXPECT_TRUE(verification.contradictions.empty() && verification.unverified.empty()) << bench.cell(index);
}

// What the libraries say besides, each of its own: a bundle of three must be three answers.
void expect_bundle(const RunRecord& record) {
    const std::map<std::string, std::vector<std::string>> bundles = {
        {"baseline", {"baseline", "sse41", "Prescott"}},
        {"avx2", {"avx2", "avx2", "Haswell"}},
        {"avx512", {"avx512", "avx512_core", "SkylakeX"}},
    };
    const Json& effective = record.hardware.effective;
    const auto& words = bundles.at(record.request.hardware.at("isa").as_string());
    EXPECT_EQ(effective.at("aten_capability"), Json(words[0]));
    EXPECT_EQ(effective.at("onednn_isa"), Json(words[1]));
    EXPECT_EQ(effective.at("blas_core"), Json(words[2]));
}

// In gtest's messages.
void PrintTo(const Knob& knob, std::ostream* out) { *out << knob.effector; }

class Hardware : public ::testing::TestWithParam<Knob> {};

TEST_P(Hardware, ALevelTakesHoldAndItsEffectIsWrittenDown) {
    const Knob& knob = GetParam();
    const std::vector<Json> levels = available_levels(knob);
    if (levels.empty()) GTEST_SKIP() << "refused: " << *refused(knob.effector, knob.levels[0]);
    Bench bench(spec_of(knob, levels));
    bench.run();
    ASSERT_EQ(bench.records.size(), 2 * levels.size());
    std::map<std::string, int> references;
    for (const auto& [index, record] : bench.records) {
        expect_took_hold(bench, knob, index);
        if (knob.effector == "isa") expect_bundle(record);
        if (knob.effector == "threads") {
            EXPECT_EQ(record.hardware.effective.at("aten_threads"), record.request.hardware.at("threads"));
            EXPECT_EQ(record.hardware.effective.at("blas_threads"), record.request.hardware.at("threads"));
        }
        if (record.request.hardware.at(knob.effector) == levels[0])
            references[record.request.params.at("model").as_string()] = index;
    }
    ASSERT_EQ(references.size(), 2U);
    if (HasFailure() || levels[0] != knob.levels[0]) return;  // without the reference there is nothing to compare with
    for (const auto& [index, record] : bench.records) {
        const int reference = references.at(record.request.params.at("model").as_string());
        if (index != reference) write_down(bench, knob, reference, index);
    }
}

INSTANTIATE_TEST_SUITE_P(Knobs, Hardware, ::testing::ValuesIn(k_knobs),
                         [](const ::testing::TestParamInfo<Knob>& knob) { return knob.param.effector; });

TEST(HardwareTable, HasEveryEffectorAndOnlyLevelsThatExist) {
    std::set<std::string> names, tested;
    for (const Effector& effector : effectors()) names.insert(effector.name);
    for (const Knob& knob : k_knobs) {
        tested.insert(knob.effector);
        for (const Json& level : knob.levels)
            EXPECT_FALSE(level_problem(knob.effector, level)) << knob.effector << " " << level_text(level);
    }
    EXPECT_EQ(tested, names);
}

}  // namespace
}  // namespace assay
