// Garbage collection beside writers (archive.md 9.5). A writer makes an old object young before it counts on it, and
// looks at it once more after its commit; gc looks at the manifests once more after it has moved anything. Whoever
// comes last of the two sees the other's work, and puts the object back.
#include <algorithm>

#include "archive/gc_lock.hpp"
#include "archive/store_check.hpp"
#include "base/digest.hpp"
#include "base/error.hpp"

namespace assay {
namespace fs = std::filesystem;
namespace {

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
        const References first = needed_references(store_);
        report_.referenced = first.objects.size();
        // What lay in trash/ before this collection began, longer than the grace: no writer counts on it any more.
        const std::vector<std::string> condemned = old_files(trash_, oldest_ns_);
        for (const ListedObject& object : list_objects(store_)) {
            if (!first.objects.contains(object.sha256)) move_to_trash(object);
        }
        const References second = options_.dry_run ? first : needed_references(store_);
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

    void move_to_trash(const ListedObject& object) {
        const fs::path path = store_.object_path(object.sha256, object.form);
        const auto info = files_.info(path);
        if (!info || info->modified_ns > oldest_ns_) return;
        ++report_.trashed;
        report_.trashed_bytes += info->size_bytes;
        if (options_.dry_run) return;
        files_.make_folder(trash_);
        const fs::path trashed = trash_ / (object.sha256 + std::string(ending_of(object.form)));
        if (files_.rename(path, trashed)) files_.touch(trashed);  // its grace in trash/ begins
    }

    void restore(const References& needed) {
        for (const std::string& name : files_.list(trash_)) {
            const auto form = form_of_name(name);
            if (!form || !needed.objects.contains(form->first) || store_.has_object(form->first)) continue;
            const fs::path path = store_.object_path(form->first, form->second);
            files_.make_folder(path.parent_path());
            if (files_.link(trash_ / name, path)) ++report_.restored;
            files_.sync_folder(path.parent_path());
        }
    }

    void destroy(const std::string& name, const References& needed) {
        const auto form = form_of_name(name);
        if (form && needed.objects.contains(form->first) && !store_.has_object(form->first)) return;
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
