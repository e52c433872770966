// assay accept and assay gate --suggest as documents.
#include "program.hpp"

namespace assay {
namespace {
namespace fs = std::filesystem;
using testing::Bench;
using testing::holds;
using testing::Words;

struct Stored : Bench {
    Stored() {
        write("gate.yaml",
              "assay: 1\nname: t\ntrainer: synthetic\nmodel: {inputs: 200, sd_init: 0.3}\nfactors: {seed: {all: 8}}\n"
              "design: repeat\ngate: {replay: identical, R: < 1.25}\n");
        EXPECT_EQ(assay({"run", "gate.yaml", "--store", "store", "-o", "r.json"}).exit, 0);
    }
    testing::CommandResult accept(Words more) const {
        Words words = {"accept", "gate.yaml", "--store", "store"};
        words.insert(words.end(), more.begin(), more.end());
        return assay(words, {{"CI", ""}});
    }
};

TEST(GateJson, AcceptSaysWhatItDid) {
    const Stored bench;
    const auto first = bench.accept({"--yes", "--json"});
    ASSERT_EQ(first.exit, 0) << first.err;
    const Json document = parse_json(first.out, "accept");
    EXPECT_EQ(document.at("schema"), Json("assay/accept/1"));
    EXPECT_EQ(document.at("outcome"), Json("written"));
    EXPECT_TRUE(document.at("before").is_null());
    EXPECT_EQ(document.at("runs"), Json(9));
    const Json& replay = document.at("figures").at("replay identical");
    EXPECT_TRUE(replay.at("before").is_null());
    EXPECT_EQ(replay.at("after"), Json("identical"));
    EXPECT_TRUE(fs::exists(bench.folder.path() / "assay.baseline.json"));
    const auto again = bench.accept({"--yes", "-o", "accept.json"});
    ASSERT_EQ(again.exit, 0) << again.err;
    EXPECT_EQ(again.out, "");
    EXPECT_EQ(parse_json(read_file(bench.folder.path() / "accept.json"), "accept").at("outcome"), Json("unchanged"));
    EXPECT_EQ(bench.accept({"--yes", "-o", "accept.html"}).exit, 2);
}

TEST(GateJson, AQuestionIsAskedBesideTheDocument) {
    const Stored bench;
    const auto declined = bench.shell("CI= \"$ASSAY\" accept gate.yaml --store store --json </dev/null");
    EXPECT_EQ(declined.exit, 2) << "nobody is there to ask";
    EXPECT_TRUE(holds(declined.err, "baseline none -> ")) << declined.err;
    EXPECT_EQ(parse_json(declined.out, "error").at("code"), Json("G0103"));
    EXPECT_FALSE(fs::exists(bench.folder.path() / "assay.baseline.json"));
}

TEST(GateJson, SuggestionsAreADocumentToo) {
    const Stored bench;
    ASSERT_EQ(bench.accept({"--yes"}).exit, 0);
    const Words words = {"gate", "gate.yaml", "--store", "store", "--suggest"};
    const auto with = [&](Words more) {
        more.insert(more.begin(), words.begin(), words.end());
        return bench.assay(more);
    };
    const auto json = with({"--json"});
    ASSERT_EQ(json.exit, 0) << json.err;
    const Json document = parse_json(json.out, "suggest");
    EXPECT_EQ(document.at("of"), Json("baseline"));
    EXPECT_EQ(document.at("seeds"), Json(8));
    const std::string text = with({}).out;
    for (const Json& row : document.at("suggestions").as_array()) {
        const std::string limit = row.at("limit").as_string();
        EXPECT_TRUE(
            holds(text, row.at("rule").as_string() + ": " + (limit.empty() ? row.at("note").as_string() : limit)));
    }
    EXPECT_EQ(with({"-o", "s.json"}).exit, 0);
    EXPECT_EQ(read_file(bench.folder.path() / "s.json"), json.out);
    EXPECT_EQ(with({"-o", "s.json", "-o", "s.txt"}).exit, 2);
    EXPECT_EQ(with({"-o", "s.xml"}).exit, 2);
    EXPECT_EQ(with({"--format", "github"}).exit, 2);
}

}  // namespace
}  // namespace assay
