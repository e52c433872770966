// Real processes through the whole of execute(): every planted defect becomes an outcome with its reason, nothing is
// lost, nothing is left running.
#include "schedule/execute.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/random.hpp"
#include "design/design.hpp"
#include "schedule/identity.hpp"
#include "schedule/process.hpp"
#include "support/processes.hpp"

namespace assay {
namespace {
namespace fs = std::filesystem;

std::string synthetic_spec(const std::string& model, const std::string& seeds = "{init: 2}") {
    return "assay: 1\nname: t\ntrainer: synthetic\nmodel: " + model + "\nfactors: {seed: " + seeds + "}\nreplays: 0\n";
}
std::string exec_spec(const std::string& script) {
    return "assay: 1\nname: t\ntrainer: {exec: [/bin/sh, -c, '" + script +
           "'], timeout: 20s}\nfactors: {seed: {init: 2}}\nreplays: 0\n";
}

struct Bench {
    TemporaryDirectory folder;
    Store store = Store::open_or_create(folder.path() / "store");
    ExecuteOptions options;
    AuditSpec spec;
    Plan plan;
    std::vector<RunRecord> records;

    explicit Bench(const std::string& text) {
        options.trainer_directory = ASSAY_TRAINERS;
        options.scratch = folder.path() / "work";
        options.grace_s = 0.3;
        spec = parse_spec(text, folder.path() / "spec.yaml");
        plan = make_plan(spec, trainer_identity(spec, options));
    }
    ExecuteSummary run() {
        records.clear();
        return execute(plan, spec, store, options, [&](const RunEvent& event) {
            if (event.kind == RunEvent::Kind::finished) records.push_back(*event.record);
        });
    }
    fs::path kept_folder() const { return options.scratch / audit_id(plan).substr(0, 12) / "001"; }
};

TEST(Execute, EveryPlantedDefectBecomesAnOutcomeWithItsReason) {
    struct Row {
        std::string plant;
        RunState state;
        std::string reason;
    };
    const Row rows[] = {
        {"none", RunState::completed, ""},
        {"collapse", RunState::completed, ""},
        {"flood", RunState::completed, ""},
        {"fork", RunState::completed, ""},
        {"nan", RunState::diverged, "R0215: 1 of 800"},
        {"crash", RunState::failed, "R0204: the trainer ended with exit 3; last line: RuntimeError: a planted crash"},
        {"unnormalised", RunState::failed, "R0209: predictions.npy"},
        {"lie", RunState::failed, "R0207: the trainer says it ran '999999', asked was run 001"},
    };
    for (const Row& row : rows) {
        Bench bench(synthetic_spec("{plant: " + row.plant + "}"));
        bench.run();
        ASSERT_EQ(bench.records.size(), 2U) << row.plant;
        for (const RunRecord& record : bench.records) {
            EXPECT_EQ(record.state, row.state) << row.plant << ": " << record.reason;
            const std::string reason = record.reason.substr(0, row.plant == "lie" ? 45 : std::string::npos);
            EXPECT_TRUE(reason.starts_with(row.reason.substr(0, reason.size()))) << row.plant << ": " << record.reason;
            EXPECT_EQ(record.reason.empty(), row.reason.empty()) << record.reason;
        }
        EXPECT_EQ(fs::exists(bench.kept_folder() / "run.sh"), row.state == RunState::failed) << row.plant;
    }
}

TEST(Execute, AShorterPredictionFileThanOtherRunsIsNamed) {
    // One seed of the two runs writes a row less.
    Bench bench(exec_spec("if [ $ASSAY_RUN_ID = 002 ]; then sleep 0.5; fi; exec " + std::string(ASSAY_TRAINERS) +
                          "/assay-synthetic"));
    for (PlannedRun& run : bench.plan.runs) {
        const Json params = parse_spec(synthetic_spec("{inputs: 50}"), "").params;
        run.request.params = params;
        if (run.number == 2) run.request.params["plant"] = "short";
    }
    bench.run();
    ASSERT_EQ(bench.records.size(), 2U);
    EXPECT_EQ(bench.records[0].state, RunState::completed) << bench.records[0].reason;
    EXPECT_EQ(bench.records[1].state, RunState::failed);
    EXPECT_TRUE(bench.records[1].reason.starts_with("R0210: predictions.npy is 49 x 4, other runs' is 50 x 4"))
        << bench.records[1].reason;
}

TEST(Execute, AHangingTrainerThatIgnoresSigtermIsKilledAtItsTimeLimit) {
    Bench bench(synthetic_spec("{plant: hang}"));
    bench.spec.trainer.timeout_s = 0.3;
    const ExecuteSummary summary = bench.run();
    EXPECT_EQ(summary.failed, 2U);
    for (const RunRecord& record : bench.records) {
        EXPECT_EQ(record.state, RunState::timed_out);
        EXPECT_TRUE(record.reason.starts_with("R0206: stopped at its time limit of 0.3 s")) << record.reason;
    }
}

// Whatever it does, it ends within its limit, and nothing of it runs afterwards.
TEST(Execute, HostileTrainersEndWithinTheirLimitsAndLeaveNothingRunning) {
    struct Row {
        const char* script;
        RunState state;
        const char* reason;
    };
    const Row rows[] = {
        {"trap : TERM; setsid sh -c \"trap : TERM; while :; do sleep 1; done\" & while :; do sleep 1; done",
         RunState::timed_out, "R0206: stopped at its time limit of 2.0 s"},
        {"trap \"exit 75\" TERM; while :; do sleep 0.05; done", RunState::timed_out, "R0206"},
        {"yes", RunState::timed_out, "R0206"},
        {"setsid yes & yes 1>&2", RunState::timed_out, "R0206"},
        {"for i in 1 2 3; do setsid sleep 100 & done; exit 3", RunState::failed,
         "R0204: the trainer ended with exit 3"},
        {"while :; do dd if=/dev/zero bs=4M count=1 status=none; sleep 0.02; done > $ASSAY_OUT/big", RunState::failed,
         "R0230: stopped at its disk limit: it wrote more than 20 MiB into its folder (trainer.disk)"},
    };
    for (const Row& row : rows) {
        Bench bench(exec_spec(row.script));
        bench.spec.trainer.timeout_s = row.state == RunState::timed_out ? 2 : 20;
        bench.spec.trainer.disk_bytes = 20 << 20;
        const ExecuteSummary summary = bench.run();
        EXPECT_LT(summary.wall_s, 15) << row.script;
        ASSERT_EQ(bench.records.size(), 2U);
        for (const RunRecord& record : bench.records) {
            EXPECT_EQ(record.state, row.state) << row.script << ": " << record.reason;
            EXPECT_TRUE(record.reason.starts_with(row.reason)) << row.script << ": " << record.reason;
        }
        EXPECT_TRUE(testing::processes_with("ASSAY_OUT=" + bench.folder.path().string()).empty()) << row.script;
    }
}

TEST(Execute, ATrainerThatAsksToGoOnForEverIsToldSo) {
    Bench bench(exec_spec("exit 75"));
    EXPECT_EQ(bench.run().failed, 2U);
    for (const RunRecord& record : bench.records)
        EXPECT_EQ(record.reason, "R0236: the trainer asked to be started again (exit 75) 100 times and never ended");
}

TEST(Execute, WhatATrainerPrintsAndWritesIsProgress) {
    const std::pair<const char*, double> rows[] = {
        {"printf \"Epoch 2/4\\n\"; sleep 1.2; exit 125", 0.25},
        {"echo \"{\\\"step\\\":3,\\\"of\\\":4}\" > $ASSAY_OUT/progress.jsonl; sleep 1.2; exit 125", 0.75},
        {"mkfifo $ASSAY_OUT/progress.jsonl; printf \"Epoch 4/4\\n\"; sleep 1.2; exit 125", 0.75},
    };
    for (const auto& [script, share] : rows) {
        Bench bench(exec_spec(script));
        bench.spec.trainer.progress = "keras";
        std::vector<double> reached;
        execute(bench.plan, bench.spec, bench.store, bench.options, [&](const RunEvent& event) {
            if (event.kind == RunEvent::Kind::reached) reached.push_back(event.reached.share);
        });
        EXPECT_EQ(reached, std::vector<double>(2, share)) << script << ": once a run";
    }
}

TEST(Execute, AttemptsOfOneRunShareTheirCheckpoints) {
    Bench bench(
        exec_spec("d=$ASSAY_CHECKPOINT_DIR; echo $ASSAY_RUN_ID >> $d/n; [ $(wc -l < $d/n) -ge 3 ] || exit 75; "
                  "[ \"$(sort -u $d/n)\" = $ASSAY_RUN_ID ] && exit 125"));
    bench.spec.trainer.checkpoints = true;
    EXPECT_EQ(bench.run().failed, 0U);
    for (const RunRecord& record : bench.records) EXPECT_EQ(record.state, RunState::skipped) << record.reason;
    EXPECT_FALSE(fs::exists(bench.kept_folder() += ".checkpoints")) << "of no use any more";
    const LoneRun again = run_once(bench.plan, bench.spec, 0, bench.options, bench.folder.path() / "replay");
    EXPECT_EQ(again.record.state, RunState::skipped) << "a replay goes on, too: " << again.record.reason;
}

TEST(Execute, CheckpointsOutliveFailuresAndWereNeverThereUnasked) {
    Bench bench(
        exec_spec("[ -z \"$ASSAY_CHECKPOINT_DIR\" ] || { echo x >> $ASSAY_CHECKPOINT_DIR/n; "
                  "exit $(wc -l < $ASSAY_CHECKPOINT_DIR/n); }; exit 99"));
    bench.spec.trainer.retries = 1;
    bench.run();
    for (const RunRecord& record : bench.records)
        EXPECT_TRUE(record.reason.starts_with("R0204: the trainer ended with exit 99"));
    bench.options.retry_failed = bench.spec.trainer.checkpoints = true;
    for (const char* status : {"exit 2", "exit 4"}) {
        bench.run();
        for (const RunRecord& record : bench.records)
            EXPECT_TRUE(record.reason.starts_with("R0204: the trainer ended with " + std::string(status)))
                << record.reason;
    }
}

TEST(Execute, TheLogOfAFloodIsBounded) {
    Bench bench(synthetic_spec("{plant: flood}"));
    bench.run();
    for (const RunRecord& record : bench.records) {
        EXPECT_LE(record.members.at("log.txt").size_bytes, 2 * BoundedLog::k_part + 200);
    }
}

TEST(Execute, OtherDefectsOfForeignTrainersAreNamed) {
    const std::pair<std::string, std::string> rows[] = {
        {"true", "R0208: the trainer ended without writing predictions.npy"},
        {"echo no > $ASSAY_OUT/predictions.npy", "R0235: predictions.npy: not a readable .npy array"},
        {"ln -s /etc/passwd $ASSAY_OUT/predictions.npy", "R0212: predictions.npy is not a regular file"},
        {"mkfifo $ASSAY_OUT/metrics.json", "R0212: metrics.json is not a regular file"},
        {"echo [1] > $ASSAY_OUT/metrics.json", "R0214: metrics.json is not a JSON object"},
        {"echo x > $ASSAY_OUT/weights.safetensors", "R0219: weights.safetensors: not a readable safetensors file"},
        {"echo assay/fingerprint/1 > $ASSAY_OUT/environment.json", "R0221: environment.json: "},
        {"echo mine > $ASSAY_OUT/environment.json", "R0208: the trainer ended without writing"},
        {"echo out of luck > $ASSAY_OUT/failure; exit 9", "R0204: the trainer ended with exit 9; it says: out of luck"},
        {"kill -SEGV $$$$", "R0205: the trainer was ended by signal 11"},
        {"exec /no/such/program", "R0204: the trainer ended with exit 127"},
    };
    for (const auto& [script, reason] : rows) {
        Bench bench(exec_spec(script));
        bench.run();
        ASSERT_EQ(bench.records.size(), 2U);
        EXPECT_EQ(bench.records[0].state, RunState::failed);
        EXPECT_TRUE(bench.records[0].reason.starts_with(reason)) << script << ": " << bench.records[0].reason;
    }
}

TEST(Execute, ATrainerMayDeclineACombination) {
    Bench bench(exec_spec("exit 125"));
    const ExecuteSummary summary = bench.run();
    EXPECT_EQ(summary.failed, 0U);
    for (const RunRecord& record : bench.records) EXPECT_EQ(record.state, RunState::skipped);
}

TEST(Execute, Exit75RunsAgainWithoutCountingAsAFailure) {
    Bench bench(exec_spec("n=$PWD/n.$ASSAY_RUN_ID; if [ -e $n ]; then exit 4; fi; touch $n; exit 75"));
    bench.run();
    for (const RunRecord& record : bench.records) {
        EXPECT_TRUE(record.reason.starts_with("R0204: the trainer ended with exit 4")) << record.reason;
        EXPECT_EQ(record.attempt, 0);
    }
}

TEST(Execute, RetriesAreCountedAndTheLastOneIsKept) {
    Bench bench(exec_spec("echo attempt $ASSAY_ATTEMPT; exit 1"));
    bench.spec.trainer.retries = 2;
    bench.run();
    ASSERT_EQ(bench.records.size(), 2U);
    for (const RunRecord& record : bench.records) {
        EXPECT_EQ(record.attempt, 2);
        EXPECT_NE(record.reason.find("last line: attempt 2"), std::string::npos) << record.reason;
    }
}

TEST(Execute, TheKeptScriptDoesTheSameByHand) {
    Bench bench(exec_spec("echo $ASSAY_SEED_INIT $ASSAY_RUN_ID; exit 7"));
    bench.run();
    const fs::path log = bench.folder.path() / "by_hand";
    const int status = std::system(("sh " + (bench.kept_folder() / "run.sh").string() + " > " + log.string()).c_str());
    EXPECT_EQ(WEXITSTATUS(status), 7);
    const auto& first = bench.plan.runs[0];
    EXPECT_EQ(read_file(log), std::to_string(first.request.seeds.at("init")) + " 001\n");
}

TEST(Execute, WhatIsStoredIsNotRunAgainAndFailuresOnRequestOnly) {
    Bench bench(synthetic_spec("{plant: crash}"));
    EXPECT_EQ(bench.run().executed, 2U);
    const ExecuteSummary second = bench.run();
    EXPECT_EQ(second.executed, 0U);
    EXPECT_EQ(second.reused, 2U);
    EXPECT_EQ(second.failed, 2U);
    bench.options.retry_failed = true;
    EXPECT_EQ(bench.run().executed, 2U);
    EXPECT_EQ(bench.records[0].attempt, 1);
}

TEST(Execute, FoldersOfStoredRunsAreRemovedThoseThatAKilledProcessLeftToo) {
    Bench bench(synthetic_spec("{inputs: 30}"));
    bench.run();
    EXPECT_FALSE(fs::exists(bench.kept_folder()));
    make_directories(bench.kept_folder() / "out");
    EXPECT_EQ(bench.run().reused, 2U);
    EXPECT_FALSE(fs::exists(bench.kept_folder()));
}

TEST(Execute, ALimitStopsEarlyAndTheNextCallContinues) {
    Bench bench(synthetic_spec("{}", "{init: 5}"));
    bench.options.limit = 2;
    const ExecuteSummary first = bench.run();
    EXPECT_EQ(first.executed, 2U);
    EXPECT_TRUE(first.stopped_early);
    bench.options.limit = 0;
    const ExecuteSummary second = bench.run();
    EXPECT_EQ(second.reused, 2U);
    EXPECT_EQ(second.executed, 3U);
    EXPECT_FALSE(second.stopped_early);
}

TEST(Execute, ASecondProcessOnTheSameAuditIsSentAway) {
    Bench bench(synthetic_spec("{sleep_ms: 3000}"));
    const pid_t other = ::fork();
    if (other == 0) {
        bench.run();
        ::_exit(0);
    }
    for (int i = 0; i < 500 && !fs::exists(bench.kept_folder()); ++i) ::usleep(10'000);
    try {
        bench.run();
        ADD_FAILURE() << "two at once";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), "R0301");
        EXPECT_EQ(error.exit(), Exit::again);
    }
    ::kill(other, SIGKILL);
    ::waitpid(other, nullptr, 0);
}

TEST(Execute, AStoreThatCannotBeWrittenEndsWith74AndStaysIntact) {
    if (::getuid() == 0) {
        // root writes anywhere; a file where a folder must be stops it as well.
        Bench bench(synthetic_spec("{}"));
        fs::remove_all(bench.store.path() / "obj");
        write_file_atomic(bench.store.path() / "obj", "");
        try {
            bench.run();
            ADD_FAILURE() << "nothing was noticed";
        } catch (const Error& error) {
            EXPECT_EQ(error.exit(), Exit::unreadable) << error.what();
        } catch (const fs::filesystem_error&) {  // main turns it into 74 as well
        }
        EXPECT_TRUE(list_directory(bench.store.path() / "run").empty());
        return;
    }
    Bench bench(synthetic_spec("{}"));
    fs::permissions(bench.store.path() / "obj", fs::perms::owner_read | fs::perms::owner_exec);
    EXPECT_THROW(bench.run(), Error);
    fs::permissions(bench.store.path() / "obj", fs::perms::owner_all);
    EXPECT_TRUE(list_directory(bench.store.path() / "run").empty());
}

// Results do not depend on how often, and where, everything was killed. 20 moments from stream "execute.kill", seed 1.
TEST(Execute, KillAtAnyMomentAndContinueGivesTheSameResults) {
    Bench calm(synthetic_spec("{inputs: 50, sleep_ms: 5}", "{init: 10}"));
    calm.run();
    const auto digest = [](const Store& store, const Plan& plan) {
        std::map<std::string, std::string> digests;
        for (const PlannedRun& run : plan.runs) {
            const auto stored = store.find_runs({request_id(run.request)});
            if (!stored.empty())
                digests[run_label(plan, run.number)] = stored[0].record.members.at("predictions.npy").sha256;
        }
        return digests;
    };
    Random random(1, "execute.kill");
    Bench bench(synthetic_spec("{inputs: 50, sleep_ms: 5}", "{init: 10}"));
    for (int round = 0; round < 20; ++round) {
        const pid_t child = ::fork();
        if (child == 0) {
            try {
                bench.run();
            } catch (const Error&) {
                ::_exit(1);  // not out of here: the child would go on with the tests, and remove the parent's folder
            }
            ::_exit(0);
        }
        ::usleep(static_cast<useconds_t>(random.below(60'000)));
        ::kill(child, SIGKILL);
        ::waitpid(child, nullptr, 0);
    }
    bench.run();
    EXPECT_EQ(digest(bench.store, bench.plan), digest(calm.store, calm.plan));
}

}  // namespace
}  // namespace assay
