// The folder that a trainer leaves behind, as one input of several files (files_of in fuzz.hpp).
#include <algorithm>

#include "core/manifest.hpp"
#include "fuzz/fuzz.hpp"
#include "trainer/results.hpp"

namespace {
namespace fs = std::filesystem;

const std::vector<std::string>& known_names() {
    static const std::vector<std::string> k_names = {
        "predictions.npy", "predictions.npz", "predictions.csv", "predictions.json", "labels.npy",
        "labels.csv",      "ids.txt",         "weights.npz",     "steps.npy",        "weights.safetensors",
        "run_id",          "effective.json",  "versions.json",   "metrics.json",     "failure"};
    return k_names;
}

assay::TrainerInput input_for(const fs::path& out) {
    assay::TrainerInput input;
    input.run_id = "013";
    input.out = out;
    input.request.trainer = input.request.params = assay::Json::Object{};
    input.request.hardware = assay::Json::Object{{"threads", 1}, {"isa", "avx2"}};
    return input;
}

void check_line(const std::string& text) {
    ASSAY_CHECK(std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }));
    assay::fuzz::check_reads_back(text);
}

// What the harness keeps of it must be readable tomorrow.
void check_record(const assay::TrainerInput& input, const assay::TrainerResults& results) {
    assay::RunRecord record;
    record.request = input.request;
    record.state = results.state;
    record.reason = results.reason;
    record.hardware = results.hardware;
    record.versions = results.versions;
    record.metrics = results.metrics;
    record.weights = results.weights;
    const assay::Json manifest = assay::manifest_json(record);
    assay::fuzz::check_reads_back(manifest);
    ASSAY_CHECK(assay::run_record_from_manifest(manifest) == record);
}

// What was accepted once is accepted beside itself.
void check_expected(const assay::TrainerInput& input, const assay::TrainerResults& results) {
    assay::Expected expected;
    assay::learn(expected, results.files);
    ASSAY_CHECK(expected.shape == results.shape);
    const assay::TrainerResults again = assay::read_results(input, {}, expected, false);
    ASSAY_CHECK(again.state == assay::RunState::completed && again.files == results.files);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const assay::TemporaryDirectory k_scratch(assay::fuzz::scratch_parent());
    for (const std::string& name : known_names()) fs::remove(k_scratch.path() / name);
    for (const auto& [name, bytes] : assay::fuzz::files_of(assay::fuzz::text_of(data, size))) {
        const auto& names = known_names();
        if (std::find(names.begin(), names.end(), name) == names.end()) continue;
        assay::fuzz::write_plain(k_scratch.path() / name, bytes);
    }
    const assay::TrainerInput input = input_for(k_scratch.path());
    for (const bool must_verify : {false, true}) {
        const assay::TrainerResults results = assay::read_results(input, {}, {}, must_verify);
        const bool completed = results.state == assay::RunState::completed;
        ASSAY_CHECK(completed == results.reason.empty());
        ASSAY_CHECK(!completed || (results.shape && results.files.contains("predictions.npy")));
        check_line(results.reason);
        if (completed) check_expected(input, results);
        check_record(input, results);
    }
    check_line(assay::failure_text(k_scratch.path()));
    return 0;
}
