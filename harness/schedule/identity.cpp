#include "schedule/identity.hpp"

#include <poll.h>
#include <sys/wait.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <optional>

#include "base/digest.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "schedule/run_folder.hpp"
#include "schedule/server_pool.hpp"
#include "trainer/results.hpp"

namespace assay {
namespace fs = std::filesystem;
namespace {

constexpr double k_question_s = 120;
constexpr std::size_t k_questions_at_once = 2;  // they load libraries: more would only fight for the cores

std::string torch_trainer(const ExecuteOptions& options) {
    const fs::path path = options.trainer_directory / "assay-torch";
    if (fs::exists(path)) return path.string();
    throw Error(
        "R0104", Exit::usage, "the libtorch trainer is not there: " + path.string(),
        "build assay where libtorch is found (libtorch-dev, or CMAKE_PREFIX_PATH), or use a command of your own");
}

// The data sets that any run of the audit reads.
std::vector<std::string> data_sets(const AuditSpec& spec) {
    std::vector<std::string> names;
    if (const Json* name = spec.params.find("data")) names.push_back(name->as_string());
    for (const Factor& factor : spec.factors) {
        if (factor.name != "data" || factor.kind == FactorKind::seed) continue;
        for (const Json& level : factor.levels) names.push_back(level.as_string());
    }
    return names;
}

// What assay-torch says of itself; the error that it had instead.
Json checked_identity(Json identity) {
    if (const Json* error = identity.find("error")) {
        throw Error(error->at("code").as_string(), Exit::unreadable, error->at("message").as_string(),
                    error->at("help").as_string());
    }
    return identity;
}

// What is read of a run's files, where the spec says more than the protocol: the same files read otherwise are other
// answers.
Json results_identity(const TrainerSpec& trainer) {
    Json::Object results;
    if (trainer.predictions != k_default_predictions) results.emplace("predictions", trainer.predictions);
    if (trainer.labels != k_default_labels) results.emplace("labels", trainer.labels);
    if (!trainer.weights.empty()) results.emplace("weights", trainer.weights);
    if (Json decision = decision_json(trainer.decision); !decision.as_object().empty())
        results.emplace("decision", std::move(decision));
    return results;
}

Json exec_identity(const AuditSpec& spec) {
    const std::vector<std::string>&exec = spec.trainer.command, &predict = spec.trainer.predict;
    Json::Object inputs;
    const auto add = [&](const std::string& name) {
        inputs[name] = sha256_hex(read_file(spec.trainer.directory / name, std::size_t{1} << 30));
    };
    for (const std::string& name : spec.trainer.inputs) add(name);
    if (spec.trainer.inputs.empty()) {
        for (const auto* command : {&exec, &predict}) {
            for (const std::string& word : *command) {
                const bool relative = !word.empty() && word.front() != '/' && word.find('$') == std::string::npos;
                if (relative && fs::is_regular_file(spec.trainer.directory / word)) add(word);
            }
        }
    }
    Json::Object environment;
    for (const auto& [name, value] : spec.trainer.environment) environment.emplace(name, value);
    Json::Object identity{{"kind", "exec"},
                          {"command", Json::Array(exec.begin(), exec.end())},
                          {"env", std::move(environment)},
                          {"inputs", std::move(inputs)}};
    // It changes no answer; but a run that was never asked again cannot be asked later, as its model is gone.
    if (!predict.empty()) identity.emplace("predict", Json::Array(predict.begin(), predict.end()));
    if (Json results = results_identity(spec.trainer); !results.as_object().empty())
        identity.emplace("results", std::move(results));
    return identity;
}

struct Question {
    WarmServer* server = nullptr;
    std::string block;
    fs::path log;  // its file name names the question too
    std::optional<int> wait_status;
};

// A server may die while it is asked; that is an answer, not our end.
class PipesMayBreak {
public:
    PipesMayBreak() { before_ = std::signal(SIGPIPE, SIG_IGN); }
    ~PipesMayBreak() { std::signal(SIGPIPE, before_); }
    PipesMayBreak(const PipesMayBreak&) = delete;
    PipesMayBreak& operator=(const PipesMayBreak&) = delete;

private:
    void (*before_)(int);
};

Question ask(const AuditSpec& spec, const ExecuteOptions& options, const Json& block, const fs::path& log,
             bool about_data) {
    RunRequest request;
    request.hardware = block;
    request.seeds["master"] = 0;
    Json::Array data;
    if (about_data) {
        for (const std::string& name : data_sets(spec)) data.emplace_back(name);
    }
    WarmServer& server =
        options.servers->server({torch_trainer(options)}, shared_variables(spec, request), trainer_directory(spec));
    server.start(log.filename(), {}, log, {{"probe", block}, {"data", std::move(data)}});
    return {&server, canonical_json(block), log, std::nullopt};
}

void read_answers(std::vector<Question>& questions, WarmServer& server) {
    for (const WarmServer::Finished& finished : server.read_answers()) {
        for (Question& question : questions) {
            if (question.log.filename() == finished.run) question.wait_status = finished.wait_status;
        }
    }
}

// A library may die when it is loaded as well as when it computes.
[[noreturn]] void died(const Question& question, int wait_status) {
    throw Error("R0105", Exit::unreadable,
                "hardware: " + question.block + ": assay-torch ended with " + status_text(wait_status));
}

[[noreturn]] void fail(const Question& question, bool late) {
    const std::string log = question.server->log();
    const int status = question.server->end();
    // SIGKILL is ours, for one that talked nonsense, or the system's: no library's doing.
    if (!late && WIFSIGNALED(status) && WTERMSIG(status) != SIGKILL) died(question, status);
    throw Error("R0102", Exit::unreadable,
                (late ? "assay-torch gave no answer for " + duration_text(k_question_s)
                      : "assay-torch ended with " + status_text(status) + " before it answered") +
                    "\n" + elide(log, 2000),
                "run it by hand to see why: assay-torch --serve </dev/null");
}

void wait_for_answers(std::vector<Question>& questions) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::duration<double>(k_question_s);
    const auto waits = [](const Question& question) { return !question.wait_status; };
    while (std::any_of(questions.begin(), questions.end(), waits)) {
        std::vector<pollfd> fds;
        for (const Question& question : questions) fds.push_back({question.server->fd(), POLLIN, 0});
        ::poll(fds.data(), fds.size(), 100);
        for (Question& question : questions) {
            read_answers(questions, *question.server);
            const bool late = std::chrono::steady_clock::now() > deadline;
            if (question.wait_status || (!late && !question.server->dead())) continue;
            fail(question, late);
        }
    }
}

TrainerProbe probe_of(const Question& question) {
    const int status = *question.wait_status;
    if (WIFSIGNALED(status)) died(question, status);
    const std::string log = read_file(question.log);
    if (status != 0)
        throw Error("R0102", Exit::unreadable,
                    "assay-torch ended with " + status_text(status) + "\n" + elide(log, 2000));
    Json answer = parse_json(last_line(log), "assay-torch --serve");
    return {checked_identity(answer.at("identity")), answer.at("hardware")};
}

}  // namespace

