// The trainings of a stored audit and nothing else, in one process: no fork, no files, no digests of files, no store.
// tests/bench/run starts one for each core and each set of library variables.
//
//   bare_trainings AUDIT.json --blocks           one JSON line for each set of variables: {"env":{..},"runs":[0,3,..]}
//   bare_trainings AUDIT.json                    reads indices of runs from standard input, a line each, all of one
//                                                block, under its variables; after each training one line:
//                                                {"train_s":..,"train_cpu_s":..,"steps":..}
//
// train_s: inside train() of assay-torch: initial weights, choosing and gathering the images, the steps with their
// digests, the predictions of the held-out images. train_cpu_s: the same in processor time. Whoever feeds one process
// for each core from one list keeps all cores at work to the end, as assay does: a core whose neighbour is idle is
// faster, and a fixed half of the runs for each would measure that.
#include <malloc.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <iostream>
#include <map>

#include "base/error.hpp"
#include "base/file.hpp"
#include "core/plan.hpp"
#include "torch/environment.hpp"
#include "torch/train.hpp"
#include "torch/trainer.hpp"
#include "trainer/effectors.hpp"

namespace assay {
namespace {

using Clock = std::chrono::steady_clock;

double processor_s() {
    timespec time{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

void print_blocks(const Plan& plan) {
    std::map<std::string, Json> blocks;
    for (const int index : plan.order) {
        const Json& hardware = plan.runs[static_cast<std::size_t>(index)].request.hardware;
        Json& block = blocks[canonical_json(hardware)];
        if (block.is_null()) {
            Json::Object variables;
            for (const auto& [name, value] : hardware_variables(hardware)) variables.emplace(name, value);
            block = Json::Object{{"env", std::move(variables)}, {"runs", Json::Array{}}};
        }
        block["runs"].as_array().push_back(index);
    }
    for (const auto& [hardware, block] : blocks) std::puts(canonical_json(block).c_str());
}

void train_all(const Plan& plan) {
    const Preloaded preloaded = preload();
    if (!preloaded.mnist) throw Error("T0101", Exit::unreadable, "the digits cannot be read");
    for (std::size_t index = 0; std::cin >> index;) {
        const RunRequest& request = plan.runs.at(index).request;
        force_hardware(request.hardware);
        const double before_s = processor_s();
        const auto begin = Clock::now();
        const Training training = train(request, *preloaded.mnist, [](std::int64_t, std::int64_t) {});
        const double train_s = std::chrono::duration<double>(Clock::now() - begin).count();
        const Json line = Json::Object{{"train_s", train_s},
                                       {"train_cpu_s", processor_s() - before_s},
                                       {"steps", static_cast<std::uint64_t>(training.step_digests.size() / 8 - 1)}};
        std::cout << canonical_json(line) << std::endl;
    }
}

int dispatch(int argc, char** argv) {
    if (argc < 2) {
        std::fprintf(stderr, "usage: bare_trainings AUDIT.json [--blocks]\n");
        return 2;
    }
    const Plan plan = plan_from_json(parse_json(read_file(argv[1]), argv[1]));
    if (argc > 2 && std::string(argv[2]) == "--blocks") {
        print_blocks(plan);
        return 0;
    }
    train_all(plan);
    return 0;
}

}  // namespace
}  // namespace assay

int main(int argc, char** argv) {
    // As harness/torch/main.cpp: a slower allocator here would flatter assay.
    ::mallopt(M_MMAP_THRESHOLD, 1 << 30);
    ::mallopt(M_TRIM_THRESHOLD, 2'000'000'000);
    ::mallopt(M_TOP_PAD, 64 << 20);
    try {
        return assay::dispatch(argc, argv);
    } catch (const assay::Error& error) {
        std::fputs(assay::format_error(error).c_str(), stderr);
        return static_cast<int>(error.exit());
    }
}
