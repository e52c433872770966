#include "torch/serve.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <map>

#include "base/error.hpp"

namespace assay {
namespace {

struct Server {
    Preloaded preloaded;
    sigset_t before{};
    std::map<pid_t, std::string> running;
};

void answer(const Json& json) {
    std::puts(canonical_json(json).c_str());
    std::fflush(stdout);
}

int answer_probe(const Server& server, const Json& request) {
    std::vector<std::string> data;
    for (const Json& name : request.at("data").as_array()) data.push_back(name.as_string());
    try {
        answer(probe(request.at("probe"), data, server.preloaded));
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "assay-torch: %s\n", error.what());
        return 1;
    }
}

[[noreturn]] void child(const Server& server, const Json& request) {
    ::setpgid(0, 0);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::sigprocmask(SIG_SETMASK, &server.before, nullptr);
    for (const auto& [name, value] : request.at("env").as_object())
        ::setenv(name.c_str(), value.as_string().c_str(), 1);
    const int log = ::open(request.at("log").as_string().c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
    const int null = ::open("/dev/null", O_RDONLY);
    ::dup2(null, 0);
    ::dup2(log, 1);
    ::dup2(log, 2);
    const int code =
        request.find("probe") != nullptr ? answer_probe(server, request) : run_from_environment(server.preloaded);
    std::fflush(nullptr);
    ::_exit(code);  // no destructors of the server's libraries
}

void start(Server& server, const std::string& line) {
    const Json request = parse_json(line, "request");
    const std::string& run = request.at("run").as_string();
    const Json::Object& env = request.at("env").as_object();
    const auto config = env.find("ASSAY_CONFIG");
    if (config != env.end()) warm_up(config->second.as_string(), server.preloaded);
    std::fflush(nullptr);
    const pid_t pid = ::fork();
    if (pid == 0) child(server, request);
    if (pid < 0) {
        answer(Json::Object{{"finished", run}, {"status", 71 << 8}});
        return;
    }
    ::setpgid(pid, pid);
    server.running[pid] = run;
    answer(Json::Object{{"started", run}, {"pid", static_cast<int>(pid)}});
}

void reap(Server& server) {
    int status = 0;
    for (pid_t pid = ::waitpid(-1, &status, WNOHANG); pid > 0; pid = ::waitpid(-1, &status, WNOHANG)) {
        const auto it = server.running.find(pid);
        if (it == server.running.end()) continue;
        ::kill(-pid, SIGKILL);  // what the run left behind
        answer(Json::Object{{"finished", it->second}, {"status", status}});
        server.running.erase(it);
    }
}

}  // namespace

int serve() {
    Server server;
    server.preloaded = preload();
    sigset_t children;
    ::sigemptyset(&children);
    ::sigaddset(&children, SIGCHLD);
    ::sigprocmask(SIG_BLOCK, &children, &server.before);
    const int child_fd = ::signalfd(-1, &children, SFD_CLOEXEC | SFD_NONBLOCK);
    answer(Json::Object{{"ready", true}});
    std::string buffer;
    bool open = true;
    while (open || !server.running.empty()) {
        std::array<pollfd, 2> fds{pollfd{open ? 0 : -1, POLLIN, 0}, pollfd{child_fd, POLLIN, 0}};
        if (::poll(fds.data(), fds.size(), -1) < 0) continue;
        std::array<char, 65536> bytes;
        while (::read(child_fd, bytes.data(), sizeof(signalfd_siginfo)) > 0) {
        }
        reap(server);
        if ((fds[0].revents & (POLLIN | POLLHUP)) == 0) continue;
        const ssize_t got = ::read(0, bytes.data(), bytes.size());
        if (got <= 0) {
            open = false;
            continue;
        }
        buffer.append(bytes.data(), static_cast<std::size_t>(got));
        for (std::size_t end = buffer.find('\n'); end != std::string::npos; end = buffer.find('\n')) {
            start(server, buffer.substr(0, end));
            buffer.erase(0, end + 1);
        }
    }
    return 0;
}

}  // namespace assay
