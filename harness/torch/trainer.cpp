#include "torch/trainer.hpp"

#include <malloc.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string_view>

#include "base/digest.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "core/factor.hpp"
#include "fingerprint/environment.hpp"
#include "torch/environment.hpp"
#include "torch/run_files.hpp"
#include "trainer/output.hpp"
#include "trainer/parameters.hpp"
#include "trainer/protocol.hpp"

namespace assay {
namespace fs = std::filesystem;
namespace {

DataSets read_mnist() {
    const fs::path folder = data_folder();
    return {read_idx(folder, "train"), read_idx(folder, "t10k")};
}

DataSets load(const RunRequest& request) {
    if (request.params.at("data").as_string() == "synthetic28") {
        return {made_images(static_cast<std::size_t>(request.params.at("train").as_integer()), "train"),
                made_images(static_cast<std::size_t>(request.params.at("eval").as_integer()), "eval")};
    }
    return read_mnist();
}

void run(const TrainerInput& input, const Preloaded& preloaded) {
    Json effective = forced_hardware(input.request.hardware);
    const bool is_preloaded = preloaded.mnist && input.request.params.at("data").as_string() == "mnist";
    const DataSets own = is_preloaded ? DataSets{} : load(input.request);
    const Training training =
        train(input.request, is_preloaded ? *preloaded.mnist : own, ProgressLines(input.out),  // 31 MB, not copied
              traced_steps());
    write_results(input, training, std::move(effective));
}

// Of what is in the images nothing is seen: kernels are chosen by shapes.
void train_briefly(const RunRequest& request) {
    const auto grey = [&](const char* part) {
        const auto n = static_cast<std::size_t>(request.params.at(part).as_integer());
        return Images{std::vector<float>(n * k_pixels, 0.5F), std::vector<std::int64_t>(n)};
    };
    train(request, {grey("train"), grey("eval")}, [](std::int64_t, std::int64_t) {});
}

// One small step of each kind of net: where a kernel that was asked for cannot run on this machine, the process ends
// here and not in every run of an audit (OpenBLAS 0.3.34 has Prescott kernels that crash on newer processors).
void try_kernels(const Json& hardware) {
    RunRequest request;
    request.params = Json::Object{};
    for (const Parameter& parameter : trainer_parameters("torch"))
        request.params[parameter.name] = parameter.default_value;
    request.params["train"] = request.params["eval"] = 64;
    request.params["epochs"] = 1;
    request.hardware = hardware;
    for (const std::string& stream : seed_streams()) request.seeds[stream] = 1;
    request.seeds["master"] = 1;
    for (const char* model : {"dense", "cnn"}) {
        request.params["model"] = model;
        train_briefly(request);
    }
}

// Nets of which a step takes milliseconds. What larger ones pay once is nothing beside their training, and a server
// that lacks the memory for one would end with all of its runs.
bool is_small(const RunRequest& request) {
    const auto at_most = [&](const char* name, std::int64_t limit) {
        const Json& value = request.params.at(name);
        if (!value.is_array()) return value.as_integer() <= limit;
        const Json::Array& values = value.as_array();
        return std::all_of(values.begin(), values.end(), [&](const Json& v) { return v.as_integer() <= limit; });
    };
    return at_most("batch", 1024) && at_most("eval_batch", 1024) && at_most("hidden", 2048) && at_most("channels", 256);
}

bool asks_for_cpu(const RunRequest& request) {
    const Json* const device = request.hardware.find("device");
    return device == nullptr || device->as_string() == "cpu";
}

// The same net on as few images as have all of its shapes: full batches and the last ones.
RunRequest shapes_of(RunRequest request) {
    const auto few = [&](const char* images, const char* batch) {
        const std::int64_t all = request.params.at(images).as_integer(), full = request.params.at(batch).as_integer();
        request.params[images] = std::min(all, full + all % full);
    };
    few("train", "batch");
    few("eval", "eval_batch");
    request.params["epochs"] = 1;
    for (const Parameter& parameter : trainer_parameters("torch"))
        if (parameter.type == "number" && parameter.name != "dropout" && parameter.name != "l1")
            request.params[parameter.name] = parameter.default_value;
    for (auto& [stream, seed] : request.seeds) seed = 1;
    return request;
}

std::string mnist_digest(const Preloaded& preloaded) {
    if (!preloaded.mnist) return mnist_digest({read_mnist(), {}});  // once more: for the error
    Sha256 all;
    for (const Images* images : {&preloaded.mnist->train, &preloaded.mnist->eval})
        all.update(std::as_bytes(std::span(images->pixels))).update(std::as_bytes(std::span(images->labels)));
    return to_hex(all.finish());
}

}  // namespace

Preloaded preload() {
    Preloaded preloaded;
    this_environment();  // 300 libraries to look through, once instead of in every run; asks nothing of CUDA, which no
                         // fork could use after that
    try {
        preloaded.mnist = read_mnist();
    } catch (const Error&) {
        preloaded.mnist.reset();  // the run that needs it reads again, and says so in its own log
    }
    ::malloc_trim(0);  // a fork copies the table of every page that is there, and each run's end takes it apart
    return preloaded;
}

void warm_up(const fs::path& config, Preloaded& preloaded) {
    const char* const threads = std::getenv("OMP_NUM_THREADS");
    if (threads == nullptr || std::string_view(threads) != "1") return;
    try {
        const TrainerInput input = parse_run_json(parse_json(read_file(config), config.string()));
        if (!asks_for_cpu(input.request) || !is_small(input.request)) return;
        const RunRequest request = shapes_of(input.request);
        if (!preloaded.shapes.insert(canonical_json(request.params)).second) return;
        train_briefly(request);
        ::malloc_trim(0);
    } catch (const std::exception&) {
        // the run will say it, in its own log
    }
}

int run_from_environment(const Preloaded& preloaded) {
    const char* const config = std::getenv("ASSAY_CONFIG");
    if (config == nullptr) {
        std::fprintf(stderr, "assay-torch: ASSAY_CONFIG is not set; assay run starts this program\n");
        return 2;
    }
    fs::path out;
    try {
        const TrainerInput input = parse_run_json(parse_json(read_file(config), config));
        out = input.out;
        run(input, preloaded);
        return 0;
    } catch (const Error& error) {
        std::fputs(format_error(error).c_str(), stderr);
        if (!out.empty()) std::ofstream(out / "failure") << error.what() << "\n";
        return static_cast<int>(error.exit());
    } catch (const std::exception& error) {  // libtorch's own
        const auto lines = split_lines(error.what());
        std::fprintf(stderr, "assay-torch: %s\n", error.what());
        if (!out.empty() && !lines.empty()) std::ofstream(out / "failure") << lines.front() << "\n";
        return 1;
    }
}

Json identity(const std::vector<std::string>& data_sets, const Preloaded& preloaded) {
    Json::Object data;
    try {
        for (const std::string& name : data_sets) {
            if (name == "mnist") data.emplace(name, mnist_digest(preloaded));
        }
    } catch (const Error& error) {
        return Json::Object{
            {"error", Json::Object{{"code", error.code()}, {"message", error.what()}, {"help", error.help()}}}};
    }
    return Json::Object{{"kind", "torch"},
                        {"version", ASSAY_VERSION},
                        {"libraries", library_versions()},
                        {"build_id", libtorch_build_id()},
                        {"data", std::move(data)}};
}

Json probe(const Json& hardware, const std::vector<std::string>& data_sets, const Preloaded& preloaded) {
    force_hardware(hardware);
    try_kernels(hardware);
    return Json::Object{{"hardware", effective_hardware(hardware)}, {"identity", identity(data_sets, preloaded)}};
}

}  // namespace assay
