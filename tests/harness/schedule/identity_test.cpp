// What a trainer answers before the first run, and what becomes of one that dies of the question. Shell scripts stand
// for assay-torch here, since it never dies when it should; tests/harness/torch asks the real one.
#include "schedule/identity.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/error.hpp"
#include "base/file.hpp"
#include "schedule/server_pool.hpp"

namespace assay {
namespace {

struct Asked {
    TemporaryDirectory trainers;
    ExecuteOptions options;
    AuditSpec spec;

    explicit Asked(const std::string& script) {
        const auto path = trainers.path() / "assay-torch";
        write_file_atomic(path, "#!/bin/sh\n" + script);
        ::chmod(path.c_str(), 0755);
        options.trainer_directory = trainers.path();
        options.servers = std::make_shared<ServerPool>();
    }
    std::vector<TrainerProbe> probes(const std::vector<Json>& blocks) { return probe_trainers(spec, options, blocks); }
};

// Answers every request as a server does: the child's output goes to the log that was named.
std::string server(const std::string& in_the_child, int wait_status) {
    const std::string head = R"sh(echo '{"ready":true}'
while read -r line; do
  run=$(echo "$line" | sed 's/.*"run":"\([^"]*\)".*/\1/')
  log=$(echo "$line" | sed 's/.*"log":"\([^"]*\)".*/\1/')
  echo "{\"started\":\"$run\",\"pid\":2147483647}"
  { )sh";
    const std::string tail = R"sh(; } > "$log" 2>&1
  echo "{\"finished\":\"$run\",\"status\":STATUS}"
done
)sh";
    const std::string script = head + in_the_child + tail;
    return std::string(script).replace(script.find("STATUS"), 6, std::to_string(wait_status));
}

// Its hardware report is the request itself, without punctuation.
const std::string k_sound = R"sh(echo noise
  words=$(echo "$line" | sed 's/[^a-z0-9]/ /g')
  echo "{\"hardware\":{\"line\":\"$words\"},\"identity\":{\"kind\":\"torch\"}}")sh";
const std::string k_damaged_data =
    R"sh(echo '{"hardware":{},"identity":{"error":{"code":"T0101","message":"cut off","help":""}}}')sh";

TEST(ProbeTrainers, AsksEveryBlockAndTheFirstOfTheData) {
    Asked asked(server(k_sound, 0));
    asked.spec.params = Json::Object{{"data", "mnist"}};
    const auto probes =
        asked.probes({Json::Object{{"threads", 1}}, Json::Object{{"threads", 2}}, Json::Object{{"threads", 3}}});
    ASSERT_EQ(probes.size(), 3U);
    for (std::size_t i = 0; i < 3; ++i) {
        const std::string line = probes[i].hardware.at("line").as_string();
        EXPECT_NE(line.find("threads  " + std::to_string(i + 1)), std::string::npos) << line;
        EXPECT_EQ(line.find("mnist") != std::string::npos, i == 0) << line;
        EXPECT_EQ(probes[i].identity, Json(Json::Object{{"kind", "torch"}}));
    }
    EXPECT_EQ(asked.options.servers->started(), 3U) << "one for each set of variables, and they stay";
    for (const auto& [variables, server] : asked.options.servers->servers()) EXPECT_FALSE(server->dead());
}

TEST(ProbeTrainers, ADeathIsAnErrorWithItsReason) {
    struct Row {
        std::string script, code, text;
    };
    const Row rows[] = {
        {"kill -ILL $$\n", "R0105", "hardware: {\"threads\":1}: assay-torch ended with signal 4"},   // when it loads
        {server("true", 4), "R0105", "hardware: {\"threads\":1}: assay-torch ended with signal 4"},  // when it computes
        {"echo libtorch.so is not here >&2; exit 3\n", "R0102",
         "assay-torch ended with exit 3 before it answered\nlibtorch.so is not here"},
        {server("echo out of luck", 256), "R0102", "assay-torch ended with exit 1\nout of luck"},
        {"echo no JSON; exec sleep 100\n", "R0102", "assay-torch ended with signal 9"},
        {server(k_damaged_data, 0), "T0101", "cut off"},
    };
    for (const Row& row : rows) {
        Asked asked(row.script);
        try {
            asked.probes({Json::Object{{"threads", 1}}});
            ADD_FAILURE() << row.script;
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), row.code) << error.what();
            EXPECT_NE(std::string(error.what()).find(row.text), std::string::npos) << error.what();
        }
    }
}

}  // namespace
}  // namespace assay
