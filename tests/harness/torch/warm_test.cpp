// Warm mode: a forked child computes what a cold process computes, and its death is an outcome, not an end.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <csignal>
#include <set>

#include "base/digest.hpp"
#include "base/error.hpp"
#include "base/text.hpp"
#include "harness/torch/bench.hpp"
#include "support/variable.hpp"

namespace assay {
namespace {
namespace fs = std::filesystem;

using testing::answers;
using testing::Bench;
using testing::Variable;

const std::string k_small =
    "assay: 1\nname: t\ndata: {train: 192, eval: 100}\n"
    "model: {dropout: 0.2, hidden: [32], channels: [8]}\ntrain: {epochs: 2}\n";

std::size_t count_of(const std::string& text, const std::string& line) {
    std::size_t count = 0;
    for (std::size_t at = text.find(line); at != std::string::npos; at = text.find(line, at + 1)) ++count;
    return count;
}

TEST(WarmMode, GivesTheBitsOfColdStarts) {
    const std::string text = k_small +
                             "factors:\n  architecture: {model: [dense, cnn]}\n"
                             "  hyperparameter: {seed_mode: [separate, torch]}\n  seed: {all: 2}\n";
    Bench warm(text), cold(text);
    cold.options.cold = true;
    warm.run();
    cold.run();
    ASSERT_EQ(warm.records.size(), 12U);  // 8 and a replay of each setting
    EXPECT_EQ(warm.summary.servers, 1U);  // one server forked them all
    EXPECT_EQ(cold.summary.servers, 0U);
    std::map<std::string, int> distinct;
    for (const auto& [index, record] : warm.records) {
        EXPECT_EQ(record.state, RunState::completed) << record.reason;
        EXPECT_EQ(answers(record), answers(cold.records.at(index))) << warm.cell(index);
        if (record.request.replicate == 0) ++distinct[answers(record).at("predictions.npy")];
    }
    EXPECT_EQ(distinct.size(), 8U) << "every cell must have its own answers, else equality says nothing";
}

// assay-torch behind a script that notes how it is called: a server has an argument, a cold run none.
TEST(WarmMode, OneReplayOfEachEnvironmentStartsCold) {
    const TemporaryDirectory trainers;
    const fs::path script = trainers.path() / "assay-torch", calls = trainers.path() / "calls";
    write_file_atomic(script, "#!/bin/sh\necho \"call $1\" >> '" + calls.string() + "'\nexec '" +
                                  std::string(ASSAY_TRAINERS) + "/assay-torch' \"$@\"\n");
    ::chmod(script.c_str(), 0755);
    Bench bench(k_small + "factors: {seed: {init: 2}, hardware: {threads: [1, 2]}}\nreplays: 4\n", trainers.path());
    std::filesystem::remove(calls);  // the identity's
    bench.run();
    ASSERT_EQ(bench.records.size(), 8U);
    const std::string text = read_file(calls);
    EXPECT_EQ(count_of(text, "call \n"), 2U) << text;
    EXPECT_EQ(count_of(text, "call --serve\n"), 2U) << text;
}

// A process tries which of Adam's passes gives libtorch's bits: that is no operation of the training. 192 images, 2
// epochs, batches of 64: 6 steps that are all alike.
TEST(WarmMode, TheTraceHoldsTheStepsAndNothingElse) {
    const auto operations = [](const std::string& steps) {
        Bench bench(k_small + "pin: {environment: {ASSAY_TRACE: " + steps + "}}\nfactors: {seed: {init: 2}}\n");
        bench.run();
        const RunRecord& record = bench.records.at(0);
        EXPECT_EQ(record.state, RunState::completed) << record.reason;
        const Json json = parse_json(bench.store.get_object(record.members.at("fingerprint.json")), "fingerprint");
        return json.at("trace").at("operations").as_integer();
    };
    EXPECT_EQ(operations("all"), 6 * operations("first"));
}

// A replay in the plan, and one by hand: the first is forked or cold, the second always cold.
TEST(WarmMode, AReplayGivesTheBitsOfItsRun) {
    Bench bench(k_small + "factors:\n  seed: {init: 2}\nreplays: 2\n");
    bench.run();
    ASSERT_EQ(bench.records.size(), 4U);
    std::map<std::vector<int>, std::set<std::map<std::string, std::string>>> by_cell;
    for (const auto& [index, record] : bench.records) {
        ASSERT_EQ(record.state, RunState::completed) << record.reason;
        by_cell[bench.plan.runs[static_cast<std::size_t>(index)].levels].insert(answers(record));
    }
    ASSERT_EQ(by_cell.size(), 2U);
    for (const auto& [levels, results] : by_cell) EXPECT_EQ(results.size(), 1U) << levels.at(0);
    const LoneRun again = run_once(bench.plan, bench.spec, 0, bench.options, bench.folder.path() / "again");
    const RunRecord& before = bench.records.at(0);
    EXPECT_EQ(again.record.weights, before.weights);
    for (const char* name : {"predictions.npy", "labels.npy", "steps.npy"})
        EXPECT_EQ(sha256_hex(again.files.at(name)), before.members.at(name).sha256) << name;
}

TEST(Results, HaveTheirShapes) {
    Bench bench(k_small + "factors:\n  architecture: {model: [dense, cnn]}\nreplays: 0\n");
    bench.run();
    for (int index = 0; index < 2; ++index) {
        ASSERT_EQ(bench.records.at(index).state, RunState::completed) << bench.records.at(index).reason;
        EXPECT_EQ(bench.array(index, "steps.npy").type, NumericType::uint64);
        EXPECT_EQ(bench.array(index, "steps.npy").shape, (std::vector<std::size_t>{7, 8}));
        EXPECT_EQ(bench.array(index, "predictions.npy").shape, (std::vector<std::size_t>{100, 10}));
        EXPECT_EQ(bench.array(index, "labels.npy").shape, std::vector<std::size_t>{100});
        EXPECT_EQ(bench.records.at(index).weights.size(), 4U);
        EXPECT_NE(bench.records.at(index).versions.find("libtorch"), nullptr);
    }
}

TEST(Results, ADivergedTrainingIsDivergedNotFailed) {
    Bench bench(
        "assay: 1\nname: t\ndata: {train: 192, eval: 100}\ntrain: {optimizer: sgd, lr: 100, l2: 100, epochs: 20}\n"
        "factors:\n  seed: {init: 2}\nreplays: 0\n");
    const ExecuteSummary summary = bench.run();
    EXPECT_EQ(summary.failed, 0U);
    ASSERT_EQ(bench.records.size(), 2U);
    for (const auto& [index, record] : bench.records) {
        EXPECT_EQ(record.state, RunState::diverged);
        EXPECT_TRUE(record.reason.starts_with("R0215: ")) << record.reason;
    }
}

std::vector<pid_t> children_of(pid_t parent) {
    std::vector<pid_t> children;
    for (const std::string& name : list_directory("/proc")) {
        if (std::isdigit(static_cast<unsigned char>(name[0])) == 0) continue;
        try {
            const std::string stat = read_file(fs::path("/proc") / name / "stat");
            const auto words = split(stat.substr(stat.rfind(')') + 2), ' ');  // state, parent, ...
            if (words.at(1) == std::to_string(parent) && words.at(0) != "Z") children.push_back(std::stoi(name));
        } catch (const Error&) {  // it has ended since
        }
    }
    return children;
}

bool is_gone(pid_t pid) {
    try {
        const std::string stat = read_file(fs::path("/proc") / std::to_string(pid) / "stat");
        return stat.at(stat.rfind(')') + 2) == 'Z';
    } catch (const Error&) {
        return true;
    }
}

// Three runs, one at a time; the first one would train for hours. `strike` gets the server and the forked child.
struct Struck {
    Bench bench{k_small + "factors:\n  seed: {init: 3}\nreplays: 0\n"};
    int victim = 0;
    pid_t child = 0;
    ExecuteSummary summary;

