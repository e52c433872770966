// assay archive checkpoint: which runs the store holds now, so that one that is taken away later is missed.
#include <iostream>

#include "archive/store_checkpoints.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "cli/archive_actions.hpp"
#include "cli/audit.hpp"
#include "cli/keys.hpp"

namespace assay {
namespace {

constexpr std::string_view k_ending = ".dsse.json";

std::string text_of(const CheckpointMade& made, const std::string& key_id) {
    std::string text = "checkpoint " + made.digest.substr(0, 12) + ": " + plural(made.runs, "run");
    if (!made.fresh) {
        text += ", nothing new since it was made";
    } else {
        text += ", " + std::to_string(made.added) + " new";
        if (made.retired > 0) text += ", " + std::to_string(made.retired) + " retired";
    }
    if (!key_id.empty()) text += "; signed by key " + short_key(key_id);
    return text + "\n";
}

Json json_of(const CheckpointMade& made, const std::string& key_id, const Options& options) {
    return Json::Object{{"schema", "assay/checkpoint/1"},
                        {"checkpoint", made.digest},
                        {"runs", std::uint64_t{made.runs}},
                        {"added", std::uint64_t{made.added}},
                        {"retired", std::uint64_t{made.retired}},
                        {"fresh", made.fresh},
                        {"key", key_id},
                        {"output", options.output.string()}};
}

void check_request(const Options& options) {
    take_arguments(options, 1);
    if (options.output.empty()) return;
    if (!options.output.string().ends_with(k_ending))
        throw Error("U0108", Exit::usage, "-o " + options.output.string() + ": a checkpoint to keep is no such file",
                    "end the name in .dsse.json: it is the signed checkpoint, whole");
    if (options.keys.empty())
        throw Error("U0143", Exit::usage, "a checkpoint to keep elsewhere is a signed one: --key FILE",
                    "make a key with: openssl genpkey -algorithm ed25519 -out key.pem");
}

}  // namespace

int archive_checkpoint(const Options& options) {
    check_request(options);
    std::optional<PrivateKey> key;
    if (!options.keys.empty()) key = signing_key(options);
    const std::string key_id = key ? key->public_key().id() : "";
    Store store = open_store(options);
    const CheckpointMade made = make_checkpoint(store, options.retired, key ? &*key : nullptr);
    if (!options.output.empty()) write_file_atomic(options.output, made.envelope);
    std::cout << (options.json ? pretty_json(json_of(made, key_id, options)) : text_of(made, key_id));
    if (!options.output.empty() && !options.quiet) std::cerr << "wrote " << options.output.string() << "\n";
    return 0;
}

}  // namespace assay
