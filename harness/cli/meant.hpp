// What a person means by a word: a run (its number in an audit, or the beginning of its id), else an audit.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "archive/store.hpp"

namespace assay {

// One of them is empty.
struct Meant {
    std::string run_id, audit_id;
};
// Errors U0142, U0109, U0107 (2): no such thing, or several; U0110 (5): planned, and not stored yet.
Meant meant_by(const Store& store, const std::string& word);

// Ids of the runs of the plan that the store has, and how many it has not.
std::pair<std::vector<std::string>, std::size_t> stored_run_ids(const Store& store, const Plan& plan);

}  // namespace assay
