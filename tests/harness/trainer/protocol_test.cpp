#include "trainer/protocol.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace assay {
namespace {

TrainerInput example() {
    TrainerInput input;
    input.run_id = "013";
    input.audit = std::string(64, 'a');
    input.attempt = 1;
    input.out = "/tmp/out";
    input.request.trainer = Json::Object{{"kind", "synthetic"}};
    input.request.params = Json::Object{{"lr", 0.1}, {"hidden", Json::Array{64, 32}}};
    input.request.seeds = {{"master", 18446744073709551615ULL}, {"init", 3}};
    input.request.hardware = Json::Object{{"device", "cpu"}, {"threads", 2}, {"deterministic", true}};
    return input;
}

TEST(RunJson, ReadsBack) {
    const TrainerInput back = parse_run_json(run_json(example()));
    EXPECT_EQ(back.request, example().request);
    EXPECT_EQ(back.run_id, "013");
    EXPECT_EQ(back.attempt, 1);
    EXPECT_EQ(back.out, "/tmp/out");
}

TEST(RunJson, AnotherProtocolOrAMissingMemberIsAnError) {
    Json other = run_json(example());
    other["protocol"] = 2;
    EXPECT_THROW(parse_run_json(other), Error);
    for (const char* key : {"run_id", "params", "seeds", "hardware", "out"}) {
        Json json = run_json(example());
        json.as_object().erase(key);
        try {
            parse_run_json(json);
            ADD_FAILURE() << key;
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), "P0101");
            EXPECT_EQ(error.exit(), Exit::usage);
        }
    }
}

TEST(ProtocolVariables, AreThoseOfTheDocument) {
    const auto v = protocol_variables(example(), "/tmp/run.json");
    const std::map<std::string, std::string> expected = {
        {"ASSAY_PROTOCOL", "1"},
        {"ASSAY_CONFIG", "/tmp/run.json"},
        {"ASSAY_OUT", "/tmp/out"},
        {"ASSAY_RUN_ID", "013"},
        {"ASSAY_ATTEMPT", "1"},
        {"ASSAY_SEED", "18446744073709551615"},
        {"ASSAY_SEED_INIT", "3"},
        {"ASSAY_PARAM_LR", "0.1"},
        {"ASSAY_PARAM_HIDDEN", "[64,32]"},
        {"ASSAY_PARAMS", R"({"hidden":[64,32],"lr":0.1})"},
        {"ASSAY_DEVICE", "cpu"},
        {"ASSAY_THREADS", "2"},
        {"ASSAY_DETERMINISTIC", "1"},
    };
    EXPECT_EQ(v, expected);
}

}  // namespace
}  // namespace assay
