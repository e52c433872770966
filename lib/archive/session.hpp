// What one process has in the store's tmp/ while it writes: a folder of its own, and a second name for each object
// until the run that refers to it is committed, so that an object that gc takes meanwhile is put back from there.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "archive/files.hpp"
#include "archive/store.hpp"

namespace assay {

class Store::Session {
public:
    Session(std::shared_ptr<Files> files, std::filesystem::path tmp) : files_(std::move(files)), tmp_(std::move(tmp)) {}
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    // A synced file in tmp/.
    std::filesystem::path create(const GiveBytes& bytes);
    std::filesystem::path create(std::string_view bytes) {
        return create([bytes](const TakeBytes& take) { take(bytes); });
    }
    void remove(const std::filesystem::path& path);

    // Makes a folder of names durable: once each, also where somebody else made it and may not have synced it yet.
    void settle(const std::filesystem::path& folder);

    // Names of objects that others made, or this process long ago, and that were synced here: gc leaves those that are
    // touched now and then alone. A run's environment and labels are put again with every run, and waiting for the disk
    // is most of what that costs.
    bool synced_before(const std::filesystem::path& path) const { return synced_.contains(path); }
    void synced(const std::filesystem::path& path) { synced_.insert(path); }

    struct Kept {
        std::filesystem::path written, path;  // in tmp/, and where it was linked to
    };
    void keep(const std::string& sha256, Kept kept) { kept_[sha256] = std::move(kept); }
    const Kept* kept(const std::string& sha256) const;
    void let_go(const std::string& sha256);

private:
    void leave();
    void enter();

    std::shared_ptr<Files> files_;
    std::filesystem::path tmp_, folder_;
    pid_t pid_ = 0;
    unsigned count_ = 0;
    std::map<std::string, Kept> kept_;
    std::set<std::filesystem::path> settled_, synced_;
};

}  // namespace assay
