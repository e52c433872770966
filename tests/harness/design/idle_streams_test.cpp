#include "design/idle_streams.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "base/text.hpp"
#include "design/design.hpp"

namespace assay {
namespace {

AuditSpec spec_of(const std::string& rest) { return parse_spec("assay: 1\nname: t\n" + rest, "folder/t.yaml"); }
Plan plan_of(const std::string& rest) { return make_plan(spec_of(rest), Json::Object{}); }

// "S0203 message | help"; "" where the plan is made.
std::string refusal(const std::string& rest) {
    try {
        plan_of(rest);
    } catch (const Error& error) {
        EXPECT_EQ(error.exit(), Exit::usage);
        return error.code() + " " + error.what() + " | " + error.help();
    }
    return "";
}

std::string seeds(const std::string& stream) { return "factors: {seed: {" + stream + ": 4}}\n"; }

TEST(RefuseIdleStreams, NamesTheStreamThePlaceTheReasonAndTheRemedy) {
    EXPECT_EQ(refusal("factors:\n  seed:\n    init: 4\n    dropout: 4\n"),
              "S0203 folder/t.yaml:6:5: seed.dropout varies, but no run draws from it: dropout is 0 | give dropout a "
              "value above 0, or take dropout out of factors: seed");
}

TEST(RefuseIdleStreams, EveryReasonAndItsOpposite) {
    struct Row {
        std::string stream, idle, reason, acts;
    };
    const Row rows[] = {
        {"dropout", "model: {dropout: 0}\n", "dropout is 0", "model: {dropout: 0.1}\n"},
        {"augment", "", "augment is 0", "data: {augment: 1}\n"},
        {"shuffle", "data: {order: fixed}\n", "order is fixed", "data: {order: shuffled}\n"},
        {"shuffle", "data: {order: by_class}\n", "order is by_class", ""},
        {"shuffle", "train: {epochs: 0}\n", "epochs is 0", "train: {epochs: 1}\n"},
        {"data", "train: {lr: 0}\n", "lr is 0", "train: {lr: 0.1}\n"},
        {"init", "train: {seed_mode: torch}\n", "seed_mode is torch", "train: {epochs: 0, lr: 0}\n"},
        {"shuffle", "train: {seed_mode: torch}\n", "seed_mode is torch", ""},
        {"init", "trainer: synthetic\nmodel: {sd_init: 0}\n", "sd_init is 0", "trainer: synthetic\n"},
        {"dropout", "trainer: synthetic\n", "sd_dropout is 0", "trainer: synthetic\nmodel: {sd_interaction: 1}\n"},
        {"dropout", "trainer: synthetic\n", "sd_dropout is 0", "trainer: synthetic\nmodel: {sd_hardware: 1}\n"},
        {"augment", "trainer: synthetic\nmodel: {sd_interaction: 1}\n", "no such stream", "data: {augment: 2}\n"},
        {"all", "trainer: synthetic\nmodel: {sd_init: 0, sd_shuffle: 0}\n", "every sd is 0",
         "trainer: synthetic\nmodel: {sd_init: 0, sd_shuffle: 0, sd_hardware: 1}\n"},
        {"augment", "train: {seed_mode: torch}\n", "augment is 0", "train: {seed_mode: torch}\ndata: {augment: 1}\n"},
    };
    for (const Row& row : rows) {
        const std::string refused = refusal(row.idle + seeds(row.stream));
        EXPECT_TRUE(refused.starts_with("S0203 ")) << row.idle << row.stream << ": " << refused;
        EXPECT_NE(refused.find(row.reason), std::string::npos) << refused;
        EXPECT_EQ(refusal(row.acts + seeds(row.stream)), "") << row.acts << row.stream;
    }
    EXPECT_EQ(refusal("train: {seed_mode: torch}\n" + seeds("all")), "") << "one manual_seed is what `all` varies";
}

TEST(RefuseIdleStreams, OfACommandNobodyKnows) {
    EXPECT_EQ(refusal("trainer: {exec: 'true'}\n" + seeds("dropout")), "");
}

TEST(IdleStreamNotes, WhereOnlySomeRunsDraw) {
    const Plan plan =
        plan_of("factors: {architecture: {dropout: [0, 0.2, 0.5]}, seed: {init: 2, dropout: 4}}\nreplays: 1\n");
    EXPECT_EQ(idle_stream_notes(plan),
              (std::vector<std::string>{"seed.dropout: 8 of 24 runs draw nothing from it (dropout is 0)"}));
    EXPECT_NE(join(plan_notes(plan), "\n").find("8 of 24 runs"), std::string::npos);
    EXPECT_TRUE(idle_stream_notes(plan_of(seeds("init"))).empty());
}

TEST(Audits, AllOfThemCanBePlanned) {
    std::size_t planned = 0;
    for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(ASSAY_SOURCE_DIR) / "audits")) {
        if (entry.path().extension() != ".yaml") continue;
        try {
            EXPECT_FALSE(make_plan(read_spec(entry.path()), Json::Object{}).runs.empty());
            ++planned;
        } catch (const Error& error) {
            ADD_FAILURE() << entry.path() << ": " << error.what();
        }
    }
    EXPECT_GE(planned, 17U);
}

}  // namespace
}  // namespace assay
