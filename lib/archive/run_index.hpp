// Lists of very many runs: what each manifest says of its run in one line, and a cache of these lines.
//
// The cache is one SQLite file for each store, outside of it, on a local disk. It is never trusted: which runs there
// are is read from the store each time, each line carries a checksum, and where anything about the file is odd
// (damaged, cut, of another version, not to be opened) it is made anew, or left alone, and the manifests are read.
// Manifests never change, so a line that is true once stays true. (archive.md 9.3)
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "archive/store.hpp"

namespace assay {

// One stored run, as a list shows it. Ids are hex, "" where a manifest has none.
struct RunRow {
    std::string run_id, state, recipe_id, env_id, result_id, started, host;
    friend bool operator==(const RunRow&, const RunRow&) = default;
};

// Read against its name and not parsed. Errors A0101, A0114 (74) as Store::get_manifest_text.
RunRow read_row(const Store& store, const std::string& run_id);

// A row for every run, in the order of ids. `cache_folder`: where the cache lies; empty: none is used. Neither is it
// with fewer than `least` runs, which are read as fast. Nothing about the cache is an error.
std::vector<RunRow> run_rows(const Store& store, const std::filesystem::path& cache_folder, std::size_t least = 1000);

}  // namespace assay
