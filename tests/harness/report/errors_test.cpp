// A seed that is not wired makes the report unbelievable: that is said first, everywhere, with what to do.
#include "report/errors.hpp"

#include <gtest/gtest.h>

#include "harness/report/scenarios.hpp"
#include "report/json.hpp"
#include "report/make_report.hpp"
#include "report/sentences.hpp"
#include "report/terminal.hpp"

namespace assay {
namespace {

Report with_trainer(const Json& kind, const std::string& factor) {
    Report report;
    report.trainer = Json::Object{{"kind", kind}};
    report.attribution.unwired = {{factor, 6}};
    return report;
}

TEST(ReportErrors, NoneWithoutAnUnwiredStream) {
    for (const std::string& name : testing::scenario_names()) {
        const Report& report = testing::scenario(name);
        EXPECT_EQ(report.errors.size(), name == "blocks" ? 1U : 0U) << name;
        EXPECT_EQ(json_report(report).at("errors").as_array().size(), report.errors.size());
    }
}

TEST(ReportErrors, SayWhatToDoAboutThisTrainer) {
    struct Row {
        Json kind;
        std::string factor, help;
    };
    const Row rows[] = {
        {"exec", "seed.init", "${seed.init}, $ASSAY_SEED_INIT or `seeds` in $ASSAY_CONFIG"},
        {"exec", "seed.init", "or take init out of factors: seed"},
        {"exec", "seed.all", "from ${seed}, $ASSAY_SEED or"},
        {"exec", "seed", "from ${seed}, $ASSAY_SEED or"},
        {"torch", "seed.data", "every image used: nothing is drawn"},
        {"synthetic", "seed.init", "out of factors: seed"},
        {"import", "seed.all", "one file of predictions, or copies of one"},
        {Json(), "seed.init", "${seed.init}"},
    };
    for (const Row& row : rows) {
        const auto errors = report_errors(with_trainer(row.kind, row.factor));
        ASSERT_EQ(errors.size(), 1U);
        EXPECT_EQ(errors[0].flag, "SEED_NOT_WIRED");
        EXPECT_EQ(errors[0].factor, row.factor);
        EXPECT_NE(errors[0].help.find(row.help), std::string::npos) << errors[0].help;
        EXPECT_NE(errors[0].got.find("all 6 pairs"), std::string::npos);
    }
    Report one = with_trainer("exec", "seed.init");
    one.attribution.unwired[0].pairs = 1;
    EXPECT_EQ(report_errors(one)[0].got.find("the only pair"), 0U);
    EXPECT_NE(report_errors(one)[0].message.find("in 1 pair:"), std::string::npos);
}

// First on a screen, before any figure, whole or brief; and first of the sentences for a program.
TEST(ReportErrors, StandFirstAndOnce) {
    const Report& blocks = testing::scenario("blocks");
    EXPECT_EQ(blocks.lead[0].find("SEED_NOT_WIRED: seed.dropout changes no bit in 12 pairs: "), 0U);
    for (const bool brief : {false, true}) {
        const std::string text = terminal_report(blocks, {80, false, true, brief});
        const std::size_t at = text.find("SEED_NOT_WIRED");
        ASSERT_NE(at, std::string::npos);
        EXPECT_EQ(text.find('%'), text.find('%', at)) << "no share before it: " << text;
        EXPECT_EQ(text.find("SEED_NOT_WIRED", at + 1), std::string::npos) << text;
        for (const char* part : {"  got  ", "  expected  ", "  do  "}) EXPECT_NE(text.find(part), std::string::npos);
        EXPECT_EQ(text.find("  where  "), std::string::npos) << "not known";
    }
    EXPECT_NE(terminal_report(blocks, {80, true, true}).find("\033[31mSEED_NOT_WIRED"), std::string::npos);
}

TEST(ReportErrors, ThatAreAllThereIsToSayLeaveNoGap) {
    Report report = testing::scenario("blocks");
    report.lead.resize(report.errors.size());
    const std::string text = terminal_report(report, {80, false, true});
    EXPECT_EQ(text.find("\n\n\n"), std::string::npos) << text;
    EXPECT_NE(text.find("\n\nChanging only this"), std::string::npos) << text;
}

TEST(ReportErrors, PointAtTheSpecWhereItIsKnown) {
    Report report = testing::scenario("blocks");
    report.context.places = {{"seed.init", "study.yaml:8:5"}, {"seed.dropout", "study.yaml:9:5"}};
    const std::string text = terminal_report(report, {80, false, true});
    EXPECT_NE(text.find("\n  where     study.yaml:9:5\n"), std::string::npos) << text;
    EXPECT_EQ(text.find("study.yaml:8:5"), std::string::npos);
    EXPECT_EQ(json_report(report).at("context").at("places").at("seed.dropout"), Json("study.yaml:9:5"));
}

// "Another seed of dropout changes no bit" is no finding about seeds.
TEST(ReportErrors, NoSentenceAboutAStreamThatReachesNothing) {
    Report report = testing::scenario("seeds_alone");
    for (EffectCell& cell : report.attribution.rows[0].cells) cell.flips->value = 0;
    EXPECT_NE(lead_sentences(report)[0].find("Another seed"), std::string::npos) << lead_sentences(report)[0];
    report.attribution.unwired = {{report.attribution.rows[0].factor, 3}};
    report.errors = report_errors(report);
    const auto lead = lead_sentences(report);
    ASSERT_EQ(lead.size(), 1U) << lead[1];
    EXPECT_EQ(lead[0], error_sentence(report.errors[0]));
}

}  // namespace
}  // namespace assay
