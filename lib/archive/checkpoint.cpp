#include "archive/checkpoint.hpp"

#include <algorithm>

#include "base/digest.hpp"
#include "base/error.hpp"
#include "base/json.hpp"

namespace assay {
namespace {

constexpr std::string_view k_format = "assay-ckpt/1";
constexpr std::size_t k_chain_limit = 1'000'000;

[[noreturn]] void fail(std::string_view name, const std::string& what) {
    throw Error("A0501", Exit::unreadable, "checkpoint " + std::string(name) + " is damaged: " + what,
                "restore it from a copy of the store");
}

Json ids_json(const RunIds& ids) { return Json::Array(ids.begin(), ids.end()); }

RunIds ids_from(const Json* json, std::string_view name) {
    RunIds ids;
    if (json == nullptr) return ids;
    for (const Json& id : json->as_array()) {
        if (!is_sha256_hex(id.as_string())) fail(name, "'" + id.as_string() + "' is not the id of a run");
        ids.insert(id.as_string());
    }
    return ids;
}

Checkpoint read(std::string_view text, std::string_view name) {
    const Json json = parse_json(text, name);
    if (json.at("format").as_string() != k_format) {
        throw Error("A0503", Exit::unreadable,
                    "checkpoint " + std::string(name) + " has format '" + json.at("format").as_string() +
                        "'; this assay reads " + std::string(k_format));
    }
    Checkpoint checkpoint;
    checkpoint.added = ids_from(&json.at("added"), name);
    checkpoint.retired = ids_from(json.find("retired"), name);
    if (json.at("count").as_integer() < 0) fail(name, "a negative count");
    checkpoint.count = static_cast<std::uint64_t>(json.at("count").as_integer());
    if (!json.at("prev").is_null()) checkpoint.prev = json.at("prev").as_string();
    if (checkpoint.prev && !is_sha256_hex(*checkpoint.prev)) fail(name, "`prev` is not a digest");
    checkpoint.root = json.at("root").as_string();
    checkpoint.store = json.at("store").as_string();
    return checkpoint;
}

char byte_of(std::string_view hex) {
    const auto value = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
    return static_cast<char>(value(hex[0]) * 16 + value(hex[1]));
}

void replay(const Checkpoint& checkpoint, std::string_view name, RunIds& runs) {
    for (const std::string& id : checkpoint.retired)
        if (runs.erase(id) == 0) fail(name, "it retires run " + id + ", which was not there");
    for (const std::string& id : checkpoint.added)
        if (!runs.insert(id).second) fail(name, "it adds run " + id + " again");
    if (checkpoint.count != runs.size())
        fail(name,
             "it counts " + std::to_string(checkpoint.count) + " runs; its chain has " + std::to_string(runs.size()));
    if (checkpoint.root != run_ids_root(runs)) fail(name, "its root is not that of its chain");
}

}  // namespace

std::string checkpoint_text(const Checkpoint& checkpoint) {
    Json::Object object{{"added", ids_json(checkpoint.added)},
                        {"count", checkpoint.count},
                        {"format", k_format},
                        {"prev", checkpoint.prev ? Json(*checkpoint.prev) : Json()},
                        {"root", checkpoint.root},
                        {"store", checkpoint.store}};
    if (!checkpoint.retired.empty()) object["retired"] = ids_json(checkpoint.retired);
    return canonical_json(object);
}

Checkpoint parse_checkpoint(std::string_view text, std::string_view name) {
    try {
        Checkpoint checkpoint = read(text, name);
        if (checkpoint_text(checkpoint) != text) fail(name, "it is not in the one form that its content has");
        return checkpoint;
    } catch (const Error& error) {
        if (error.code().starts_with("A05")) throw;
        fail(name, error.what());
    }
}

std::string run_ids_root(const RunIds& ids) {
    Sha256 digest;
    for (const std::string& id : ids) {
        std::string bytes;
        for (std::size_t i = 0; i < id.size(); i += 2) bytes += byte_of(std::string_view(id).substr(i, 2));
        digest.update(bytes);
    }
    return to_hex(digest.finish());
}

Checkpoint next_checkpoint(const std::optional<std::string>& prev, const RunIds& before, const RunIds& now,
                           const RunIds& retired, std::string_view store) {
    Checkpoint next;
    std::set_difference(now.begin(), now.end(), before.begin(), before.end(),
                        std::inserter(next.added, next.added.end()));
    std::string lost;
    for (const std::string& id : before) {
        if (now.contains(id)) continue;
        if (!retired.contains(id)) lost += "\n  run " + id;
        next.retired.insert(id);
    }
    if (!lost.empty()) {
        throw Error("A0502", Exit::no, "there at the last checkpoint and missing now:" + lost,
                    "restore them from a copy of the store; those that were removed on purpose: --retire RUN");
    }
    next.count = now.size();
    next.prev = prev;
    next.root = run_ids_root(now);
    next.store = store;
    return next;
}

RunIds runs_of_chain(std::string_view head, const std::function<std::string(std::string_view)>& text_of) {
    std::vector<std::pair<std::string, Checkpoint>> chain;
    for (std::optional<std::string> digest = std::string(head); digest;) {
        const std::string text = text_of(*digest);
        if (sha256_hex(text) != *digest) fail(*digest, "its content does not match its name");
        if (chain.size() >= k_chain_limit) fail(*digest, "a chain of more than a million");
        chain.emplace_back(*digest, parse_checkpoint(text, *digest));
        digest = chain.back().second.prev;
    }
    RunIds runs;
    std::for_each(chain.rbegin(), chain.rend(), [&](const auto& row) { replay(row.second, row.first, runs); });
    return runs;
}

}  // namespace assay
