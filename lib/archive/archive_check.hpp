// Is an archive whole, of a run or of an audit? As check_store asks of a store: all of it is looked at, after a
// finding, too, and each finding says where.
#pragma once

#include <string_view>

#include "archive/store_check.hpp"
#include "archive/window.hpp"

namespace assay {

// Tar, names, every byte against SHA256SUMS, manifests, every object as it is stored; with `deep` its content. `share`
// does not matter here. Error A0110 (74): neither kind of archive.
StoreCheck check_archive(const Window& bytes, std::string_view archive_name, const CheckOptions& options = {});

}  // namespace assay
