// An audit as one file: a tar of run archives with the plan that they belong to (the plan holds the resolved spec).
//
//   audit.json               the plan, "assay-audit/1"; its SHA-256 is the audit id
//   inputs.json.zst          the table of inputs as an object, where the plan names one
//   <run id>.run.tar ...     in the order of their ids; each can be verified by itself
//   SHA256SUMS
//
// Runs that are not there yet are simply not in it: a shard of an audit is such a file too. The same runs are the same
// file, byte for byte.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "archive/run_archive.hpp"
#include "core/plan.hpp"

namespace assay {

inline constexpr std::size_t k_audit_bytes = std::size_t{1} << 30;
inline constexpr TarLimits k_audit_limits = {.members = 1'000'000};

struct AuditArchive {
    std::string audit_id;
    std::string plan_text;
    Plan plan;
    std::set<std::string> request_ids;                 // of the plan
    std::optional<Window> inputs;                      // stored bytes of the table of inputs
    std::vector<std::pair<std::string, Window>> runs;  // run id and its archive, sorted
};

// Checks tar, order, names, sums and the plan; the runs are windows, to be read by read_run_archive. Error A0110,
// A0111, A0103 (74). `later`: all but the sums, for a caller who first asks the runs where they are damaged.
enum class Sums { now, later };
AuditArchive read_audit_archive(const Window& bytes, std::string_view archive_name, Sums sums = Sums::now);
// One of its runs, which must be the one that its file's name says, of a request of the plan. Error A0111 (74).
RunArchive read_run_of(const AuditArchive& audit, std::size_t index, std::string_view archive_name);

// Writes one, in this order: the plan, its table of inputs, runs by their ids, finish. Error A0112 (74): what no reader
// of ours would take, a run of 8 GiB or more, or more than a million files.
class AuditWriter {
public:
    AuditWriter(std::string_view plan_text, const std::optional<Window>& inputs, TarWriter::Sink sink);
    void add(const std::string& run_id, std::string_view run_archive);
    // The same of one that is not in memory: `write` gives exactly so many bytes.
    void add(const std::string& run_id, std::uint64_t size_bytes,
             const std::function<void(const TarWriter::Sink&)>& write);
    void finish();

private:
    void put(const std::string& name, std::uint64_t size_bytes,
             const std::function<void(const TarWriter::Sink&)>& write);
    TarWriter tar_;
    std::vector<std::pair<std::string, std::string>> sums_;
};

// Which of the two kinds a file is. Error A0110 (74): neither.
enum class ArchiveKind { run, audit };
ArchiveKind archive_kind(const Window& bytes, std::string_view archive_name);

}  // namespace assay
