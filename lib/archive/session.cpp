#include "archive/session.hpp"

#include <unistd.h>

#include <array>

#include "base/error.hpp"
#include "base/file.hpp"

namespace assay {
namespace fs = std::filesystem;
namespace {

// Host and process for a person who finds it, random digits for all else.
std::string folder_name() {
    std::array<char, 256> host{};
    std::string name = ::gethostname(host.data(), host.size() - 1) == 0 ? host.data() : "";
    for (char& c : name) {
        if (c == '/') c = '_';
    }
    return name.substr(0, 64) + "-" + std::to_string(::getpid()) + "-" +
           read_file("/proc/sys/kernel/random/uuid").substr(0, 8);
}

}  // namespace

Store::Session::~Session() { leave(); }

// A forked child has its parent's session, but not the parent's files.
void Store::Session::leave() {
    if (folder_.empty() || pid_ != ::getpid()) return;
    try {
        for (const auto& [sha256, kept] : kept_) files_->remove(kept.written);
        files_->remove(folder_);
    } catch (const std::exception&) {  // gc takes what stays
    }
}

void Store::Session::enter() {
    if (!folder_.empty() && pid_ == ::getpid() && files_->info(folder_)) return;
    kept_.clear();
    pid_ = ::getpid();
    folder_ = tmp_ / folder_name();
    files_->make_folder(tmp_);  // a copy made by rsync may be without it
    files_->make_folder(folder_);
}

fs::path Store::Session::create(const GiveBytes& bytes) {
    enter();
    fs::path path = folder_ / std::to_string(count_++);
    files_->create(path, bytes);
    return path;
}

void Store::Session::remove(const fs::path& path) { files_->remove(path); }

void Store::Session::settle(const fs::path& folder) {
    if (pid_ == ::getpid() && settled_.contains(folder)) return;
    files_->make_folder(folder);
    files_->sync_folder(folder.parent_path());
    settled_.insert(folder);
}

const Store::Session::Kept* Store::Session::kept(const std::string& sha256) const {
    const auto it = kept_.find(sha256);
    return it == kept_.end() || pid_ != ::getpid() ? nullptr : &it->second;
}

void Store::Session::let_go(const std::string& sha256) {
    const Kept* const own = kept(sha256);
    if (own == nullptr) return;
    files_->remove(own->written);
    kept_.erase(sha256);
}

}  // namespace assay
