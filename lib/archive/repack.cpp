#include "archive/repack.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "archive/gc_lock.hpp"
#include "archive/packed.hpp"
#include "archive/store_check.hpp"
#include "base/error.hpp"

namespace assay {
namespace {

// What runs of one recipe have under one name: digests, and how many runs share each.
using Group = std::map<std::string, std::size_t>;

std::vector<Group> groups_of(const Store& store) {
    std::map<std::pair<std::string, std::string>, Group> groups;
    for (const std::string& id : store.list_runs()) {
        const Manifest manifest = store.get_manifest(id);
        for (const ManifestMember& member : manifest.members)
            ++groups[{manifest.recipe_id, member.name}][member.content.sha256];
    }
    std::vector<Group> large;
    for (auto& [key, group] : groups) {
        if (group.size() > 1) large.push_back(std::move(group));
    }
    return large;
}

class Repacking {
public:
    Repacking(Store& store, const RepackOptions& options) : store_(store), options_(options) {}

    RepackReport run() {
        const References needed = needed_references(store_);
        for (const ListedObject& object : list_objects(store_)) {
            const auto found = needed.objects.find(object.sha256);
            if (found == needed.objects.end() || !found->second.size_bytes) continue;
            objects_[object.sha256].size_bytes = *found->second.size_bytes;
            objects_[object.sha256].forms.insert(object.form);
            const std::uint64_t stored = stored_bytes(object.sha256, object.form);
            report_.before_bytes += stored;
            report_.after_bytes += stored;
        }
        report_.objects = objects_.size();
        for (auto& [sha256, object] : objects_) {
            if (object.forms.contains(Form::delta)) note_base(sha256);
            if (object.forms.size() > 1) keep_one_form(sha256, object);
            if (object.forms.contains(Form::plain)) to_planes(sha256, object);
        }
        if (!options_.delta) return report_;
        for (const Group& group : groups_of(store_)) to_deltas(group);
        return report_;
    }

private:
    struct Object {
        std::uint64_t size_bytes = 0;
        std::set<Form> forms;
    };

    std::uint64_t stored_bytes(const std::string& sha256, Form form) const {
        const auto info = store_.files().info(store_.object_path(sha256, form));
        return info ? info->size_bytes : 0;
    }

    void note_base(const std::string& sha256) { bases_.insert(base_of(store_.stored_as(sha256, Form::delta))); }

    bool is_full(const std::string& sha256) const {
        const auto found = objects_.find(sha256);
        return found != objects_.end() && found->second.forms.contains(Form::planes);
    }

    // A merge of two stores leaves two forms. Planes are kept: a difference may need them.
    void keep_one_form(const std::string& sha256, Object& object) {
        const Form best = *object.forms.begin();
        for (const Form form : object.forms) {
            if (form != best) report_.after_bytes -= stored_bytes(sha256, form);
        }
        report_.doubles += object.forms.size() - 1;
        if (!options_.dry_run) store_.keep_only({sha256, object.size_bytes}, best);
        object.forms = {best};
    }

    void to_planes(const std::string& sha256, Object& object) {
        const MemberRef member{sha256, object.size_bytes};
        const auto packed = pack_planes(store_.get_object(member));
        if (!packed) return;
        change(member, Form::plain, Form::planes, *packed);
        object.forms = {Form::planes};
        ++report_.to_planes;
    }

    void change(const MemberRef& member, Form from, Form to, const std::string& packed) {
        report_.after_bytes += packed.size();
        report_.after_bytes -= stored_bytes(member.sha256, from);
        if (options_.dry_run) return;
        store_.put_as(member, to, packed);
        store_.keep_only(member, to);
    }

    void to_deltas(const Group& group) {
        const std::string base = base_in(group);
        if (base.empty()) return;
        const std::string planes = store_.planes_of(base);
        for (const auto& [sha256, uses] : group) {
            if (sha256 == base || bases_.contains(sha256) || !is_full(sha256)) continue;
            const auto packed = pack_delta(store_.planes_of(sha256), planes, base, stored_bytes(sha256, Form::planes));
            if (!packed) continue;
            Object& object = objects_.at(sha256);
            change({sha256, object.size_bytes}, Form::planes, Form::delta, *packed);
            object.forms = {Form::delta};
            bases_.insert(base);
            ++report_.to_deltas;
        }
    }

    // One that is a base already, else the one that most runs share, else the first.
    std::string base_in(const Group& group) const {
        std::string best;
        for (const auto& [sha256, uses] : group) {
            if (!is_full(sha256)) continue;
            if (bases_.contains(sha256)) return sha256;
            if (best.empty() || uses > group.at(best)) best = sha256;
        }
        return best;
    }

    Store& store_;
    RepackOptions options_;
    RepackReport report_;
    std::map<std::string, Object> objects_;
    std::set<std::string> bases_;
};

}  // namespace

RepackReport repack(Store& store, const RepackOptions& options) {
    if (options.dry_run) return Repacking(store, options).run();
    const GcLock lock(store);
    return Repacking(store, options).run();
}

}  // namespace assay
