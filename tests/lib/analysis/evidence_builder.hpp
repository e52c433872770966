// Evidence of audits in memory: real runs from the fixtures, planted answers, and what can be compared of two results.
#pragma once

#include <gtest/gtest.h>

#include <charconv>
#include <cmath>
#include <map>

#include "analysis/evidence.hpp"
#include "analysis/outcome.hpp"
#include "base/file.hpp"
#include "base/random.hpp"
#include "base/text.hpp"
#include "lib/analysis/audit_builder.hpp"

namespace assay::testing {

inline Evidence evidence(const Audit& audit) {
    return evidence_of(audit.plan, audit.runs, outcomes_of(audit.runs), audit.labels);
}

inline Predictions table_of(const std::vector<float>& values, std::size_t classes) {
    const std::vector<std::size_t> shape = {values.size() / classes, classes};
    return predictions_from_array(array_of<float>(NumericType::float32, shape, std::span(values))).predictions.value();
}

// 16 real trainings of 8 seeds and two levels (fixtures/README.md): run, level, seed, example, label, p0 ... p4.
inline Audit real_runs(const std::string& file, const Factor& varied) {
    std::map<std::string, std::vector<float>> runs;
    std::vector<std::int64_t> truth;
    for (const std::string& line : split_lines(read_file(ASSAY_SOURCE_DIR "/fixtures/reference/statistics/" + file))) {
        const std::vector<std::string> fields = split(line, ',');
        if (fields.size() < 6 || fields[0] == "run") continue;
        if (fields[0] == "0") truth.push_back(fields[4][0] - '0');
        for (std::size_t i = 5; i < fields.size(); ++i) {
            double value = 0;
            std::from_chars(fields[i].data(), fields[i].data() + fields[i].size(), value);
            runs[fields[0]].push_back(static_cast<float>(value));
        }
    }
    Audit audit = crossed({varied, seeds("all", 8)}, [&](const std::vector<int>& levels, int) {
        return table_of(runs.at(std::to_string(8 * levels[0] + levels[1])), 5);
    });
    audit.labels = truth;
    return audit;
}

// A whole number from -100 to 100: the same in evidence_reference.py.
inline int planted(std::uint32_t kind, int level, std::uint32_t input) {
    std::uint32_t x = kind * 7919 + static_cast<std::uint32_t>(level) * 104729 + input * 1299709 + 12345;
    for (int i = 0; i < 3; ++i) {
        x = x * 2654435761U + 40503U;
        x ^= x >> 15;
    }
    return static_cast<int>((x >> 8) % 201) - 100;
}

// Two classes: 1/2 plus the sum of weight x planted(kind, level) / 1024.
struct Part {
    int weight = 1;
    std::uint32_t kind = 0;
    int level = 0;
};
inline Predictions planted_answers(const std::vector<Part>& parts, std::uint32_t inputs = 120) {
    std::vector<float> values;
    for (std::uint32_t i = 0; i < inputs; ++i) {
        int n = 0;
        for (const Part& part : parts) n += part.weight * planted(part.kind, part.level, i);
        values.push_back(static_cast<float>(512 + n) / 1024);
        values.push_back(static_cast<float>(512 - n) / 1024);
    }
    return table_of(values, 2);
}

// Answers that vary from run to run, on some inputs more than on others. `key` names the run.
inline Predictions drawn(std::uint64_t key, std::size_t inputs = 120) {
    std::vector<float> values;
    for (std::size_t i = 0; i < inputs; ++i) {
        Random of_input(5, "evidence.input", i), of_run(5, "evidence.run", key * 1000 + i);
        const double noise = std::pow(of_input.uniform(), 3);
        std::vector<double> row;
        double sum = 0;
        for (std::size_t c = 0; c < k_classes; ++c) {
            row.push_back(0.02 + std::pow(of_input.uniform(), 2) + noise * of_run.uniform());
            sum += row.back();
        }
        for (const double x : row) values.push_back(static_cast<float>(x / sum));
    }
    return table_of(values, k_classes);
}

// Everything in a result by name; words stand in the names. Left out on request: what depends on which inputs there
// are.
struct Flat {
    std::map<std::string, std::optional<double>> numbers;
    bool inputs_too = true;

