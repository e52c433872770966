// Candidates and baselines in memory, and one rule about them.
#pragma once

#include <gtest/gtest.h>

#include "gate/decide.hpp"
#include "gate/rule.hpp"
#include "lib/analysis/evidence_builder.hpp"

namespace assay::testing {

inline GateRule rule(const std::string& key, const std::string& limit) {
    const ParsedRule parsed = parse_rule(key, limit);
    EXPECT_TRUE(parsed.rule) << key << ": " << parsed.problem.message;
    return parsed.rule.value_or(GateRule{});
}

inline GateSide side(const Audit& audit) { return {audit.plan, audit.runs, audit.labels, {}}; }

inline Verdict verdict(const Audit& candidate, const std::vector<GateRule>& rules, const Audit* baseline = nullptr) {
    GateInput input{rules, side(candidate), std::nullopt, std::nullopt};
    if (baseline != nullptr) input.baseline = side(*baseline);
    return decide(input);
}
inline RuleResult judged(const Audit& candidate, const std::string& key, const std::string& limit,
                         const Audit* baseline = nullptr) {
    return verdict(candidate, {rule(key, limit)}, baseline).rules.front();
}

inline std::vector<std::int64_t> true_labels() {
    std::vector<std::int64_t> labels;
    for (std::size_t i = 0; i < k_inputs; ++i) labels.push_back(static_cast<std::int64_t>(i % k_classes));
    return labels;
}

// n seeds side by side; of seed i the inputs first[i] .. first[i] + wrong[i] - 1 are wrong.
inline Audit with_errors(const std::vector<std::size_t>& wrong, std::size_t first = 0) {
    Audit audit = repeated({seeds("all", static_cast<int>(wrong.size()))}, [&](const std::vector<int>& levels, int) {
        const std::size_t n = wrong[static_cast<std::size_t>(levels[0])];
        // Bits differ from seed to seed, too.
        return flipping(inputs(first, first + n), 0.8F + 0.005F * static_cast<float>(levels[0]));
    });
    audit.labels = true_labels();
    return audit;
}

// n seeds whose answers vary; `key` names the model.
inline Audit noisy(int n, std::uint64_t key) {
    return repeated({seeds("all", n)}, [&](const std::vector<int>& levels, int) {
        return drawn(key + static_cast<std::uint64_t>(levels[0]));
    });
}

inline void lose(RunData& run) { run = {}; }
inline void collapse(RunData& run) { run = completed(run.record->request, collapsed()); }

inline ::testing::AssertionResult is(const RuleResult& result, RuleState state, RuleReason reason) {
    if (result.state == state && result.reason == reason) return ::testing::AssertionSuccess();
    auto failure = ::testing::AssertionFailure();
    failure << rule_key(result.rule) << " " << result.rule.limit_text << " is " << state_name(result.state) << ", "
            << reason_name(result.reason) << ": " << result.sentence;
    for (const RulePlace& place : result.places) {
        failure << "\n  " << place.where << ": " << state_name(place.state) << " measured "
                << place.measured.value_or(-1) << " seeds " << place.seeds;
        if (place.interval) failure << " [" << place.interval->low << ", " << place.interval->high.value_or(-1) << "]";
        for (const std::string& note : place.notes) failure << "; " << note;
    }
    return failure;
}

}  // namespace assay::testing
