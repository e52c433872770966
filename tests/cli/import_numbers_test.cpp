// Runs of other tools that are numbers only: stored, analysed and reported.
#include <gtest/gtest.h>

#include "archive/store.hpp"
#include "program.hpp"
#include "support/golden.hpp"

namespace assay {
namespace {
using testing::Bench;
using testing::holds;
using testing::Words;

// Two rates, seven seeds of each; one run is not finite, and the table says so.
const std::string k_table =
    "lr,seed,response.accuracy,response.loss,outcome\n"
    "0.001,1,0.9406,0.21,\n0.001,2,0.9505,0.18,\n0.001,3,0.9374,0.22,\n0.001,4,0.9438,0.2,\n"
    "0.001,5,0.9455,0.19,\n0.001,6,0.9412,0.21,\n0.001,7,0.9391,0.22,\n"
    "0.1,1,0.9182,0.41,\n0.1,2,0.9341,0.32,\n0.1,3,0.9037,0.47,\n0.1,4,0.9225,0.36,\n"
    "0.1,5,0.9263,0.35,\n0.1,6,0.9115,0.44,\n0.1,7,,,diverged\n";

// The last lines say when it was made.
std::string steady(const std::string& text) { return text.substr(0, text.find("Made ")); }

TEST(ImportNumbers, ReportIsAsAccepted) {
    const Bench bench;
    bench.write("runs.csv", k_table);
    const auto result = bench.assay({"import", "runs.csv", "--store", "store"});
    EXPECT_EQ(result.exit, 0) << result.err;
    EXPECT_EQ(result.err, "14 runs of runs.csv stored as runs\n");
    testing::expect_golden(steady(result.out), "cli/import_numbers.txt");
}

TEST(ImportNumbers, JsonIsAsAccepted) {
    const Bench bench;
    bench.write("runs.csv", k_table);
    const auto result = bench.assay({"import", "runs.csv", "--store", "store", "--json"});
    EXPECT_EQ(result.exit, 0) << result.err;
    testing::expect_golden(testing::without_context(result.out), "cli/import_numbers.json");
}

TEST(ImportNumbers, AreStoredAsTheyAre) {
    const Bench bench;
    bench.write("runs.csv", k_table);
    ASSERT_EQ(bench.assay({"import", "runs.csv", "--store", "store"}).exit, 0);
    const Store store = Store::open(bench.folder.path() / "store");
    const Plan plan = store.get_audit(store.list_audits().at(0));
    const RunRecord record = store.find_runs({request_id(plan.runs.at(1).request)}).at(0).record;
    EXPECT_EQ(record.metrics, Json(Json::Object{{"accuracy", 0.9505}, {"loss", 0.18}}));
    const Json report = bench.report();
    const auto& rows = report.at("runs").as_array();
    EXPECT_EQ(rows.at(1).at("outcome"), Json("completed"));
    EXPECT_EQ(rows.at(1).at("predictions"), Json());
    EXPECT_EQ(rows.at(13).at("outcome"), Json("diverged"));
    const auto& responses = report.at("attribution").at("responses").as_array();
    ASSERT_EQ(responses.size(), 2U);
    EXPECT_EQ(responses.at(0).at("name"), Json("accuracy"));
    EXPECT_EQ(responses.at(0).at("primary"), Json(true));
    EXPECT_EQ(responses.at(0).at("values").as_array().at(1), Json(0.9505));
    EXPECT_EQ(responses.at(0).at("values").as_array().at(13), Json());
    EXPECT_EQ(responses.at(0).at("runs"), Json(std::uint64_t{13}));
}

// Shares, percent and counts of errors of the same runs.
TEST(ImportNumbers, OfOtherUnitsHaveTheSameTests) {
    const Bench bench;
    std::string table = "lr,seed,response.share,response.percent,response.errors\n";
    const int right[2][6] = {{940, 950, 937, 944, 946, 941}, {918, 934, 904, 923, 926, 912}};
    for (std::size_t lr = 0; lr < 2; ++lr) {
        for (std::size_t s = 0; s < 6; ++s) {
            const int n = right[lr][s];
            table += (lr == 0 ? "0.001," : "0.1,") + std::to_string(s) + ",0." + std::to_string(n) + "," +
                     std::to_string(n / 10) + "." + std::to_string(n % 10) + "," + std::to_string(1000 - n) + "\n";
        }
    }
    bench.write("runs.csv", table);
    ASSERT_EQ(bench.assay({"import", "runs.csv", "--store", "store", "-q"}).exit, 0);
    const Json report = bench.report();
    const auto& all = report.at("attribution").at("responses").as_array();
    ASSERT_EQ(all.size(), 3U);
    const auto test = [&](std::size_t i) { return all.at(i).at("evidence").at("tests").as_array().at(0); };
    const auto difference = [&](std::size_t i) {
        return all.at(i)
            .at("rows")
            .as_array()
            .at(0)
            .at("cells")
            .as_array()
            .at(0)
            .at("difference")
            .at("value")
            .as_number();
    };
    for (std::size_t i = 1; i < 3; ++i) {
        EXPECT_EQ(test(i).at("p"), test(0).at("p"));
        EXPECT_NEAR(test(i).at("f").as_number(), test(0).at("f").as_number(), 1e-6 * test(0).at("f").as_number());
    }
    EXPECT_NEAR(difference(1), 100 * difference(0), 1e-9);
    EXPECT_NEAR(difference(2), -1000 * difference(0), 1e-9);
}

TEST(ImportNumbers, NotANumberIsAnOutcome) {
    const Bench bench;
    bench.write("runs.csv", "lr,seed,response.loss\n0.1,1,0.5\n0.1,2,nan\n");
    const auto result = bench.assay({"import", "runs.csv", "--store", "store"});
    EXPECT_EQ(result.exit, 2);
    EXPECT_TRUE(holds(result.err, "runs.csv:3:7")) << result.err;
    EXPECT_TRUE(holds(result.err, "diverged")) << result.err;
}

TEST(ImportNumbers, FailedRunsAreIncomplete) {
    const Bench bench;
    bench.write("runs.csv", "seed,response.loss,outcome\n1,0.5,\n2,0.25,\n3,,failed\n");
    const auto result = bench.assay({"import", "runs.csv", "--store", "store"});
    EXPECT_EQ(result.exit, 4) << result.err;
    EXPECT_TRUE(holds(result.out, "Another seed moves loss by 0.250")) << result.out;
    EXPECT_TRUE(holds(result.out, "run 003 failed")) << result.out;
    EXPECT_EQ(bench.assay({"report", "--store", "store"}).exit, 4);
}

// A repeat that gives another number, and one that does not.
TEST(ImportNumbers, RepeatsAreTheControl) {
    const Bench bench;
    bench.write("runs.csv", "seed,replicate,response.loss\n1,0,0.5\n2,0,0.25\n1,1,0.5\n2,1,0.375\n");
    const auto result = bench.assay({"import", "runs.csv", "--store", "store"});
    EXPECT_EQ(result.exit, 0) << result.err;
    EXPECT_TRUE(holds(result.out, "1 of 2 pairs give the same loss; this")) << result.out;
}

}  // namespace
}  // namespace assay
