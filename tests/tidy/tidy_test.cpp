// The house rules that a machine can check. Each failure says where, and what to do about it.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <regex>
#include <set>

#include "base/file.hpp"
#include "base/text.hpp"

namespace assay {
namespace {
namespace fs = std::filesystem;

const fs::path k_root = ASSAY_SOURCE_DIR;

struct Source {
    std::string path;  // from the root
    std::string room;  // "lib/base"
    std::vector<std::string> lines;
};

std::vector<Source> sources_below(const std::vector<std::string>& folders, const std::set<std::string>& endings) {
    std::vector<Source> sources;
    for (const std::string& folder : folders) {
        for (const auto& entry : fs::recursive_directory_iterator(k_root / folder)) {
            if (!entry.is_regular_file() || !endings.contains(entry.path().extension())) continue;
            const std::string path = fs::relative(entry.path(), k_root).generic_string();
            const std::vector<std::string> parts = split(path, '/');
            sources.push_back({path, parts[0] + "/" + parts[1], split_lines(read_file(entry.path()))});
        }
    }
    std::sort(sources.begin(), sources.end(), [](const Source& a, const Source& b) { return a.path < b.path; });
    return sources;
}

std::vector<Source> code() { return sources_below({"lib", "harness"}, {".cpp", ".hpp"}); }

std::string at(const Source& source, std::size_t line) { return source.path + ":" + std::to_string(line + 1); }

// Who may include whom: a room and the rooms below it.
const std::map<std::string, std::set<std::string>>& layers() {
    static const std::map<std::string, std::set<std::string>> k_layers = {
        {"lib/base", {}},
        {"lib/core", {"lib/base"}},
        {"lib/archive", {"lib/base", "lib/core"}},
        {"lib/fingerprint", {"lib/base", "lib/core"}},
        {"lib/stats", {"lib/base"}},
        {"lib/analysis", {"lib/base", "lib/core", "lib/stats"}},
        {"lib/gate", {"lib/base", "lib/core", "lib/stats", "lib/analysis"}},
        {"lib/torch", {"lib/base", "lib/core"}},
        {"harness/trainer", {"lib/base", "lib/core", "lib/fingerprint"}},
        {"harness/spec", {"lib/base", "lib/core", "lib/gate", "harness/trainer"}},
        {"harness/design", {"lib/base", "lib/core", "lib/stats", "harness/spec", "harness/trainer"}},
        {"harness/schedule", {"lib/base", "lib/core", "lib/archive", "harness/spec", "harness/trainer"}},
        {"harness/import", {"lib/base", "lib/core", "harness/spec", "harness/trainer"}},
        {"harness/report", {"lib/base", "lib/core", "lib/analysis", "lib/gate", "lib/stats"}},
        {"harness/script", {"lib/base", "lib/core"}},
        {"harness/cli",
         {"lib/base", "lib/core", "lib/archive", "lib/analysis", "lib/fingerprint", "lib/gate", "lib/stats",
          "harness/trainer", "harness/spec", "harness/design", "harness/schedule", "harness/import", "harness/report",
          "harness/script"}},
        {"harness/torch", {"lib/base", "lib/core", "lib/fingerprint", "lib/torch", "harness/trainer"}},
    };
    return k_layers;
}

TEST(Layers, IncludesOnlyPointDown) {
    const std::regex include("^#include \"([a-z_]+)/([a-z0-9_/]+\\.hpp)\"");
    std::size_t checked = 0;
    for (const Source& source : code()) {
        const auto row = layers().find(source.room);
        ASSERT_NE(row, layers().end()) << source.path << ": a room without a row in the layer table of tests/tidy";
        for (std::size_t i = 0; i < source.lines.size(); ++i) {
            std::smatch match;
            if (!std::regex_search(source.lines[i], match, include)) continue;
            ++checked;
            const std::string tail = match[1].str() + "/" + match[2].str();
            const bool in_lib = fs::exists(k_root / "lib" / tail);
            ASSERT_TRUE(in_lib || fs::exists(k_root / "harness" / tail))
                << at(source, i) << ": no such header: " << tail;
            const std::string room = (in_lib ? "lib/" : "harness/") + match[1].str();
            EXPECT_TRUE(room == source.room || row->second.contains(room))
                << at(source, i) << ": " << source.room << " may not include " << room
                << "; move what is needed down, or the caller up";
        }
    }
    EXPECT_GT(checked, 100U) << "the check itself found nothing to check";
}

struct Ban {
    const char* pattern;
    const char* instead;
    std::set<std::string> allowed;  // rooms, or single files
};

TEST(Words, BannedOnesDoNotOccur) {
    const std::set<std::string> torch = {"lib/torch", "harness/torch"};
    const Ban bans[] = {
        {"#include <(torch|ATen|c10)/", "torch headers belong to lib/torch and harness/torch", torch},
        {"using namespace ", "name what you use", {}},
        {"std::random_device|std::mt19937|std::(random_)?shuffle\\(|#include <random>|[^_a-z]rand\\(",
         "base/random: named streams that give the same numbers everywhere",
         {}},
        {"std::(cout|cerr)|#include <iostream>", "return values; only the command line prints", {"harness/cli"}},
        {"\\b(fork|execve|execvp|posix_spawn|popen|system)\\(",
         "only harness/schedule makes processes (and the fork server, and the defect planted in assay-synthetic)",
         {"harness/schedule", "harness/torch", "harness/trainer/synthetic.cpp"}},
        {"\\b(TODO|FIXME|XXX|HACK)\\b", "finish it, or write an issue", {}},
        {"\\bassert\\(", "ASSAY_CHECK, which is always on", {}},
        {"-ffast-math|std::fma\\(", "bits are part of the product", {}},
        {"std::stod|std::stof|strtod|std::locale|setlocale", "std::from_chars, which knows no locale", {}},
    };
    for (const Source& source : code()) {
        for (const Ban& ban : bans) {
            if (ban.allowed.contains(source.room) || ban.allowed.contains(source.path)) continue;
            const std::regex pattern(ban.pattern);
            for (std::size_t i = 0; i < source.lines.size(); ++i) {
                EXPECT_FALSE(std::regex_search(source.lines[i], pattern))
                    << at(source, i) << ": " << source.lines[i] << "\n  instead: " << ban.instead;
            }
        }
    }
}

TEST(Sizes, FilesStayUnder400Lines) {
    for (const Source& source : sources_below({"lib", "harness", "tests"}, {".cpp", ".hpp"})) {
        EXPECT_LE(source.lines.size(), 400U) << source.path << ": split it";
    }
}

// A function begins at a line that ends in `{` and ends at the first later line that is its indent and `}`.
TEST(Sizes, FunctionsStayUnder70Lines) {
    const std::regex begins("^( {0,8})[A-Za-z_~\\[].*\\).*\\{$");
    const std::regex no_function("^ *(namespace|class|struct|enum|union|if|for|while|switch|else|do|try|extern)\\b");
    for (const Source& source : code()) {
        for (std::size_t i = 0; i < source.lines.size(); ++i) {
            std::smatch match;
            if (!std::regex_search(source.lines[i], match, begins)) continue;
            if (std::regex_search(source.lines[i], no_function)) continue;
            const std::string end = match[1].str() + "}";
            std::size_t last = i + 1;
            while (last < source.lines.size() && !source.lines[last].starts_with(end)) ++last;
            EXPECT_LE(last - i, 70U) << at(source, i) << ": a function of " << last - i << " lines; split it";
        }
    }
}

TEST(Build, EverySourceIsInTheCMakeListOfItsFolder) {
    for (const Source& source : sources_below({"lib", "harness", "tests"}, {".cpp"})) {
        const fs::path path(source.path);
        fs::path list = path.parent_path() / "CMakeLists.txt";
        if (!fs::exists(k_root / list)) list = path.parent_path().parent_path() / "CMakeLists.txt";
        ASSERT_TRUE(fs::exists(k_root / list)) << source.path << ": no CMakeLists.txt in its folder or the one above";
        EXPECT_NE(read_file(k_root / list).find(path.filename().string()), std::string::npos)
            << source.path << " is not in " << list.string() << ": add it, or delete it";
    }
}

TEST(Fixtures, EachHasAProvenanceRow) {
    const std::string table = read_file(k_root / "fixtures" / "README.md");
    for (const auto& entry : fs::recursive_directory_iterator(k_root / "fixtures")) {
        if (!entry.is_regular_file()) continue;
        fs::path path = fs::relative(entry.path(), k_root / "fixtures");
        if (path == "README.md") continue;
        bool found = false;
        for (fs::path part = path; !part.empty() && !found; part = part.parent_path()) {
            found = table.find("`" + part.generic_string() + "`") != std::string::npos ||
                    table.find("`" + part.generic_string() + "/*`") != std::string::npos;
        }
        EXPECT_TRUE(found) << "fixtures/" << path.generic_string()
                           << ": give it a row in fixtures/README.md (what, made by)";
    }
}

TEST(Readme, ItsCommandsAreTheOnesThatCiRuns) {
    const std::string readme = read_file(k_root / "README.md");
    const std::string ci = read_file(k_root / ".ci" / "run");
    const std::string dev = read_file(k_root / "dev");
    for (const char* command : {"./dev demo", "./dev test"}) {
        EXPECT_NE(readme.find(command), std::string::npos) << "README.md does not show " << command;
    }
    EXPECT_NE(ci.find("\n./dev test\n"), std::string::npos) << ".ci/run does not call the README's test command";
    for (const char* word : {"  demo)", "  test)"})
        EXPECT_NE(dev.find(word), std::string::npos) << "dev has no" << word;
}

// `assay explain` knows every code that a message can begin with: E0103 in a string, no E0103 in a comment.
TEST(Codes, EachHasAPageAndEachPageACode) {
    const std::regex text(R"re("(?:[^"\\]|\\.)*")re"), code_in_text("\\b[A-Z]0[0-9]{3}\\b");
    const std::string pages = "harness/cli/explain_codes";
    std::map<std::string, std::string> said, explained;  // code -> place
    for (const Source& source : sources_below({"lib", "harness"}, {".cpp", ".hpp", ".py", ".in"})) {
        for (std::size_t i = 0; i < source.lines.size(); ++i) {
            const std::string line = source.lines[i].substr(0, source.lines[i].find("// "));
            for (std::sregex_iterator literal(line.begin(), line.end(), text), none; literal != none; ++literal) {
                const std::string words = literal->str();
                const std::sregex_iterator end;
                for (std::sregex_iterator found(words.begin(), words.end(), code_in_text); found != end; ++found)
                    (source.path.starts_with(pages) ? explained : said).emplace(found->str(), at(source, i));
            }
        }
    }
    EXPECT_GT(said.size(), 100U);
    for (const auto& [code, place] : said)
        EXPECT_TRUE(explained.contains(code)) << place << ": " << code << " has no page; add a row to " << pages << "*";
    for (const auto& [code, place] : explained)
        EXPECT_TRUE(said.contains(code)) << place << ": nothing says " << code << " any more; remove its page";
}

// One program links every room: two types of one name are one type to the linker, and one's destructor runs on the
// other.
TEST(Tidy, NoTwoHeadersDefineTheSameType) {
    static const std::regex k_type(R"(^(struct|class|enum class) (\w+)( final)?( : [^;]*)? \{.*)");
    std::map<std::string, std::string> where;
    for (const Source& source : code()) {
        if (!source.path.ends_with(".hpp")) continue;
        for (std::size_t i = 0; i < source.lines.size(); ++i) {
            std::smatch match;
            if (!std::regex_match(source.lines[i], match, k_type)) continue;
            const auto [first, is_new] = where.emplace(match[2], at(source, i));
            EXPECT_TRUE(is_new) << at(source, i) << ": " << match[2] << " is defined at " << first->second
                                << " too; rename one";
        }
    }
    EXPECT_GT(where.size(), 100U);
}

}  // namespace
}  // namespace assay