    explicit Struck(const std::function<void(pid_t server, pid_t child)>& strike) {
        bench.options.jobs = 1;
        victim = bench.plan.order[0];
        bench.plan.runs[static_cast<std::size_t>(victim)].request.params["epochs"] = 100000;
        const pid_t self = ::getpid();
        summary = bench.run([&](const RunEvent&) {
            for (const pid_t server : child == 0 ? children_of(self) : std::vector<pid_t>{}) {
                for (const pid_t run : children_of(server)) strike(server, child = run);
            }
        });
    }
};

void expect_one_lost(Struck& struck, const std::string& reason) {
    EXPECT_EQ(struck.summary.executed, 3U);
    EXPECT_EQ(struck.summary.failed, 1U);
    ASSERT_EQ(struck.bench.records.size(), 3U);
    for (const auto& [index, record] : struck.bench.records) {
        const bool lost = index == struck.victim;
        EXPECT_EQ(record.state, lost ? RunState::failed : RunState::completed) << record.reason;
        if (lost) {
            EXPECT_TRUE(record.reason.starts_with(reason)) << record.reason;
            EXPECT_EQ(record.members.count("predictions.npy"), 0U);
        }
    }
    EXPECT_TRUE(children_of(::getpid()).empty());
    for (int i = 0; i < 500 && !is_gone(struck.child); ++i) ::usleep(10'000);
    EXPECT_TRUE(is_gone(struck.child));
}

TEST(WarmMode, AKilledWorkerIsAFailedRunAndTheAuditGoesOn) {
    Struck struck([](pid_t, pid_t child) { ::kill(child, SIGKILL); });
    expect_one_lost(struck, "R0205: the trainer was ended by signal 9");
    EXPECT_EQ(struck.bench.summary.servers, 1U);  // the server lived on
}

TEST(WarmMode, AKilledServerLosesItsRunsOnlyAndIsReplaced) {
    Struck struck([](pid_t server, pid_t) { ::kill(server, SIGKILL); });
    expect_one_lost(struck, "R0220: the warm server ended");
}

// A fork copies one thread only: what a second one held, or was to do, would be missing in every child.
TEST(WarmMode, AServerHasOneThread) {
    Bench bench(k_small + "factors:\n  hardware: {threads: [1, 2]}\n  seed: {init: 2}\nreplays: 0\n");
    const pid_t self = ::getpid();
    std::map<pid_t, std::ptrdiff_t> threads;
    const ExecuteSummary summary = bench.run([&](const RunEvent&) {
        for (const pid_t server : children_of(self)) {
            if (children_of(server).empty()) continue;  // it forks: so it has loaded and warmed up
            const fs::directory_iterator tasks("/proc/" + std::to_string(server) + "/task");
            threads[server] = std::max(threads[server], std::distance(fs::begin(tasks), fs::end(tasks)));
        }
    });
    EXPECT_EQ(summary.executed, 4U);
    EXPECT_EQ(summary.failed, 0U);
    ASSERT_EQ(threads.size(), 2U);
    for (const auto& [server, count] : threads) EXPECT_EQ(count, 1) << server;
}

// The first run brings the server up, with the time that it needs; the second one would train for hours.
TEST(WarmMode, AWorkerAtItsTimeLimitIsEnded) {
    Bench bench(k_small + "factors:\n  seed: {init: 2}\nreplays: 0\n");
    bench.options.jobs = 1;
    const int victim = bench.plan.order[1];
    bench.plan.runs[static_cast<std::size_t>(victim)].request.params["epochs"] = 100000;
    const ExecuteSummary summary = bench.run([&](const RunEvent& event) {
        if (event.kind == RunEvent::Kind::started) bench.spec.trainer.timeout_s = 1;  // of those that start later
    });
    EXPECT_EQ(summary.failed, 1U);
    ASSERT_EQ(bench.records.size(), 2U);
    EXPECT_EQ(bench.records.at(bench.plan.order[0]).state, RunState::completed);
    EXPECT_EQ(bench.records.at(victim).state, RunState::timed_out);
    EXPECT_TRUE(bench.records.at(victim).reason.starts_with("R0206: ")) << bench.records.at(victim).reason;
    EXPECT_TRUE(children_of(::getpid()).empty());
}

// The limit is over before the server has loaded libtorch: the signals wait until there is somebody to get them.
TEST(WarmMode, AWorkerWhoseTimeIsOverBeforeItBeginsIsEndedWhenItBegins) {
    Bench bench(k_small + "factors:\n  seed: {init: 2}\nreplays: 0\n");
    for (PlannedRun& run : bench.plan.runs) run.request.params["epochs"] = 100000;
    bench.spec.trainer.timeout_s = 0.01;
    bench.options.grace_s = 0.01;
    const ExecuteSummary summary = bench.run();
    EXPECT_EQ(summary.failed, 2U);
    for (const auto& [index, record] : bench.records) EXPECT_EQ(record.state, RunState::timed_out) << record.reason;
    EXPECT_TRUE(children_of(::getpid()).empty());
}

const std::string k_both_data =
    "assay: 1\nname: t\ndata: {train: 100, eval: 50}\ntrain: {epochs: 1}\n"
    "factors:\n  data: {data: [mnist, synthetic28]}\nreplays: 0\n";

TEST(Data, AnAuditWithoutItsFilesEndsBeforeItsFirstRun) {
    const TemporaryDirectory empty;
    const Variable data("ASSAY_DATA", empty.path().string());
    try {
        const Bench bench(k_both_data);
        ADD_FAILURE() << "nothing was noticed";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), "T0101");
        EXPECT_EQ(error.exit(), Exit::unreadable);
        EXPECT_NE(std::string(error.what()).find(empty.path().string()), std::string::npos) << error.what();
    }
}

TEST(Data, FilesThatAreLostAfterThePlanFailTheRunsThatNeedThem) {
    for (const bool cold : {false, true}) {
        Bench bench(k_both_data);
        bench.options.cold = cold;
        const TemporaryDirectory empty;
        const Variable data("ASSAY_DATA", empty.path().string());
        const ExecuteSummary summary = bench.run();
        EXPECT_EQ(summary.failed, 1U);
        ASSERT_EQ(bench.records.size(), 2U);
        EXPECT_EQ(bench.records.at(0).state, RunState::failed);
        EXPECT_EQ(bench.records.at(0).reason, "R0204: the trainer ended with exit 74; it says: " +
                                                  (empty.path() / "train-images-idx3-ubyte.gz").string() +
                                                  ": there is no such file");
        EXPECT_EQ(bench.records.at(1).state, RunState::completed) << bench.records.at(1).reason;
    }
}

}  // namespace
}  // namespace assay
