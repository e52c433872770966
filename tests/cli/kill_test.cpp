// kill -9 of `assay run` at any moment, then the same command: nothing lost, nothing wrong, nothing left running.
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <set>

#include "archive/store.hpp"
#include "base/error.hpp"
#include "base/random.hpp"
#include "program.hpp"

namespace assay {
namespace {
namespace fs = std::filesystem;
using testing::Bench;
using testing::without_context;

// Processes whose environment or command line names the folder: trainers get theirs from the store's path.
std::vector<std::string> processes_of(const fs::path& folder) {
    std::vector<std::string> found;
    for (const std::string& name : list_directory("/proc")) {
        if (name.find_first_not_of("0123456789") != std::string::npos) continue;
        try {
            const fs::path process = fs::path("/proc") / name;
            const std::string text = read_file(process / "cmdline") + read_file(process / "environ");
            if (text.find(folder.string()) != std::string::npos) found.push_back(text);
        } catch (const Error&) {  // ended meanwhile, or somebody else's
        }
    }
    return found;
}

// A killed process takes a moment to be gone; one that nobody killed stays past any deadline.
std::vector<std::string> processes_left(const fs::path& folder) {
    std::vector<std::string> left = processes_of(folder);
    for (int i = 0; i < 500 && !left.empty(); ++i) {
        ::usleep(10'000);
        left = processes_of(folder);
    }
    return left;
}

// Every manifest reads, every object that it names reads, and there are no others.
void expect_sound_store(const fs::path& path) {
    const Store store = Store::open(path);
    std::set<std::string> named, there;
    for (const std::string& folder : list_directory(path / "run")) {
        for (const std::string& file : list_directory(path / "run" / folder)) {
            const StoredRun run = store.get_run(folder + file.substr(0, file.find('.')));
            for (const auto& [name, member] : run.record.members) {
                EXPECT_EQ(store.get_object(member).size(), member.size_bytes) << name;
                named.insert(member.sha256);
            }
        }
    }
    for (const std::string& folder : list_directory(path / "obj")) {
        for (const std::string& file : list_directory(path / "obj" / folder)) {
            there.insert(folder + file.substr(0, file.find('.')));
        }
    }
    EXPECT_FALSE(named.empty());
    EXPECT_EQ(named, there);
}

int kills_wanted() {
    const char* const text = std::getenv("ASSAY_KILLS");
    return text == nullptr ? 20 : std::atoi(text);
}

// 20 moments, uniform in 150 ms, from stream "cli.kill", seed 1; ASSAY_KILLS asks for more. A command that comes to its
// end before its moment is judged, and the next one begins in a fresh store: so every kill hits a living process.
TEST(Kill, AtAnyMomentThenTheSameCommandGivesTheSameReport) {
    const Bench bench;
    const std::string spec =
        bench.write("spec.yaml", testing::synthetic_spec("{inputs: 60, sleep_ms: 3}", "{init: 4, shuffle: 4}"));
    ASSERT_EQ(bench.assay({"run", spec, "--store", "calm"}).exit, 0);
    const std::string calm = without_context(bench.assay({"report", "--json", "--store", "calm"}).out);
    const auto expect_same_as_calm = [&](const std::string& store) {
        EXPECT_EQ(without_context(bench.assay({"report", "--json", "--store", store}).out), calm);
        expect_sound_store(bench.folder.path() / store);
    };
    Random random(1, "cli.kill");
    int store = 0, kills = 0;
    for (int round = 0; kills < kills_wanted(); ++round) {
        ASSERT_LT(round, 10 * kills_wanted()) << "it ends before it can be killed";
        const std::string name = "killed" + std::to_string(store);
        const pid_t child = bench.start({"run", spec, "--store", name});
        ::usleep(static_cast<useconds_t>(random.below(150'000)));
        ::kill(child, SIGKILL);
        const int exit = testing::finish_command(child, bench.folder.path()).exit;
        EXPECT_EQ(processes_left(bench.folder.path()), std::vector<std::string>{});
        if (exit == 128 + SIGKILL) {
            ++kills;
            continue;
        }
        ASSERT_EQ(exit, 0);
        expect_same_as_calm(name);
        ++store;
    }
    const std::string last = "killed" + std::to_string(store);
    ASSERT_EQ(bench.assay({"run", spec, "--store", last}).exit, 0);
    expect_same_as_calm(last);
}

// One that sleeps for long is there when its parent is killed, or this test shows nothing.
TEST(Kill, TakesTheTrainersAlong) {
    const Bench bench;
    const std::string spec = bench.write("spec.yaml", testing::synthetic_spec("{sleep_ms: 60000}", "{init: 2}"));
    const pid_t child = bench.start({"run", spec, "--store", "store", "--jobs", "2"});
    for (int i = 0; i < 6000 && processes_of(bench.folder.path() / "store").size() < 2; ++i) ::usleep(10'000);
    EXPECT_EQ(processes_of(bench.folder.path() / "store").size(), 2U);
    ::kill(child, SIGKILL);
    EXPECT_EQ(testing::finish_command(child, bench.folder.path()).exit, 128 + SIGKILL);
    EXPECT_EQ(processes_left(bench.folder.path()), std::vector<std::string>{});
}

}  // namespace
}  // namespace assay