    void add(const std::string& name, const std::optional<double>& value) { numbers[name] = value; }
    void add(const std::string& name, const std::optional<Interval>& interval) {
        add(name + ".low", interval ? std::optional(interval->low) : std::nullopt);
        add(name + ".high", interval ? interval->high : std::nullopt);
    }
    void add(const std::string& name, const Figure& figure) {
        add(name + " " + join(figure.flags, " "), figure.value);
        add(name, figure.interval);
        add(name + ".units", static_cast<double>(figure.units));
    }
    void add(const FactorTest& t) {
        const std::string name = t.factor + " [" + t.untested.sentence + "] ";
        add(name + "p", t.p);
        add(name + "p_holm", t.p_holm);
        add(name + "f", t.f);
        add(name + "r2", t.r2);
        for (const auto& [what, n] : {std::pair("count", t.p_count), {"total", t.p_total}, {"seeds", t.seeds}})
            add(name + what, static_cast<double>(n));
        add(name + "left out", static_cast<double>(t.seeds_left_out));
        for (const LevelShift& s : t.shifts) {
            const std::string pair = name + s.first + "/" + s.second + " ";
            add(pair + "shift2", s.shift2);
            add(pair + "kappa", s.kappa);
            add(pair + "kappa", s.kappa_interval);
            add(pair + "spread", s.spread_ratio);
            add(pair + "spread", s.spread_interval);
            add(pair + "spread p", s.spread_p);
        }
    }
    void add(const HardwareEffect& h) {
        const std::string name = h.factor + " " + h.where + " " + h.verdict + " " + join(h.flags, " ") + " ";
        add(name + "effect", h.effect);
        add(name + "seed effect", h.seed_effect);
        add(name + "ratio", h.ratio);
        add(name + "amplified ratio", h.amplified_ratio);
        add(name + "share", h.amplified_share);
        add(name + "bound", h.amplified_bound);
        add(name + "max d2", h.max_d2);
        add(name + "pairs", static_cast<double>(h.pairs));
        add(name + "equal", static_cast<double>(h.bitwise_equal));
        add(name + "labels", static_cast<double>(h.label_changes));
    }
    void add(const SeedShares& s) {
        const std::string name = "shares " + s.where + " " + join(s.flags, " ") + " ";
        add(name + "V", s.variance);
        if (inputs_too) add(name + "population", s.population);
        for (const SeedShare& stream : s.streams) {
            add(name + stream.stream + " total", stream.total);
            add(name + stream.stream + " first", stream.first_order);
        }
        for (const SeedComponent& one : s.components) add(name + join(one.streams, " x "), one.component);
    }
    void add(const InputStability& s) {
        const std::string name = "inputs " + s.where + " ";
        add(name + "runs", static_cast<double>(s.runs));
        add(name + "disagreement", s.disagreement);
        add(name + "top 1", s.top_1);
        add(name + "top 5", s.top_5);
        add(name + "top 10", s.top_10);
        add(name + "ambiguity", s.ambiguity);
        add(name + "discrepancy", s.discrepancy);
        add(name + "near best", static_cast<double>(s.near_best));
        for (std::size_t c = 0; c < s.class_disagreement.size(); ++c)
            add(name + "class " + std::to_string(c), s.class_disagreement[c]);
        add(name + "false discovery", s.unstable_false_discovery);
        if (!inputs_too) return;
        add(name + "luck", s.test_set_luck);
        add(name + "accuracy", s.accuracy);
        add(name + "accuracy", s.accuracy_variance_population);
        add(name + "unstable", static_cast<double>(s.unstable.size()));
    }
};

inline Flat flat(const Evidence& evidence, bool inputs_too = true) {
    Flat out{{}, inputs_too};
    for (const auto& test : evidence.tests) out.add(test);
    for (const auto& effect : evidence.hardware) out.add(effect);
    for (const auto& repeat : evidence.repeats) out.add(repeat.effect);
    for (const auto& shares : evidence.seeds) out.add(shares);
    for (const auto& stability : evidence.inputs) out.add(stability);
    return out;
}

// p to the last bit, the rest to `tolerance`.
inline void expect_same(const Flat& a, const Flat& b, double tolerance = 1e-9) {
    EXPECT_EQ(a.numbers.size(), b.numbers.size());
    for (const auto& [name, value] : a.numbers) {
        const auto other = b.numbers.find(name);
        ASSERT_NE(other, b.numbers.end()) << name;
        ASSERT_EQ(value.has_value(), other->second.has_value()) << name;
        if (!value) continue;
        const bool p = name.ends_with("] p") || name.ends_with("p_holm") || name.ends_with("count");
        EXPECT_NEAR(*value, *other->second, p ? 0 : tolerance * std::abs(*value) + 1e-15) << name;
    }
}

}  // namespace assay::testing
