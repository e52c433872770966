// One collection or repacking of a store at a time.
#pragma once

#include <filesystem>
#include <string>

#include "archive/store.hpp"

namespace assay {

// For thrift, and so that neither takes away what the other counts on; writers need no lock. One that died is forgotten
// after an hour. Error A0115 (75): another holds it.
class GcLock {
public:
    explicit GcLock(Store& store);
    ~GcLock();
    GcLock(const GcLock&) = delete;
    GcLock& operator=(const GcLock&) = delete;

private:
    Files& files_;
    std::filesystem::path path_;
    std::string own_;
};

}  // namespace assay
