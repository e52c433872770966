// What a gate says, in words and numbers: one value from which every format of a gate is written.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "core/evidence.hpp"
#include "core/report.hpp"
#include "core/verdict.hpp"

namespace assay {

// Of one rule. warned: undecided, and the spec says that this blocks nothing. refused: no number of runs would decide
// it. incomplete: what it needs is not there. reported: printed only, never judged.
enum class CaseState { pass, fail, undecided, warned, refused, incomplete, reported };

struct SpecPlace {
    std::string file;  // as the user wrote it; "" where it is not known
    int line = 0;      // from 1; 0: not known
    int column = 0;    // from 1, as a terminal counts
};

struct GateCase {
    std::string rule;    // unique in its gate: "flips.hardware < 0.1% by lr"
    std::string metric;  // "flips.hardware"
    std::string scope;   // levels that the rule is held to: "lr=0.1"; "" everywhere
    CaseState state = CaseState::undecided;
    std::string reason;    // why, in one word, where there is one: "identical", "insufficient"
    std::string headline;  // "flips.hardware fails: 8.4% of predicted labels change with the instruction set"
    std::string measured;  // "8.4% [6.5, 10.4] at lr=0.1"
    std::string limit;     // "< 0.1%"
    std::string more;      // "9 more runs decide it"; "" for none
    std::optional<double> value;
    std::optional<Interval> interval;
    std::optional<double> bound;      // the limit as a number
    std::vector<std::string> detail;  // lines below the headline, ready to print, at most 80 columns
    SpecPlace place;
    std::size_t decided_at = 0;  // in a sequence: with so many seeds; 0: not decided, or judged once
};

// The whole gate. The exit code follows from it and from the policy of the spec, and is not derived again by a format.
enum class GateOutcome { pass, fail, undecided, incomplete, refused, reported, consistent, outlier };

struct GateReport {
    std::string name;      // of the audit
    std::string audit;     // id, 64 hex digits
    std::string baseline;  // id of the baseline's audit; "" without a baseline
    GateOutcome outcome = GateOutcome::undecided;
    int exit = 3;
    std::string verdict;                        // the sentence a reader sees first and last
    std::vector<std::string> notes;             // said before the rules: another environment, no baseline yet
    std::vector<GateCase> cases;                // in the order of the spec
    std::vector<FailedRun> failed;              // failed and timed-out runs of the candidate
    std::vector<std::string> ledger;            // what changed against the baseline, ready to print; empty without one
    std::vector<Ledger> ledgers;                // and in numbers
    std::size_t runs = 0;                       // of the candidate, stored
    std::vector<std::string> run_ids;           // of the candidate: what a signature speaks of
    std::vector<std::string> baseline_run_ids;  // of the baseline
    std::optional<SequenceFacts> sequence;      // nothing: all runs were judged at once
    ReportContext context;
};

std::string place_text(const SpecPlace& place);  // "audits/gate.yaml:12"; "" where it is not known
std::string_view case_state_name(CaseState state);
std::string_view gate_outcome_name(GateOutcome outcome);
// Cases that are worse first: refused, fail, incomplete, undecided, warned, reported, pass; else as they stand.
std::vector<const GateCase*> worst_first(const GateReport& report);
std::size_t cases_in(const GateReport& report, CaseState state);
// "8.4% [6.5, 10.4] at lr=0.1, limit < 0.1%; 9 more runs decide it"
std::string case_summary(const GateCase& one);

}  // namespace assay
