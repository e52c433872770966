// What `assay archive` and `assay verify` print.
#pragma once

#include <string>
#include <vector>

#include "archive/repack.hpp"
#include "archive/run_index.hpp"
#include "archive/store.hpp"
#include "archive/store_check.hpp"

namespace assay {

std::string run_rows_text(const std::vector<const RunRow*>& rows);
std::string run_rows_json(const Store& store, const std::vector<const RunRow*>& rows);  // as pretty_json writes it

// With the names of its signatures, which are not verified here.
std::string manifest_text(const Store& store, const Manifest& manifest);
std::string audit_text(const Store& store, const Plan& plan);
std::string gc_text(const GcReport& report, bool dry_run);
std::string repack_text(const RepackReport& report, bool dry_run);
Json repack_json(const RepackReport& report, bool dry_run);
Json gc_json(const GcReport& report, bool dry_run);

std::string bytes_text(std::uint64_t bytes);  // "812 B", "12.3 kB", "4.0 MB"

}  // namespace assay
