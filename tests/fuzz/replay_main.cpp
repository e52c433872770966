// Runs a fuzzer over its corpus and over mutations of it that are the same everywhere: stream "fuzz.<target>" of seed
// 1, the file's place in the sorted corpus as index. Usage: replay TARGET CORPUS MUTATIONS
//
// The inputs run in a child process. However it ends (a signal, exit 70, a sanitizer's exit), the parent knows the
// input it was at, and leaves it as a file.
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "base/random.hpp"
#include "fuzz/fuzz.hpp"

namespace assay::fuzz {
namespace {

constexpr std::size_t k_input_limit = 1U << 20;

// Seen by both processes.
struct Current {
    char what[256];
    std::size_t size;
    std::uint8_t bytes[k_input_limit];
};

using Corpus = std::vector<std::pair<std::string, std::string>>;  // name, bytes

Corpus read_corpus(const std::filesystem::path& folder) {
    Corpus corpus;
    for (const std::string& name : list_directory(folder))
        corpus.emplace_back(name, read_file(folder / name, k_input_limit));
    return corpus;
}

std::size_t place(Random& random, const std::string& text) { return random.below(text.size() + 1); }

// A piece of up to 16 bytes, or now and then of any length.
std::string piece(Random& random, const std::string& text) {
    const std::size_t from = place(random, text);
    const std::size_t longest = random.below(8) == 0 ? text.size() : 16;
    return text.substr(from, random.below(longest + 1));
}

const std::string& spice(Random& random) {
    static const std::vector<std::string> k_spices = {
        "-1",
        "0",
        "1e999",
        "-0.0",
        "9007199254740993",
        "18446744073709551615",
        "4294967296",
        "null",
        "true",
        "{}",
        "[]",
        "\"\"",
        "\"",
        "'",
        ":",
        ",",
        "\n",
        "${",
        "&a",
        "*a",
        "\xff",
        "\xc3\xa9",
        std::string(1, '\0'),
        std::string(4, '\xff'),
        std::string(300, '7'),
        std::string(40, '['),
    };
    return k_spices[random.below(k_spices.size())];
}

void mutate_once(Random& random, const Corpus& corpus, std::string& text) {
    const std::size_t at = place(random, text);
    switch (random.below(7)) {
        case 0:
            if (at < text.size()) text[at] = static_cast<char>(random.below(256));
            break;
        case 1:
            if (at < text.size()) text[at] = static_cast<char>(text[at] ^ (1 << random.below(8)));
            break;
        case 2:
            text.erase(at, random.below(random.below(8) == 0 ? text.size() + 1 : 9));
            break;
        case 3:
            text.insert(at, piece(random, text));
            break;
        case 4:
            text.insert(at, piece(random, corpus[random.below(corpus.size())].second));
            break;
        case 5:
            text.insert(at, spice(random));
            break;
        default:
            if (random.below(4) == 0) text.resize(at);
            break;
    }
}

void run_one(Current& current, const std::string& what, const std::string& text) {
    std::snprintf(current.what, sizeof current.what, "%s", what.c_str());
    current.size = std::min(text.size(), k_input_limit);
    std::memcpy(current.bytes, text.data(), current.size);
    LLVMFuzzerTestOneInput(current.bytes, current.size);
}

void run_all(Current& current, const std::string& target, const Corpus& corpus, std::uint64_t mutations) {
    for (std::size_t file = 0; file < corpus.size(); ++file) {
        const auto& [name, bytes] = corpus[file];
        run_one(current, name, bytes);
        Random random(1, "fuzz." + target, file);
        for (std::uint64_t i = 1; i <= mutations; ++i) {
            std::string text = bytes;
            for (std::uint64_t n = random.below(4) + 1; n > 0; --n) mutate_once(random, corpus, text);
            run_one(current, name + ", mutation " + std::to_string(i), text);
        }
    }
}

int report(const Current& current, const std::string& target, int status) {
    const std::string how = WIFSIGNALED(status) ? "signal " + std::to_string(WTERMSIG(status))
                                                : "exit " + std::to_string(WEXITSTATUS(status));
    const std::string kept = "crash-" + target;
    write_plain(kept, text_of(current.bytes, current.size));
    std::fprintf(stderr, "%s: %s at %s; the input is kept in %s/%s\n", target.c_str(), how.c_str(), current.what,
                 std::filesystem::current_path().c_str(), kept.c_str());
    return 1;
}

int run(const std::string& target, const std::filesystem::path& folder, std::uint64_t mutations) {
    const Corpus corpus = read_corpus(folder);
    if (corpus.empty()) {
        std::fprintf(stderr, "%s: no corpus in %s\n", target.c_str(), folder.c_str());
        return 2;
    }
    void* const shared = ::mmap(nullptr, sizeof(Current), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ASSAY_CHECK(shared != MAP_FAILED);
    Current& current = *static_cast<Current*>(shared);
    const pid_t child = ::fork();
    ASSAY_CHECK(child >= 0);
    if (child == 0) {
        run_all(current, target, corpus, mutations);
        std::exit(0);  // destructors and the leak check run
    }
    int status = 0;
    while (::waitpid(child, &status, 0) < 0) ASSAY_CHECK(errno == EINTR);
    if (status != 0) return report(current, target, status);
    std::printf("%s: %zu files, %zu inputs\n", target.c_str(), corpus.size(),
                corpus.size() * static_cast<std::size_t>(mutations + 1));
    return 0;
}

}  // namespace
}  // namespace assay::fuzz

int main(int argc, char** argv) {
    std::uint64_t mutations = 0;
    const std::string_view count = argc == 4 ? argv[3] : "";
    const auto [end, error] = std::from_chars(count.data(), count.data() + count.size(), mutations);
    if (argc != 4 || error != std::errc() || end != count.data() + count.size()) {
        std::fprintf(stderr, "usage: %s TARGET CORPUS MUTATIONS\n", argv[0]);
        return 2;
    }
    return assay::fuzz::run(argv[1], argv[2], mutations);
}
