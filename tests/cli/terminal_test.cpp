// On a terminal, in a pipe, in a log: what a person sees there and what must not be there.
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>

#include "base/text.hpp"
#include "program.hpp"

namespace assay {
namespace {
using testing::Bench;
using testing::holds;
using testing::Variables;
using testing::Words;

struct Session {
    int exit = -1;
    std::string bytes;  // all that the terminal got
};

// The command on a pseudo terminal of 80 columns, its standard output and error both.
Session on_terminal(const Bench& bench, const Words& words, const Variables& environment = {}) {
    Session session;
    winsize size{24, 80, 0, 0};
    int terminal = -1;
    const pid_t child = ::forkpty(&terminal, nullptr, nullptr, &size);
    if (child == 0) {
        if (::chdir(bench.folder.path().c_str()) != 0) ::_exit(126);
        for (const auto& [name, value] : testing::plain_environment(environment))
            ::setenv(name.c_str(), value.c_str(), 1);
        std::vector<std::string> argv = testing::assay_words(words);
        std::vector<char*> pointers;
        for (std::string& word : argv) pointers.push_back(word.data());
        pointers.push_back(nullptr);
        ::execv(pointers[0], pointers.data());
        ::_exit(127);
    }
    std::array<char, 4096> buffer;
    for (;;) {
        const ssize_t got = ::read(terminal, buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;  // EIO: the last process has closed it
        session.bytes.append(buffer.data(), static_cast<std::size_t>(got));
    }
    ::close(terminal);
    int status = 0;
    ::waitpid(child, &status, 0);
    session.exit = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return session;
}

// What stands on the screen at the end, line by line. Knows what assay uses: \r, \n, up, erase below, colours. Sets
// `widest` to the largest number of columns that any line ever had.
std::vector<std::string> screen_after(const std::string& bytes, std::size_t& widest) {
    std::vector<std::string> lines(1);
    std::size_t row = 0, column = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const char c = bytes[i];
        if (c == '\r') {
            column = 0;
        } else if (c == '\n') {
            if (++row == lines.size()) lines.emplace_back();
        } else if (c == '\033') {
            const std::size_t end = bytes.find_first_of("ABCDHJKm", i);
            const std::string what = bytes.substr(i + 1, end - i);
            i = end;
            if (what.back() == 'A') row -= std::min(row, static_cast<std::size_t>(std::atoi(what.c_str() + 1)));
            if (what == "[J") {
                lines.resize(row + 1);
                lines[row].resize(std::min(lines[row].size(), column));
            }
            EXPECT_TRUE(what == "[J" || what.back() == 'A' || what.back() == 'm') << "unknown: ESC" << what;
        } else if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) {  // one column for a code point
            if (lines[row].size() <= column) lines[row].resize(column + 1, ' ');
            lines[row][column++] = static_cast<unsigned char>(c) < 0x80 ? c : '~';
            widest = std::max(widest, column);
        }
    }
    return lines;
}

std::size_t count(const std::string& text, const std::string& part) {
    std::size_t n = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++n;
    return n;
}

const Words k_run = {"run", "spec.yaml", "--store", "store"};

struct Ready : Bench {
    Ready() { write("spec.yaml", testing::synthetic_spec("{inputs: 60, sleep_ms: 40}", "{init: 8}")); }
};

TEST(Terminal, ProgressIsThreeLinesDrawnAgainAndGoneAtTheEnd) {
    const Ready bench;
    const Session session = on_terminal(bench, k_run);
    EXPECT_EQ(session.exit, 0);
    EXPECT_GE(count(session.bytes, "run  "), 2U) << "drawn again";
    EXPECT_EQ(count(session.bytes, "\nnow  "), count(session.bytes, "\nyet  "));
    EXPECT_GT(count(session.bytes, "\nnow  "), 0U);
    EXPECT_EQ(count(session.bytes, "\033[2A\033[J"), count(session.bytes, "\nnow  ")) << "each drawing is taken away";
    std::size_t widest = 0;
    const auto screen = screen_after(session.bytes, widest);
    EXPECT_LE(widest, 80U) << "a wrapped line could not be taken away";
    for (const std::string& line : screen) {
        for (const char* head : {"run  ", "now  ", "yet  "}) EXPECT_FALSE(line.starts_with(head)) << line;
    }
    EXPECT_TRUE(screen[0].starts_with("9 runs in ")) << screen[0];
}

TEST(Terminal, AFailureStaysOnTheScreenAboveTheProgress) {
    const Bench bench;
    bench.write("spec.yaml", testing::synthetic_spec("{plant: crash}", "{init: 3}") + "replays: 0\n");
    const Session session = on_terminal(bench, k_run);
    EXPECT_EQ(session.exit, 4);
    std::size_t widest = 0, failures = 0;
    for (const std::string& line : screen_after(session.bytes, widest))
        failures += line.starts_with("run 00") ? 1U : 0U;
    EXPECT_EQ(failures, 6U) << "three lines as they happen, three in the report\n" << session.bytes;
}

TEST(Terminal, ColourOnlyWhereItIsWanted) {
    const Ready bench;
    ASSERT_EQ(bench.assay(k_run).exit, 0);
    struct Row {
        const char* what;
        bool terminal;
        Words more;
        Variables environment;
        bool colour;
    };
    const Row rows[] = {
        {"terminal", true, {}, {}, true},
        {"terminal, NO_COLOR", true, {}, {{"NO_COLOR", "1"}}, false},
        {"terminal, dumb", true, {}, {{"TERM", "dumb"}}, false},
        {"terminal, never", true, {"--color", "never"}, {}, false},
        {"terminal, NO_COLOR and always", true, {"--color", "always"}, {{"NO_COLOR", "1"}}, true},
        {"pipe", false, {}, {}, false},
        {"pipe, always", false, {"--color", "always"}, {}, true},
        {"pipe, JSON always", false, {"--json", "--color", "always"}, {}, false},
    };
    for (const Row& row : rows) {
        Words words = {"report", "--store", "store"};
        words.insert(words.end(), row.more.begin(), row.more.end());
        const std::string text =
            row.terminal ? on_terminal(bench, words, row.environment).bytes : bench.assay(words, row.environment).out;
        EXPECT_TRUE(holds(text, "seed.init")) << row.what << text;
        EXPECT_EQ(holds(text, "\033"), row.colour) << row.what;
    }
    ASSERT_EQ(bench.assay({"report", "--store", "store", "--color", "always", "-o", "r.txt"}).exit, 0);
    EXPECT_FALSE(holds(read_file(bench.folder.path() / "r.txt"), "\033")) << "a file is no terminal";
}

TEST(Terminal, ARunOffATerminalHasNoEscapesAndALineForEachFailure) {
    const Bench bench;
    bench.write("spec.yaml", testing::synthetic_spec("{plant: crash}", "{init: 3}") + "replays: 0\n");
    const auto result = bench.assay(k_run);
    EXPECT_EQ(count(result.err, " failed: R0204: the trainer ended with exit 3"), 3U) << result.err;
    EXPECT_FALSE(holds(result.out + result.err, "\033"));
    EXPECT_FALSE(holds(result.out + result.err, "\r"));
    const Session dumb = on_terminal(bench, {"run", "spec.yaml", "--store", "dumb"}, {{"TERM", "dumb"}});
    EXPECT_FALSE(holds(dumb.bytes, "\033")) << dumb.bytes;
}

TEST(Terminal, QuietAndNoProgressAreQuiet) {
    const Ready bench;
    EXPECT_EQ(bench.assay({"run", "spec.yaml", "--store", "a", "--quiet"}).err, "");
    const Session still = on_terminal(bench, {"run", "spec.yaml", "--store", "b", "--no-progress"});
    EXPECT_FALSE(holds(still.bytes, "\nnow  ")) << still.bytes;
    EXPECT_TRUE(holds(still.bytes, "9 runs in ")) << still.bytes;
}

TEST(Terminal, WithoutUtf8ThereIsOnlyAscii) {
    const Ready bench;
    const Session session = on_terminal(bench, k_run, {{"LC_ALL", "C"}});
    EXPECT_EQ(session.exit, 0);
    for (const char c : session.bytes) ASSERT_LT(static_cast<unsigned char>(c), 0x80) << session.bytes;
}

TEST(Terminal, TheReportFitsTheColumnsThatThereAre) {
    const Ready bench;
    ASSERT_EQ(bench.assay(k_run).exit, 0);
    for (const std::size_t columns : {80U, 120U}) {
        const auto result = bench.assay({"report", "--store", "store"}, {{"COLUMNS", std::to_string(columns)}});
        for (const std::string& line : split_lines(result.out)) EXPECT_LE(display_width(line), columns) << line;
    }
}

}  // namespace
}  // namespace assay
