// What stops a run early: a limit, a budget, another process, a signal. Each says so, and the same command goes on.
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "program.hpp"

namespace assay {
namespace {
using testing::Bench;
using testing::holds;
using testing::synthetic_spec;

// Runs that come to an end, the first ones at once, when the folder's file "go" is there; until then they wait.
std::string patient_spec() {
    return testing::shell_spec("touch started.$ASSAY_RUN_ID; until [ -e go ]; do sleep 0.05; done; exec sh train.sh",
                               "{seed: {init: 4}}");
}

// How many of its runs have begun; the order is drawn.
int started(const Bench& bench) {
    int count = 0;
    for (const std::string& name : list_directory(bench.folder.path())) count += name.starts_with("started") ? 1 : 0;
    return count;
}

// Patience for what must happen; ends at once when it has.
template <class Condition>
void wait_until(Condition condition) {
    for (int i = 0; i < 6000 && !condition(); ++i) ::usleep(10'000);
    ASSERT_TRUE(condition()) << "it never happened";
}

void expect_completes(const Bench& bench, const std::string& spec) {
    const auto again = bench.assay({"run", spec, "--store", "store"});
    EXPECT_EQ(again.exit, 0) << again.err;
    const Json report = bench.report();
    EXPECT_EQ(report.at("stored"), report.at("planned"));
    EXPECT_EQ(report.at("failed"), Json(Json::Array{}));
}

TEST(Stop, ALimitIs75AndTheSameCommandGoesOn) {
    const Bench bench;
    bench.write("spec.yaml", synthetic_spec());
    for (const int stored : {2, 4}) {
        const auto result = bench.assay({"run", "spec.yaml", "--store", "store", "--limit", "2"});
        EXPECT_EQ(result.exit, 75) << result.err;
        EXPECT_EQ(bench.report().at("stored"), Json(stored));
    }
    const auto last = bench.assay({"run", "spec.yaml", "--store", "store", "--limit", "2"});
    EXPECT_EQ(last.exit, 0) << "the limit was not in the way";
    expect_completes(bench, "spec.yaml");
}

TEST(Stop, ABudgetIs75AndTheSameCommandGoesOn) {
    const Bench bench;
    bench.write("spec.yaml", synthetic_spec("{sleep_ms: 300}"));
    const auto result = bench.assay({"run", "spec.yaml", "--store", "store", "--budget", "0.1s", "--jobs", "1"});
    EXPECT_EQ(result.exit, 75) << result.err;
    EXPECT_EQ(bench.report().at("stored"), Json(1)) << "what was running came to its end";
    expect_completes(bench, "spec.yaml");
}

TEST(Stop, ASecondProcessOnTheSameAuditIsSentAway) {
    const Bench bench, other;  // two folders, one store
    bench.write("train.sh", testing::k_foreign_trainer);
    const std::string spec = (bench.folder.path() / bench.write("spec.yaml", patient_spec())).string();
    const std::string store = (bench.folder.path() / "store").string();
    const pid_t first = bench.start({"run", spec, "--store", store});
    wait_until([&] { return started(bench) > 0; });
    const auto second = other.assay({"run", spec, "--store", store});
    EXPECT_EQ(second.exit, 75);
    EXPECT_TRUE(holds(second.err, "R0301") && holds(second.err, "run the same command again")) << second.err;
    const auto reading = other.assay({"report", "--store", store});
    EXPECT_EQ(reading.exit, 4) << "reading is not in the way, and nothing has finished: " << reading.err;
    bench.write("go", "");
    EXPECT_EQ(testing::finish_command(first, bench.folder.path()).exit, 0);
    EXPECT_EQ(other.assay({"run", spec, "--store", store}).exit, 0);
}

struct Interruption {
    Bench bench;
    pid_t child = 0;

    Interruption() {
        bench.write("train.sh", testing::k_foreign_trainer);
        bench.write("spec.yaml", patient_spec());
        child = bench.start({"run", "spec.yaml", "--store", "store", "--jobs", "1"});
        wait_until([&] { return started(bench) > 0; });
    }
    testing::CommandResult finish() const { return testing::finish_command(child, bench.folder.path()); }
    std::string said() const { return read_file(bench.folder.path() / ".err"); }
};

TEST(Stop, AnInterruptWaitsForWhatRunsThenIs130AndTheSameCommandGoesOn) {
    const Interruption it;
    ::kill(it.child, SIGINT);
    wait_until([&] { return holds(it.said(), "stopping"); });
    EXPECT_TRUE(holds(it.said(), "stopping: waiting for 1 run; interrupt again to end them")) << it.said();
    it.bench.write("go", "");
    const auto result = it.finish();
    EXPECT_EQ(result.exit, 130);
    EXPECT_TRUE(holds(result.err, "The same command continues")) << result.err;
    EXPECT_EQ(started(it.bench), 1) << "another run was started after the signal";
    EXPECT_EQ(it.bench.report().at("stored"), Json(1)) << "the one that ran is kept";
    expect_completes(it.bench, "spec.yaml");
}

TEST(Stop, ASecondInterruptAndATerminationEndTheTrainersAtOnce) {
    for (const int signal : {SIGINT, SIGTERM}) {
        const Interruption it;
        ::kill(it.child, signal);
        if (signal == SIGINT) {
            wait_until([&] { return holds(it.said(), "stopping"); });
            ::kill(it.child, signal);
        }
        const auto result = it.finish();  // nobody wrote "go": only a signal ends the trainer
        EXPECT_EQ(result.exit, signal == SIGINT ? 130 : 143);
        EXPECT_TRUE(holds(result.err, "The same command continues")) << result.err;
        EXPECT_EQ(it.bench.report().at("stored"), Json(0)) << "a run that was ended is no result";
        it.bench.write("go", "");
        expect_completes(it.bench, "spec.yaml");
    }
}

}  // namespace
}  // namespace assay
