// Between a store and files that travel.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "archive/audit_archive.hpp"
#include "archive/run_archive.hpp"
#include "archive/store.hpp"

namespace assay {

// The run as a `.run.tar`. Every object is checked against its name first: Error A0102 (74) names the damaged or
// missing one, and then nothing was written.
void export_run(const Store& store, std::string_view run_id, const TarWriter::Sink& sink);

// The plan, its table of inputs, and the runs, one after the other: memory holds the largest run's files of numbers,
// where these are kept as planes. Precondition: `run_ids` belong to the plan.
void export_audit(const Store& store, const Plan& plan, std::vector<std::string> run_ids, const TarWriter::Sink& sink);

struct Imported {
    std::size_t runs = 0, fresh = 0;  // fresh: that the store did not have
    std::size_t signatures = 0;       // that the store did not have
    std::string audit_id;             // empty: a single run
};

// Checks everything, objects decompressed, and says what an import would bring. `store`: null where there is none yet.
Imported look_into_archive(const Window& bytes, std::string_view archive_name, const Store* store);

// Checks everything, objects decompressed, before the first byte is stored.
Imported import_archive(const Window& bytes, std::string_view archive_name, Store& store);

// A new file or the old one, never a mixture: written beside it, synced, renamed. Error F0001 (74).
void write_archive_file(const std::filesystem::path& path, const std::function<void(const TarWriter::Sink&)>& write);

}  // namespace assay
