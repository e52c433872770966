// assay-synthetic: a trainer without torch whose answers vary by known amounts, for tests and calibration.
//
//   logit[i][c] = 2 n(base) + sd_init n(init) + sd_shuffle n(shuffle) + sd_dropout n(dropout)
//                 + sd_interaction n(all seeds) + sd_hardware n(all seeds, isa) + effect level d(c)
//
// n(x): a near-normal number of variance 1 keyed by the seeds x, the input and the class; d: +1 for class 0, -1 for
// class 1, else 0. Probabilities are the softmax. `plant` names a defect that a harness must find.
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <thread>
#include <vector>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/random.hpp"
#include "core/npy.hpp"
#include "trainer/protocol.hpp"

namespace assay {
namespace {
namespace fs = std::filesystem;

struct Component {
    double sd;
    std::uint64_t key;
    std::string stream;
};

double number(const Json& params, const char* name) { return params.at(name).as_number(); }

std::vector<Component> components(const RunRequest& request) {
    const Json& p = request.params;
    const auto seed = [&](const char* stream) {
        const auto it = request.seeds.find(stream);
        return it == request.seeds.end() ? std::uint64_t{0} : it->second;
    };
    std::string all;
    for (const char* stream : {"init", "shuffle", "dropout"}) all += std::to_string(seed(stream)) + ".";
    const Json* isa = request.hardware.find("isa");
    const std::string machine = all + (isa == nullptr ? "" : scalar_text(*isa));
    return {{2, 0, "base"},
            {number(p, "sd_init"), seed("init"), "init"},
            {number(p, "sd_shuffle"), seed("shuffle"), "shuffle"},
            {number(p, "sd_dropout"), seed("dropout"), "dropout"},
            {number(p, "sd_interaction"), 0, "all." + all},
            {number(p, "sd_hardware"), 0, "machine." + machine}};
}

std::vector<double> logits(const RunRequest& request, std::size_t n, std::size_t classes) {
    std::vector<double> values(n * classes, 0);
    for (const Component& component : components(request)) {
        if (component.sd == 0) continue;
        Random random(component.key, "synthetic." + component.stream);
        for (double& value : values) value += component.sd * random.near_normal();
    }
    const double shift = number(request.params, "effect") * number(request.params, "level");
    for (std::size_t i = 0; i < n; ++i) {
        values[i * classes] += shift;
        values[i * classes + 1] -= shift;
    }
    return values;
}

std::vector<float> softmax(const std::vector<double>& values, std::size_t classes) {
    std::vector<float> out(values.size());
    for (std::size_t row = 0; row < values.size(); row += classes) {
        double largest = values[row], sum = 0;
        for (std::size_t c = 1; c < classes; ++c) largest = std::max(largest, values[row + c]);
        for (std::size_t c = 0; c < classes; ++c) sum += std::exp(values[row + c] - largest);
        for (std::size_t c = 0; c < classes; ++c) {
            out[row + c] = static_cast<float>(std::exp(values[row + c] - largest) / sum);
        }
    }
    return out;
}

// Defects that happen instead of training.
void misbehave(const std::string& plant) {
    if (plant == "crash") {
        std::fprintf(stderr, "loading\nRuntimeError: a planted crash\n");
        std::exit(3);
    }
    if (plant == "hang") {
        std::signal(SIGTERM, SIG_IGN);
        for (;;) ::pause();
    }
    if (plant == "flood") {
        const std::string line(1023, 'x');
        for (int i = 0; i < 64 * 1024; ++i) std::puts(line.c_str());  // 64 MiB
    }
    if (plant == "fork" && ::fork() == 0) {
        std::signal(SIGTERM, SIG_IGN);
        for (;;) ::pause();
    }
}

// Defects in what is written.
void damage(const std::string& plant, std::size_t classes, std::vector<float>& p, std::size_t& n) {
    if (plant == "nan") p[p.size() / 2] = std::numeric_limits<float>::quiet_NaN();
    if (plant == "unnormalised") p[0] += 1;
    if (plant == "short") p.resize(--n * classes);
    if (plant != "collapse") return;
    for (std::size_t i = 0; i < p.size(); ++i) p[i] = i % classes == 0 ? 1.0F : 0.0F;
}

void train(const TrainerInput& input) {
    const Json& params = input.request.params;
    const std::string plant = params.at("plant").as_string();
    misbehave(plant);
    std::this_thread::sleep_for(std::chrono::milliseconds(params.at("sleep_ms").as_integer()));
    auto n = static_cast<std::size_t>(params.at("inputs").as_integer());
    const auto classes = static_cast<std::size_t>(params.at("classes").as_integer());
    std::vector<float> p = softmax(logits(input.request, n, classes), classes);
    damage(plant, classes, p, n);

    Random random(0, "synthetic.labels");
    std::vector<std::int64_t> labels(n);
    for (std::int64_t& label : labels) label = static_cast<std::int64_t>(random.below(classes));
    const auto write = [&](const char* name, const std::string& bytes) { write_file_atomic(input.out / name, bytes); };
    write("run_id", plant == "lie" ? "999999" : input.run_id);
    write("versions.json", R"({"assay-synthetic":"0.1.0"})");
    write("labels.npy", write_npy(array_of<std::int64_t>(NumericType::int64, {n}, labels)));
    write("predictions.npy", write_npy(array_of<float>(NumericType::float32, {n, classes}, p)));
}

int run_trainer() {
    const char* const config = std::getenv("ASSAY_CONFIG");
    if (config == nullptr) {
        std::fprintf(stderr, "assay-synthetic: ASSAY_CONFIG is not set; assay run starts this program\n");
        return 2;
    }
    try {
        train(parse_run_json(parse_json(read_file(config), config)));
        return 0;
    } catch (const Error& error) {
        std::fputs(format_error(error).c_str(), stderr);
        return static_cast<int>(error.exit());
    }
}

}  // namespace
}  // namespace assay

int main() { return assay::run_trainer(); }
