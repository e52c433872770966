#include "trainer/results.hpp"

#include <algorithm>
#include <limits>

#include "base/digest.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "core/fingerprint.hpp"
#include "core/npy.hpp"
#include "trainer/arrival.hpp"
#include "trainer/effectors.hpp"

namespace assay {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t k_file_limit = std::size_t{64} << 20;

Json read_object(const fs::path& out, const std::string& name) {
    const auto text = read_output(out, name, k_file_limit);
    if (!text) return Json::Object{};
    try {
        Json json = parse_json(*text, name);
        if (json.is_object()) return json;
    } catch (const Error& error) {
        failed("R0214", error.what());
    }
    failed("R0214", name + " is not a JSON object");
}

void check_run_id(const TrainerInput& input) {
    auto id = read_output(input.out, "run_id", 4096);
    if (!id) return;
    while (!id->empty() && (id->back() == '\n' || id->back() == '\r')) id->pop_back();
    if (*id != input.run_id) {
        failed("R0207", "the trainer says it ran '" + elide(*id, 40) + "', asked was run " + input.run_id);
    }
}

void take_hardware(const TrainerInput& input, bool must_verify, TrainerResults& results) {
    results.hardware.requested = input.request.hardware;
    const Json report = read_object(input.out, "effective.json");
    const Json* hardware = report.find("hardware");
    results.hardware.effective = hardware != nullptr && hardware->is_object() ? *hardware : Json(Json::Object());
    const Verification verification = verify_hardware(input.request.hardware, results.hardware.effective);
    if (!verification.contradictions.empty()) failed("R0216", verification.contradictions.front());
    if (must_verify && !verification.unverified.empty()) {
        failed("R0217",
               "no library reported on " + join(verification.unverified, ", ") + ": it may not have taken hold");
    }
}

void check_fingerprint(const std::string& text, const std::string& name) {
    try {
        fingerprint_from_json(parse_json(text, name));
    } catch (const Error& error) {
        failed("R0221", name + ": " + error.what());
    }
}

// A trainer may have a file of that name for itself: only one that says that it is a fingerprint must be one.
void take_fingerprint(const TrainerInput& input, const std::string& name, const Expected& expected,
                      TrainerResults& results) {
    auto text = read_output(input.out, name, k_file_limit);
    if (!text || text->find(k_fingerprint_schema) == std::string::npos) return;
    if (!expected.environments.contains(sha256_hex(*text))) check_fingerprint(*text, name);
    results.files[name] = std::move(*text);
}

void take_steps(const TrainerInput& input, TrainerResults& results) {
    auto steps = read_output(input.out, "steps.npy", k_predictions_limit);
    if (!steps) return;
    try {
        const NumericArray array = parse_npy(*steps);
        if (array.type != NumericType::uint64 || array.shape.size() != 2 || array.shape[1] != 8)
            failed("R0218", "steps.npy is not uint64 [steps + 1, 8]");
    } catch (const Error& error) {
        failed("R0218", std::string("steps.npy: ") + error.what());
    }
    results.files["steps.npy"] = std::move(*steps);
}

void take_rest(const TrainerInput& input, const Expected& expected, TrainerResults& results) {
    results.versions = read_object(input.out, "versions.json");
    results.metrics = read_object(input.out, "metrics.json");
    take_steps(input, results);
    take_fingerprint(input, "environment.json", expected, results);
    take_fingerprint(input, "fingerprint.json", expected, results);
}

}  // namespace

void failed(const std::string& code, const std::string& reason) {
    throw Defect{RunState::failed, code + ": " + reason};
}

std::optional<std::string> read_output(const fs::path& out, const std::string& name, std::size_t limit) {
    const fs::path path = out / name;
    const fs::file_status status = fs::symlink_status(path);
    if (status.type() == fs::file_type::not_found) return std::nullopt;
    if (status.type() != fs::file_type::regular) failed("R0212", name + " is not a regular file");
    const auto size = fs::file_size(path);
    if (size > limit)
        failed("R0213", name + " has " + std::to_string(size) + " bytes; at most " + std::to_string(limit));
    return read_file(path, limit);
}

TrainerResults read_results(const TrainerInput& input, const ResultNames& names, const Expected& expected,
                            bool must_verify) {
    TrainerResults results;
    results.hardware = {input.request.hardware, Json(Json::Object())};
    try {
        check_run_id(input);
        take_hardware(input, must_verify, results);
        take_rest(input, expected, results);
        take_weights(input.out, names.weights, results);
        take_answers(input.out, names, expected, results);
    } catch (const Defect& defect) {
        results.state = defect.state;
        results.reason = printable_line(defect.reason);
    } catch (const Error& error) {  // unreadable while it was there a moment ago
        results.state = RunState::failed;
        results.reason = printable_line(error.code() + ": " + error.what());
    }
    return results;
}

std::string failure_text(const fs::path& out) {
    try {
        const auto text = read_output(out, "failure", 64 * 1024);
        if (!text) return "";
        const auto lines = split_lines(*text);
        return lines.empty() ? "" : elide(printable_line(lines.front()), 300);
    } catch (const Defect&) {
        return "";
    } catch (const Error&) {
        return "";
    }
}

}  // namespace assay
