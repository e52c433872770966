#include "stats/anova.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "lib/stats/reference_data.hpp"

namespace assay {
namespace {

// ---- NIST Statistical Reference Datasets, analysis of variance ------------------------------------------------------

struct Dataset {
    std::vector<double> values;
    std::vector<std::size_t> group;
};

// The lines after "Data:" with two columns. `leading`: digits to stand in place of the first one.
Dataset nist(const std::string& name, const std::string& leading = "") {
    Dataset data;
    bool in_data = false;
    for (const std::string& line : split_lines(read_file(reference_path(name + ".dat")))) {
        if (in_data) {
            const std::size_t first = line.find_first_not_of(' '), second = line.find_last_of(' ') + 1;
            if (first == std::string::npos) continue;
            std::string number = line.substr(second);
            if (!leading.empty()) number = leading + number.substr(1);
            data.values.push_back(number_of(number));
            data.group.push_back(
                static_cast<std::size_t>(number_of(line.substr(first, line.find(' ', first) - first))));
        }
        in_data = in_data || (line.starts_with("Data:") && line.find("Factor") == std::string::npos);
    }
    return data;
}

std::vector<std::string> certified(const std::string& name) {
    for (const auto& row : reference_rows("certified.csv")) {
        if (row[0] == name) return row;
    }
    return {};
}

// Digits that agree, as NIST counts them.
double agreeing_digits(double value, double truth) {
    return value == truth ? 15 : std::min(15.0, -std::log10(std::abs(value - truth) / std::abs(truth)));
}

struct NistRow {
    const char* name;     // a row of certified.csv
    const char* file;     // where its data are
    const char* leading;  // SmLs04-06 and 07-09 are SmLs01-03 with 7 and 13 constant leading digits in place of 1
    double digits;
};

TEST(OneWayAnova, ReachesTheCertifiedValues) {
    const NistRow rows[] = {
        {"SiRstv", "SiRstv", "", 12.9},
        {"SmLs01", "SmLs01", "", 14.5},
        {"SmLs02", "SmLs02", "", 14.5},
        {"SmLs03", "SmLs03", "", 14.5},
        {"AtmWtAg", "AtmWtAg", "", 10.0},
        {"SmLs04", "SmLs01", "1000000", 10.0},
        {"SmLs05", "SmLs02", "1000000", 10.0},
        {"SmLs06", "SmLs03", "1000000", 10.0},
        {"SmLs07", "SmLs01", "1000000000000", 4.0},
        {"SmLs08", "SmLs02", "1000000000000", 4.0},
        {"SmLs09", "SmLs03", "1000000000000", 4.0},
    };
    for (const NistRow& row : rows) {
        const Dataset data = nist(row.file, row.leading);
        const std::vector<std::string> truth = certified(row.name);
        ASSERT_EQ(std::to_string(data.values.size()), truth[1]) << row.name;
        const AnovaTable table = one_way_anova(data.values, data.group);
        const double digits = agreeing_digits(*table.f, number_of(truth[5]));
        RecordProperty(std::string("digits_") + row.name, std::to_string(digits));
        EXPECT_GE(digits, row.digits) << row.name;
        EXPECT_EQ(std::to_string(table.df_between), truth[2]);
        EXPECT_EQ(std::to_string(table.df_within), truth[6]);
        EXPECT_GE(agreeing_digits(table.ss_between, number_of(truth[3])), row.digits - 1) << row.name;
        EXPECT_GE(agreeing_digits(table.ss_within, number_of(truth[7])), row.digits - 1) << row.name;
        EXPECT_GE(agreeing_digits(*table.r2, number_of(truth[9])), row.digits - 1) << row.name;
        EXPECT_GE(agreeing_digits(*table.residual_sd, number_of(truth[10])), row.digits - 1) << row.name;
    }
}

TEST(OneWayAnova, LeavesOutWhatIsUndefined) {
    const AnovaTable alone = one_way_anova(std::vector<double>{3}, std::vector<std::size_t>{0});
    EXPECT_FALSE(alone.f || alone.r2 || alone.residual_sd);
    const std::vector<std::size_t> group = {0, 0, 1, 1};
    const AnovaTable equal = one_way_anova(std::vector<double>{2, 2, 2, 2}, group);
    EXPECT_FALSE(equal.f || equal.r2);
    const AnovaTable apart = one_way_anova(std::vector<double>{1, 1, 2, 2}, group);
    EXPECT_FALSE(apart.f) << "no spread inside groups: F would be infinite";
    EXPECT_EQ(*apart.r2, 1);
}

// ---- vegan 2.6-4 on the dune meadow data: dune_results.json ---------------------------------------------------------

Symmetric dune_squares(const std::string& file) {
    const auto rows = reference_rows(file);  // a heading, and the site's name before each row
    Symmetric d2(rows.size() - 1);
    for (std::size_t i = 0; i < d2.n; ++i) {
        for (std::size_t j = 0; j < d2.n; ++j) d2.values[i * d2.n + j] = std::pow(number_of(rows[i + 1][j + 1]), 2);
    }
    return d2;
}

// A column of dune_env.csv: site, A1, Moisture, Management, Use, Manure.
std::vector<std::size_t> dune_factor(std::size_t column) {
    std::map<std::string, std::size_t> levels;
    std::vector<std::size_t> labels;
    const auto rows = reference_rows("dune_env.csv");
    for (std::size_t i = 1; i < rows.size(); ++i)
        labels.push_back(levels.emplace(rows[i][column], levels.size()).first->second);
    return labels;
}

Column dune_depth() {
    Column depth;
    const auto rows = reference_rows("dune_env.csv");
    for (std::size_t i = 1; i < rows.size(); ++i) depth.push_back(number_of(rows[i][1]));
    return depth;
}

void expect_table(const DistanceAnova& anova, const Json& expected) {
    const auto near = [](double value, const Json& json) {
        EXPECT_NEAR(value, json.as_number(), 1e-12 * json.as_number());
    };
    const Json::Array& terms = expected.at("term").as_array();
    ASSERT_EQ(terms.size(), anova.terms.size() + 2);
    for (std::size_t i = 0; i < anova.terms.size(); ++i) {
        SCOPED_TRACE(anova.terms[i].name);
        EXPECT_EQ(terms[i].as_string(), anova.terms[i].name);
        EXPECT_EQ(expected.at("Df").as_array()[i].as_number(), static_cast<double>(anova.terms[i].df));
        near(anova.terms[i].ss, expected.at("SumOfSqs").as_array()[i]);
        near(*anova.terms[i].r2, expected.at("R2").as_array()[i]);
        near(*anova.terms[i].f, expected.at("F").as_array()[i]);
    }
    near(anova.ss_residual, expected.at("SumOfSqs").as_array()[terms.size() - 2]);
    near(anova.ss_total, expected.at("SumOfSqs").as_array()[terms.size() - 1]);
    EXPECT_EQ(expected.at("Df").as_array()[terms.size() - 2].as_number(), static_cast<double>(anova.df_residual));
    EXPECT_EQ(expected.at("Df").as_array()[terms.size() - 1].as_number(), static_cast<double>(anova.df_total));
}

TEST(SequentialSquares, AgreeWithVegan) {
    const Json expected = reference_json("dune_results.json");
    const Symmetric bray = dune_squares("dune_bray.csv"), hellinger = dune_squares("dune_hellinger_dist.csv");
    const std::vector<Column> management = factor_columns(dune_factor(3)), use = factor_columns(dune_factor(4)),
                              depth = {dune_depth()};
    const ModelTerm by_management{"Management", management}, by_depth{"A1", depth}, by_use{"Use", use};
    expect_table(sequential_squares(bray, std::vector{by_management}), expected.at("bray_Management_99999"));
    expect_table(sequential_squares(hellinger, std::vector{by_management}), expected.at("hell_Management_99999"));
    const ModelTerm both{"Management:A1", product_columns(management, depth)};
    expect_table(sequential_squares(bray, std::vector{by_management, by_depth, both}),
                 expected.at("bray_ManagementxA1_terms"));
    expect_table(sequential_squares(hellinger, std::vector{by_management, by_use}), expected.at("hell_Mgmt_Use_terms"));
}

// Each term after the others: what adonis2(by = "margin") gives.
TEST(SequentialSquares, OfTheLastTermAreMarginal) {
    const Json expected = reference_json("dune_results.json").at("bray_Management_A1_margin");
    const ModelTerm management{"Management", factor_columns(dune_factor(3))}, depth{"A1", {dune_depth()}};
    const Symmetric bray = dune_squares("dune_bray.csv");
    const TermSquares last[] = {sequential_squares(bray, std::vector{depth, management}).terms[1],
                                sequential_squares(bray, std::vector{management, depth}).terms[1]};
    for (std::size_t i = 0; i < 2; ++i) {
        const double ss = expected.at("SumOfSqs").as_array()[i].as_number(),
                     f = expected.at("F").as_array()[i].as_number();
        EXPECT_NEAR(last[i].ss, ss, 1e-12 * ss);
        EXPECT_NEAR(*last[i].f, f, 1e-12 * f);
    }
}

TEST(SequentialSquares, GiveNothingToATermThatSaysNothingNew) {
    const ModelTerm management{"Management", factor_columns(dune_factor(3))};
    const DistanceAnova twice = sequential_squares(dune_squares("dune_bray.csv"), std::vector{management, management});
    EXPECT_EQ(twice.terms[1].df, 0U);
    EXPECT_EQ(twice.terms[1].ss, 0);
    EXPECT_FALSE(twice.terms[1].f);
}

TEST(SequentialSquares, OfNumbersAreThoseOfTheOneWayTable) {
    const Dataset data = nist("SiRstv");
    std::vector<std::vector<double>> points;
    for (const double value : data.values) points.push_back({value});
    const AnovaTable table = one_way_anova(data.values, data.group);
    const DistanceAnova anova =
        sequential_squares(squared_distances(points), std::vector{ModelTerm{"Instrument", factor_columns(data.group)}});
    EXPECT_NEAR(*anova.terms[0].f, *table.f, 1e-11 * *table.f);
    EXPECT_NEAR(anova.ss_residual, table.ss_within, 1e-11 * table.ss_within);
}

// p of 99,999 permutations has a standard error of 0.00017 there, and so has vegan's: the difference of both stays
// below 0.0007 but once in 4,000 times.
TEST(OneWayPermanova, AgreesWithVegan) {
    const Json expected = reference_json("dune_results.json");
    const std::vector<std::size_t> management = dune_factor(3);
    for (const auto& [file, name] : {std::pair{"dune_bray.csv", "bray_Management_99999"},
                                     std::pair{"dune_hellinger_dist.csv", "hell_Management_99999"}}) {
        const OneWayPermanova test = one_way_permanova(
            dune_squares(file), management, {.seed = 1, .stream = "test.dune", .draws = 99'999, .threads = 2});
        const Json& truth = expected.at(name);
        const double f = truth.at("F").as_array()[0].as_number(), r2 = truth.at("R2").as_array()[0].as_number();
        EXPECT_NEAR(*test.table.f, f, 1e-12 * f);
        EXPECT_NEAR(*test.table.r2, r2, 1e-12 * r2);
        EXPECT_EQ(test.p.total, 100'000U);
        EXPECT_NEAR(test.p.value, truth.at("P").as_array()[0].as_number(), 0.0007);
        RecordProperty(name, std::to_string(test.p.value));
    }
}

}  // namespace
}  // namespace assay
