#include "trainer/placeholders.hpp"

#include <gtest/gtest.h>

namespace assay {
namespace {

TrainerInput example() {
    TrainerInput input;
    input.run_id = "013";
    input.out = "/out dir";
    input.request.params = Json::Object{{"batch", 32}, {"lr", 0.1}};
    input.request.hardware = Json::Object{{"threads", 2}};
    input.request.seeds = {{"master", 7}, {"init", 8}};
    input.request.software = {{"python", "python3.11"}};
    return input;
}

TEST(ExpandCommand, FillsInEveryPlaceholder) {
    const std::pair<std::vector<std::string>, std::vector<std::string>> rows[] = {
        {{"${python}", "t.py", "${args}"}, {"python3.11", "t.py", "--batch=32", "--lr=0.1"}},
        {{"${args_no_hyphens}"}, {"batch=32", "lr=0.1"}},
        {{"--rate=${lr}", "${args}"}, {"--rate=0.1", "--batch=32"}},
        {{"${args_no_hyphens}", "-b", "${batch}", "-l${lr}"}, {"-b", "32", "-l0.1"}},
        {{"--s=${seed}/${seed.init}"}, {"--s=7/8"}},
        {{"${out}", "${run}", "${threads}", "${device}"}, {"/out dir", "013", "2", "cpu"}},
        {{"--json", "${args_json_file}"}, {"--json", "/p.json"}},
        {{"a$$b", "$", "c$"}, {"a$b", "$", "c$"}},
        {{"${lr}${lr}"}, {"0.10.1"}},
    };
    for (const auto& [command, expected] : rows) EXPECT_EQ(expand_command(command, example(), {"/p.json"}), expected);
}

TEST(ExpandCommand, ATrainedFolderIsNoPlaceholderOfATraining) {
    EXPECT_EQ(expand_command({"${trained}/m"}, example(), {"/p.json", "/model"}), std::vector<std::string>{"/model/m"});
    TrainerInput input = example();
    input.request.params["trained"] = "twice";
    EXPECT_EQ(expand_command({"${trained}"}, input, {"/p.json"}), std::vector<std::string>{"twice"});
}

TEST(PlaceholderNames, SkipsEscapedDollars) {
    EXPECT_EQ(placeholder_names("a${x}b$${y}${z"), (std::vector<std::string>{"x", "z"}));
}

TEST(SplitCommand, KnowsQuotesAndNoShell) {
    EXPECT_EQ(split_command("python  t.py '--a b' \"c d\" e'f'"),
              (std::vector<std::string>{"python", "t.py", "--a b", "c d", "ef"}));
    EXPECT_EQ(split_command("''"), (std::vector<std::string>{""}));
    EXPECT_EQ(split_command("a; rm b"), (std::vector<std::string>{"a;", "rm", "b"}));
    EXPECT_FALSE(split_command("a 'b"));
}

}  // namespace
}  // namespace assay
