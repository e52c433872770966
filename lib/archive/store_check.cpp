#include "archive/store_check.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "archive/store_checkpoints.hpp"
#include "base/digest.hpp"
#include "base/error.hpp"
#include "core/safetensors.hpp"

namespace assay {
namespace {

std::string short_id(const std::string& id) { return id.substr(0, 12); }

// Object number i of a sorted list is not used: the digest decides, so that a new object moves no other.
bool is_in_share(const std::string& sha256, const CheckOptions& options) {
    if (options.share >= 1) return true;
    constexpr std::uint64_t k_parts = 1'000'000;
    const auto share = std::max(std::uint64_t{1}, static_cast<std::uint64_t>(options.share * k_parts));
    std::uint64_t number = 0;
    std::from_chars(sha256.data(), sha256.data() + 15, number, 16);
    // A window of that width, each day the next one.
    return (number + static_cast<std::uint64_t>(options.day) % k_parts * share) % k_parts < share;
}

void add_run(const Store& store, const std::string& id, References& out) {
    const Manifest manifest = store.get_manifest(id);
    for (const ManifestMember& member : manifest.members) {
        References::Use& use = out.objects[member.content.sha256];
        use.size_bytes = member.content.size_bytes;
        use.places.push_back("run " + short_id(id) + ", " + member.name);
        use.tables.merge(tables_of(manifest, member.name));
    }
    out.requests.insert(manifest.request_id);
    ++out.runs;
}

void add_audit(const Store& store, const std::string& id, References& out) {
    const Plan plan = store.get_audit(id);
    if (plan.inputs) {
        References::Use& use = out.objects[plan.inputs->sha256];
        use.size_bytes = plan.inputs->size_bytes;
        use.places.push_back("audit " + short_id(id) + ", its table of inputs");
    }
    ++out.audits;
}

void check_all_signatures(const Store& store, const CheckOptions& options, StoreCheck& out) {
    const std::vector<std::string> runs = store.list_runs();
    for (const std::string& id : runs) {
        std::string manifest;
        try {
            manifest = store.get_manifest_text(id);
        } catch (const Error&) {  // it is among the problems
            continue;
        }
        try {
            check_signatures(manifest, run_signatures(store, id), options, "run " + short_id(id), out);
        } catch (const Error& error) {
            out.problems.emplace_back(error.what());
        }
    }
    const RunIds retired = retired_runs(store);
    for (const std::string& id : signed_runs(store)) {
        if (!std::binary_search(runs.begin(), runs.end(), id) && !retired.contains(id))
            out.problems.push_back("run " + short_id(id) + " is missing, and somebody signed it: " +
                                   (store.path() / "sig").string() + " has the signature");
    }
}

// Digests of all objects that are kept as differences, or were and may come back.
std::vector<std::string> differences(const Store& store) {
    std::vector<std::string> digests;
    for (ListedObject& object : list_objects(store)) {
        if (object.form == Form::delta) digests.push_back(std::move(object.sha256));
    }
    for (const std::string& name : store.files().list(store.path() / "trash")) {
        const auto form = form_of_name(name);
        if (form && form->second == Form::delta) digests.push_back(form->first);
    }
    return digests;
}

void add_base(const Store& store, const std::string& sha256, References& out) {
    const StoredObject stored = store.stored_object(sha256);
    if (stored.form != Form::delta) return;
    out.objects[base_of(stored)].places.push_back("object " + short_id(sha256) + ", which is a difference from it");
}

std::string places_text(const References::Use& use) {
    std::string text = " (" + use.places.front();
    if (use.places.size() > 1) text += " and " + std::to_string(use.places.size() - 1) + " more";
    return text + ")";
}

}  // namespace

TableRoots tables_of(const Manifest& manifest, std::string_view member) {
    const std::vector<TensorDigest>& tensors = manifest.record.weights;
    if (member != "weights.safetensors" || tensors.empty() || is_opaque(tensors)) return {};
    return {tensor_table_root(tensors)};
}

std::vector<ListedObject> list_objects(const Store& store) {
    std::vector<ListedObject> objects;
    const auto root = store.path() / "obj";
    for (const std::string& folder : store.files().list(root)) {
        if (folder.size() != 2) continue;
        for (const std::string& name : store.files().list(root / folder)) {
            const auto form = form_of_name(name);
            if (form && is_sha256_hex(folder + form->first)) objects.push_back({folder + form->first, form->second});
        }
    }
    return objects;
}

References references_of(const Store& store) {
    References out;
    const auto take = [&](const auto& add, const std::string& id) {
        try {
            add(store, id, out);
        } catch (const Error& error) {
            out.problems.emplace_back(error.what());
        }
    };
    for (const std::string& id : store.list_runs()) take(add_run, id);
    for (const std::string& id : store.list_audits()) take(add_audit, id);
    for (const std::string& sha256 : differences(store)) {
        if (out.objects.contains(sha256)) take(add_base, sha256);
    }
    return out;
}

void check_signatures(std::string_view manifest, const Signatures& signatures, const CheckOptions& options,
                      const std::string& place, StoreCheck& out) {
    check_seals(manifest, signatures, options.keys, place, out.seals);
    out.problems.insert(out.problems.end(), out.seals.problems.begin(), out.seals.problems.end());
    if (options.seals)
        out.mismatches.insert(out.mismatches.end(), out.seals.mismatches.begin(), out.seals.mismatches.end());
    out.seals.problems.clear();
    out.seals.mismatches.clear();
}

void add_missing(const Plan& plan, const std::set<std::string>& requests, StoreCheck& out) {
    std::set<std::string> said;
    for (const PlannedRun& run : plan.runs) {
        const std::string request = request_id(run.request);
        if (requests.contains(request) || !said.insert(request).second) continue;
        const std::string cell = cell_text(plan, run);
        out.missing.push_back("run " + run_label(plan, run.number) + " of " + plan.name + " (audit " +
                              short_id(audit_id(plan)) + ")" + (cell.empty() ? "" : ": " + cell));
    }
}

References needed_references(const Store& store) {
    References references = references_of(store);
    if (references.problems.empty()) return references;
    throw Error("A0116", Exit::unreadable, "nobody can know what is needed: " + references.problems.front(),
                "assay verify lists every damage; restore these files from a copy of the store first");
}

StoreCheck check_store(const Store& store, const CheckOptions& options) {
    References references = references_of(store);
    StoreCheck out;
    out.runs = references.runs;
    out.audits = references.audits;
    out.objects = references.objects.size();
    out.problems = std::move(references.problems);
    std::vector<std::string> in_trash;
    for (const auto& [sha256, use] : references.objects) {
        if (!is_in_share(sha256, options)) continue;
        try {
            out.stored_bytes += store.check_object(sha256, use.size_bytes, options.deep, use.tables);
            ++out.checked;
            if (!store.has_object(sha256)) in_trash.push_back(sha256);
        } catch (const Error& error) {
            out.problems.push_back(error.what() + places_text(use));
        }
    }
    // A reader finds it there until gc deletes it. What a gc at work was about to put back is back by now.
    for (const std::string& sha256 : in_trash) {
        const References::Use& use = references.objects.at(sha256);
        if (store.has_object(sha256)) continue;
        out.problems.push_back(store.object_path(sha256).string() +
                               " is missing; a copy lies in trash/, and assay archive gc puts it back" +
                               places_text(use));
    }
    check_all_signatures(store, options, out);
    check_checkpoints(store, options, out);
    for (const std::string& id : store.list_audits()) {
        try {
            add_missing(store.get_audit(id), references.requests, out);
        } catch (const Error&) {  // it is among the problems
        }
    }
    for (const ListedObject& object : list_objects(store))
        out.unreferenced += references.objects.count(object.sha256) == 0;
    return out;
}

}  // namespace assay