Json trainer_identity(const AuditSpec& spec, const ExecuteOptions& options) {
    if (spec.trainer.kind == "torch") {
        ExecuteOptions own = options;
        own.servers = std::make_shared<ServerPool>();
        return probe_trainers(spec, own, {Json::Object{}}).front().identity;
    }
    if (spec.trainer.kind == "synthetic") return Json::Object{{"kind", "synthetic"}, {"version", "0.1.0"}};
    return exec_identity(spec);
}

std::vector<TrainerProbe> probe_trainers(const AuditSpec& spec, const ExecuteOptions& options,
                                         const std::vector<Json>& blocks) {
    const TemporaryDirectory logs;
    const PipesMayBreak scope;
    std::vector<TrainerProbe> probes(blocks.size());
    for (std::size_t begin = 0; begin < blocks.size(); begin += k_questions_at_once) {
        std::vector<Question> questions;
        for (std::size_t i = begin; i < std::min(begin + k_questions_at_once, blocks.size()); ++i)
            questions.push_back(ask(spec, options, blocks[i], logs.path() / ("probe-" + std::to_string(i)), i == 0));
        wait_for_answers(questions);
        for (std::size_t i = 0; i < questions.size(); ++i) probes[begin + i] = probe_of(questions[i]);
    }
    return probes;
}

}  // namespace assay
