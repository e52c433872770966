// Objects of a store in a smaller form; their names, and with them every run id, stay. (archive.md 9.4)
#pragma once

#include <cstdint>

#include "archive/store.hpp"

namespace assay {

struct RepackOptions {
    bool delta = false;  // also as differences, between runs of one recipe
    bool dry_run = false;
};

struct RepackReport {
    std::size_t objects = 0;    // that are needed
    std::size_t to_planes = 0;  // that were plain
    std::size_t to_deltas = 0;
    std::size_t doubles = 0;  // second forms that went
    std::uint64_t before_bytes = 0, after_bytes = 0;
};

// Plain files of numbers become planes where these are smaller. With `delta`, of the files that runs of one recipe have
// under one name, one stays and is the base of those others whose differences are a third smaller; a base is never a
// difference itself. A new form is written, synced, and read back against the object's name before the old one goes:
// readers and writers may be at work, and a crash at any moment leaves one whole form at least. Errors: A0115 (75),
// A0116 (74) as collect_garbage has them.
RepackReport repack(Store& store, const RepackOptions& options = {});

}  // namespace assay
