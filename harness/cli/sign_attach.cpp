#include "cli/sign_attach.hpp"

#include <iostream>

#include "archive/seal.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/json.hpp"
#include "cli/audit.hpp"
#include "cli/keys.hpp"
#include "cli/meant.hpp"

namespace assay {
namespace {

constexpr std::size_t k_signature_limit = std::size_t{1} << 20;

[[noreturn]] void refuse(const std::string& message, const std::string& advice) {
    throw Error("U0140", Exit::usage, message, advice);
}

void check_request(const Options& options) {
    if (options.arguments.size() != 1)
        refuse("--attach takes the run that was signed", "assay sign 013 --attach manifest.json.sig");
    if (options.arguments[0].ends_with(".tar"))
        refuse("--attach keeps a signature in a store, and " + options.arguments[0] + " is a file",
               "import it first: assay archive import " + options.arguments[0]);
    if (!options.keys.empty() || !options.output.empty())
        refuse("--attach signs nothing: --key and -o do not fit", "leave them out");
}

}  // namespace

int attach_command(const Options& options) {
    check_request(options);
    Store store = open_store(options);
    const std::string& word = options.arguments[0];
    const Meant meant = meant_by(store, word);
    if (meant.run_id.empty())
        refuse(word + " is an audit: a signature by ssh-keygen is of one run", "give the run: assay archive ls");
    const std::string name = options.attach.string();
    const Attached attached =
        attach_ssh_signature(store, meant.run_id, read_file(options.attach, k_signature_limit), name);
    if (options.json) {
        std::cout << pretty_json(Json::Object{{"schema", "assay/attach/1"},
                                              {"run_id", meant.run_id},
                                              {"key", attached.key_id},
                                              {"fresh", attached.fresh}});
        return 0;
    }
    std::cout << "run " << meant.run_id.substr(0, 12) << ": "
              << (attached.fresh ? "signature kept" : "this signature is kept already") << ", by "
              << (attached.key_id.empty() ? "a key that only ssh-keygen can verify: not verified"
                                          : "key " + short_key(attached.key_id))
              << "\n";
    return 0;
}

}  // namespace assay
