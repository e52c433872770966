// Garbage collection beside writers (archive.md 9.5). A writer makes an old object young before it counts on it, and
// looks at it once more after its commit; gc looks at the manifests once more after it has moved anything. Whoever
// comes last of the two sees the other's work, and puts the object back.
#include <unistd.h>

#include <algorithm>
#include <array>

#include "archive/store_check.hpp"
#include "base/digest.hpp"
#include "base/error.hpp"

namespace assay {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view k_ending = ".zst";
constexpr std::size_t k_lock_bytes = 4096;
constexpr std::int64_t k_lock_ns = std::int64_t{3600} * 1'000'000'000;

// For thrift only: two at once would do twice the work and no harm. One that died is forgotten after an hour.
class GcLock {
public:
    explicit GcLock(Store& store) : files_(store.files()), path_(store.path() / "gc.lock") {
        const auto found = files_.read(path_, k_lock_bytes);
        if (found && files_.now_ns() - files_.info(path_).value_or(Files::Info{}).modified_ns < k_lock_ns) {
            throw Error("A0115", Exit::again, "another gc is at work in " + store.path().string() + " (" + *found + ")",
                        "run the same command when it has ended");
        }
        if (found) files_.remove(path_);
        std::array<char, 256> host{};
        if (::gethostname(host.data(), host.size() - 1) != 0) host[0] = '\0';
        own_ = "host " + std::string(host.data()) + ", process " + std::to_string(::getpid());
        files_.create(path_, own_);
    }
    ~GcLock() {
        try {
            files_.remove(path_);
        } catch (const Error&) {  // forgotten in an hour
        }
    }
    GcLock(const GcLock&) = delete;
    GcLock& operator=(const GcLock&) = delete;

private:
    Files& files_;
    fs::path path_;
    std::string own_;
};

References marked(const Store& store) {
    References references = references_of(store);
    if (references.problems.empty()) return references;
    throw Error("A0116", Exit::unreadable, "gc cannot know what is needed: " + references.problems.front(),
                "assay verify lists every damage; restore these files from a copy of the store first");
}

class Collection {
public:
    Collection(Store& store, const GcOptions& options)
        : store_(store),
          files_(store.files()),
          options_(options),
          trash_(store.path() / "trash"),
          oldest_ns_(files_.now_ns() - static_cast<std::int64_t>(options.grace_s * 1e9)),
          oldest_tmp_ns_(files_.now_ns() - static_cast<std::int64_t>(options.tmp_grace_s * 1e9)) {}

    GcReport run() {
        const References first = marked(store_);
        report_.referenced = first.objects.size();
        // What lay in trash/ before this collection began, longer than the grace: no writer counts on it any more.
        const std::vector<std::string> condemned = old_files(trash_, oldest_ns_);
        for (const std::string& digest : list_objects(store_)) {
            if (!first.objects.contains(digest)) move_to_trash(digest);
        }
        const References second = options_.dry_run ? first : marked(store_);
        if (!options_.dry_run) restore(second);
        for (const std::string& name : condemned) destroy(name, second);
        sweep_tmp();
        return report_;
    }

private:
    bool is_old(const fs::path& path, std::int64_t oldest_ns) const {
        const auto info = files_.info(path);
        return info && info->modified_ns <= oldest_ns;
    }

    std::vector<std::string> old_files(const fs::path& folder, std::int64_t oldest_ns) const {
        std::vector<std::string> names = files_.list(folder);
        std::erase_if(names, [&](const std::string& name) { return !is_old(folder / name, oldest_ns); });
        return names;
    }

    void move_to_trash(const std::string& digest) {
        const fs::path path = store_.object_path(digest);
        const auto info = files_.info(path);
        if (!info || info->modified_ns > oldest_ns_) return;
        ++report_.trashed;
        report_.trashed_bytes += info->size_bytes;
        if (options_.dry_run) return;
        files_.make_folder(trash_);
        const fs::path trashed = trash_ / (digest + std::string(k_ending));
        if (files_.rename(path, trashed)) files_.touch(trashed);  // its grace in trash/ begins
    }

    void restore(const References& needed) {
        for (const std::string& name : files_.list(trash_)) {
            if (!name.ends_with(k_ending)) continue;
            const std::string digest = name.substr(0, name.size() - k_ending.size());
            if (!needed.objects.contains(digest)) continue;
            const fs::path path = store_.object_path(digest);
            files_.make_folder(path.parent_path());
            if (files_.link(trash_ / name, path)) ++report_.restored;
            files_.sync_folder(path.parent_path());
        }
    }

    void destroy(const std::string& name, const References& needed) {
        const std::string digest = name.substr(0, std::min<std::size_t>(64, name.size()));
        if (name.ends_with(k_ending) && needed.objects.contains(digest) && !files_.info(store_.object_path(digest)))
            return;
        const auto info = files_.info(trash_ / name);
        if (!info || info->modified_ns > oldest_ns_) return;
        if (!options_.dry_run && !files_.remove(trash_ / name)) return;
        ++report_.deleted;
        report_.deleted_bytes += info->size_bytes;
    }

    // A writer's folder is as young as its last new file.
    void sweep_tmp() {
        const fs::path tmp = store_.path() / "tmp";
        for (const std::string& name : old_files(tmp, oldest_tmp_ns_)) {
            const auto info = files_.info(tmp / name);
            if (!info) continue;
            std::vector<std::string> inside = info->folder ? files_.list(tmp / name) : std::vector<std::string>();
            const bool alive = std::any_of(inside.begin(), inside.end(), [&](const std::string& file) {
                return !is_old(tmp / name / file, oldest_tmp_ns_);
            });
            if (alive) continue;
            ++report_.swept;
            if (options_.dry_run) continue;
            for (const std::string& file : inside) files_.remove(tmp / name / file);
            files_.remove(tmp / name);
        }
    }

    Store& store_;
    Files& files_;
    GcOptions options_;
    fs::path trash_;
    std::int64_t oldest_ns_, oldest_tmp_ns_;
    GcReport report_;
};

}  // namespace

GcReport collect_garbage(Store& store, const GcOptions& options) {
    if (options.dry_run) return Collection(store, options).run();
    const GcLock lock(store);
    return Collection(store, options).run();
}

}  // namespace assay
