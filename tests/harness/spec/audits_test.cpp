// The audits of this repository are read, and every name in them is guarded: misspelt once, it is an error.
#include <gtest/gtest.h>

#include <filesystem>
#include <regex>
#include <set>

#include "base/file.hpp"
#include "base/text.hpp"
#include "spec/spec.hpp"
#include "trainer/parameters.hpp"

namespace assay {
namespace {
namespace fs = std::filesystem;

std::vector<fs::path> audits() {
    std::vector<fs::path> paths;
    for (const auto& entry : fs::directory_iterator(fs::path(ASSAY_SOURCE_DIR) / "audits")) {
        if (entry.path().extension() == ".yaml") paths.push_back(entry.path());
    }
    return paths;
}

TEST(Audits, AreAllReadAndNamedAsTheirFile) {
    ASSERT_GE(audits().size(), 17U);
    for (const fs::path& path : audits()) {
        try {
            EXPECT_EQ(read_spec(path).name, path.stem());
        } catch (const SpecError& error) {
            ADD_FAILURE() << error.what();
        }
        EXPECT_TRUE(read_file(path).starts_with("# ")) << path << ": begins with its question";
    }
}

// Every key and every word of a list, with one letter doubled. A command's parameters, files and variables have names
// of the author's; errors_test.cpp misspells the keys of its block.
TEST(Audits, EveryNameMisspeltOnceIsAnError) {
    const std::regex word("[a-z_][a-z_0-9]+(?=[:,\\]}])");
    const std::set<std::string> free = {"name"};  // followed by a value of the author's
    std::size_t tried = 0;
    for (const fs::path& path : audits()) {
        if (read_spec(path).trainer.kind == "exec") continue;
        const std::string text = std::regex_replace(read_file(path), std::regex("#[^\n]*"), "");
        for (std::sregex_iterator it(text.begin(), text.end(), word), end; it != end; ++it) {
            std::string damaged = text;
            damaged.insert(static_cast<std::size_t>(it->position()) + 1, 1,
                           damaged[static_cast<std::size_t>(it->position()) + 1]);
            ++tried;
            EXPECT_THROW(parse_spec(damaged, path), SpecError) << path << ": " << it->str() << "\n" << damaged;
        }
    }
    EXPECT_GT(tried, 200U);
}

TEST(Audits, TheGrammarsPageNamesEveryParameter) {
    const std::string page = read_file(fs::path(ASSAY_SOURCE_DIR) / "audits" / "README.md");
    for (const Parameter& p : trainer_parameters("torch")) {
        EXPECT_NE(page.find("| `" + p.block + "." + p.key + "` | `" + p.name + "` |"), std::string::npos) << p.name;
    }
    for (const Parameter& p : trainer_parameters("synthetic"))
        EXPECT_NE(page.find("`" + p.name + "`"), std::string::npos) << p.name;
}

}  // namespace
}  // namespace assay
