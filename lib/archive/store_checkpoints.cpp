#include "archive/store_checkpoints.hpp"

#include <algorithm>

#include "archive/signature_files.hpp"
#include "base/digest.hpp"
#include "base/error.hpp"

namespace assay {
namespace fs = std::filesystem;
namespace {

const fs::path k_folder = "ckpt";
constexpr std::string_view k_ending = ".json";
constexpr std::size_t k_checkpoint_bytes = std::size_t{1} << 30;
constexpr std::size_t k_shown_digits = 12;

std::string short_id(std::string_view id) { return std::string(id.substr(0, k_shown_digits)); }

fs::path file_of(const Store& store, std::string_view digest) {
    return store.path() / k_folder / (std::string(digest) + std::string(k_ending));
}

std::vector<std::string> all_checkpoints(const Store& store) {
    std::vector<std::string> digests;
    for (const std::string& name : store.files().list(store.path() / k_folder)) {
        if (!name.ends_with(k_ending)) continue;
        std::string digest = name.substr(0, name.size() - k_ending.size());
        if (is_sha256_hex(digest)) digests.push_back(std::move(digest));
    }
    return digests;
}

std::string text_of(const Store& store, std::string_view digest) {
    auto text = store.files().read(file_of(store, digest), k_checkpoint_bytes);
    if (text) return std::move(*text);
    throw Error("A0501", Exit::unreadable,
                "checkpoint " + short_id(digest) +
                    " is missing, and another comes after it: " + file_of(store, digest).string(),
                "restore it from a copy of the store");
}

// Nothing where it is damaged: the chain that it is part of will say so.
std::optional<Checkpoint> readable(const Store& store, std::string_view digest) {
    try {
        const std::string text = text_of(store, digest);
        if (sha256_hex(text) != digest) return std::nullopt;
        return parse_checkpoint(text, digest);
    } catch (const Error&) {
        return std::nullopt;
    }
}

RunIds runs_there(const Store& store) {
    const std::vector<std::string> ids = store.list_runs();
    return {ids.begin(), ids.end()};
}

// The last checkpoint of this store itself: of several, as two copies of it make them, the one with most runs.
std::optional<std::string> own_head(const Store& store) {
    std::optional<std::string> best;
    std::uint64_t count = 0;
    for (const std::string& head : checkpoint_heads(store)) {
        const Checkpoint checkpoint = parse_checkpoint(text_of(store, head), short_id(head));
        if (checkpoint.store != store.uuid() || (best && checkpoint.count < count)) continue;
        best = head;
        count = checkpoint.count;
    }
    return best;
}

RunIds retired_of(const std::vector<std::string>& words, const RunIds& before, const RunIds& now) {
    RunIds retired;
    for (const std::string& word : words) {
        RunIds fitting;
        for (const std::string& id : before) {
            if (word.size() >= 4 && id.starts_with(word)) fitting.insert(id);
        }
        if (fitting.size() != 1)
            throw Error(
                "A0504", Exit::usage,
                "'" + word + "' is the beginning of " + std::to_string(fitting.size()) + " runs of the last checkpoint",
                "name a run by 4 digits of its id or more; assay verify names the missing ones");
        if (now.contains(*fitting.begin()))
            throw Error("A0504", Exit::usage, "run " + short_id(*fitting.begin()) + " is still in the store",
                        "only what is gone is retired: remove its manifest from run/ first");
        retired.insert(*fitting.begin());
    }
    return retired;
}

void sign(Store& store, const Checkpoint& checkpoint, const PrivateKey& key, CheckpointMade& out) {
    out.envelope = sign_statement(checkpoint_statement(checkpoint), key);
    out.newly_signed =
        put_signature_in(store, k_folder, out.digest, signature_name_of(key.public_key().id()), out.envelope);
}

void name_missing(const RunIds& expected, const RunIds& there, const RunIds& retired, std::string_view checkpoint,
                  StoreCheck& out) {
    for (const std::string& id : expected) {
        if (there.contains(id) || retired.contains(id)) continue;
        const std::string line = "run " + short_id(id) + " is missing: it was there at checkpoint ";
        const bool said = std::any_of(out.mismatches.begin(), out.mismatches.end(),
                                      [&](const std::string& one) { return one.starts_with(line); });
        if (!said) out.mismatches.push_back(line + short_id(checkpoint));
    }
}

void check_signature(const Store& store, const std::string& head, const CheckOptions& options, StoreCheck& out) {
    const std::string place = "checkpoint " + short_id(head);
    const std::size_t findings = out.mismatches.size() + out.problems.size();
    bool good = false, any = false;
    for (const auto& [name, bytes] : signatures_in(store, k_folder, head)) {
        any = true;
        try {
            const SignatureCheck verified = verify_envelope(bytes, options.keys, place + ", " + name);
            if (!options.seals) continue;
            if (verified.statement) {
                good = good || sha256_hex(checkpoint_text(checkpoint_of(*verified.statement, place))) == head;
            } else if (claims_a_key(verified, options.keys)) {
                out.problems.push_back(place + ", " + name + " was altered after it was signed, or damaged");
            }
        } catch (const Error& error) {
            out.problems.emplace_back(error.what());
        }
    }
    if (!options.seals || good || out.mismatches.size() + out.problems.size() > findings) return;
    out.mismatches.push_back(place + (any ? " is signed by other keys only" : " is not signed"));
}

}  // namespace

std::vector<std::string> checkpoint_heads(const Store& store) {
    std::set<std::string> heads;
    for (const std::string& digest : all_checkpoints(store)) heads.insert(digest);
    for (const std::string& digest : all_checkpoints(store)) {
        const auto checkpoint = readable(store, digest);
        if (checkpoint && checkpoint->prev) heads.erase(*checkpoint->prev);
    }
    return {heads.begin(), heads.end()};
}

RunIds runs_at(const Store& store, std::string_view checkpoint) {
    return runs_of_chain(checkpoint, [&](std::string_view digest) { return text_of(store, digest); });
}

RunIds retired_runs(const Store& store) {
    RunIds retired;
    for (const std::string& digest : all_checkpoints(store)) {
        if (const auto checkpoint = readable(store, digest))
            retired.insert(checkpoint->retired.begin(), checkpoint->retired.end());
    }
    return retired;
}

CheckpointMade make_checkpoint(Store& store, const std::vector<std::string>& retired, const PrivateKey* key) {
    const std::optional<std::string> prev = own_head(store);
    const RunIds before = prev ? runs_at(store, *prev) : RunIds{}, now = runs_there(store);
    Checkpoint checkpoint = next_checkpoint(prev, before, now, retired_of(retired, before, now), store.uuid());
    CheckpointMade out;
    out.runs = now.size();
    out.added = checkpoint.added.size();
    out.retired = checkpoint.retired.size();
    if (prev && now == before) {
        checkpoint = parse_checkpoint(text_of(store, *prev), short_id(*prev));
        out.digest = *prev;
    } else {
        const std::string text = checkpoint_text(checkpoint);
        out.digest = sha256_hex(text);
        out.fresh = store.put_named(k_folder / (out.digest + std::string(k_ending)), text);
    }
    if (key != nullptr) sign(store, checkpoint, *key, out);
    return out;
}

Statement checkpoint_statement(const Checkpoint& checkpoint) {
    const std::string text = checkpoint_text(checkpoint);
    return {{{"checkpoint.json", sha256_hex(text)}}, std::string(k_checkpoint_type), parse_json(text, "checkpoint")};
}

Checkpoint checkpoint_of(const Statement& statement, std::string_view name) {
    const std::string text = canonical_json(statement.predicate);
    if (statement.predicate_type != k_checkpoint_type || statement.subjects.size() != 1 ||
        statement.subjects[0].sha256 != sha256_hex(text)) {
        throw Error("A0501", Exit::unreadable,
                    std::string(name) + " is signed, but is not a checkpoint that fits its digest",
                    "take it from its source again");
    }
    return parse_checkpoint(text, name);
}

void check_checkpoints(const Store& store, const CheckOptions& options, StoreCheck& out) {
    const RunIds there = runs_there(store), retired = retired_runs(store);
    for (const std::string& head : checkpoint_heads(store)) {
        ++out.checkpoints;
        check_signature(store, head, options, out);
        try {
            name_missing(runs_at(store, head), there, retired, head, out);
        } catch (const Error& error) {
            out.problems.emplace_back(error.what());
        }
    }
}

void check_held(const Store& store, const Checkpoint& checkpoint, StoreCheck& out) {
    const RunIds there = runs_there(store), retired = retired_runs(store);
    const std::string digest = sha256_hex(checkpoint_text(checkpoint));
    if (store.files().info(file_of(store, digest))) {
        name_missing(runs_at(store, digest), there, retired, digest, out);
        return;
    }
    out.mismatches.push_back("checkpoint " + short_id(digest) +
                             " itself is missing: " + file_of(store, digest).string());
    if (checkpoint.count == there.size() && checkpoint.root == run_ids_root(there)) return;
    name_missing(checkpoint.added, there, retired, digest, out);
}

}  // namespace assay
