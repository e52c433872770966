// assay fingerprint: what computes here, or what a file of weights holds. Reads only.
#include <unistd.h>

#include "base/error.hpp"
#include "base/file.hpp"
#include "cli/commands.hpp"
#include "cli/fingerprint_text.hpp"
#include "cli/render.hpp"
#include "cli/sides.hpp"
#include "fingerprint/environment.hpp"

namespace assay {
namespace {

// What one of the two kinds of fingerprint looks like in each format.
struct Shown {
    std::function<std::string()> text, markdown;
    std::function<Json()> json;
};

Shown shown(const Fingerprint& fingerprint) {
    return {[&] { return environment_text(fingerprint); }, [&] { return environment_markdown(fingerprint); },
            [&] { return fingerprint_json(fingerprint); }};
}

Shown shown(const WeightsFingerprint& fingerprint) {
    return {[&] { return weights_text(fingerprint); }, [&] { return weights_markdown(fingerprint); },
            [&] { return weights_json(fingerprint); }};
}

void show(const Shown& shown, const Options& options) {
    Options wanted = options;
    wanted.json = options.json || options.format == "json";
    const bool markdown = options.format == "markdown" || options.output.extension() == ".md";
    const auto& words = markdown ? shown.markdown : shown.text;
    emit(
        wanted,
        [&] { return options.output.empty() ? shown_text(words(), terminal_of(STDOUT_FILENO, options)) : words(); },
        shown.json);
}

}  // namespace

int fingerprint_command(const Options& options) {
    check_output(options);
    const std::string what = options.arguments.empty() ? "env" : options.arguments[0];
    const Side side = read_side(what, options);
    if (const auto* environment = std::get_if<Fingerprint>(&side.value)) {
        show(shown(*environment), options);
    } else if (const auto* file = std::get_if<WeightFile>(&side.value)) {
        show(shown(weights_fingerprint(*file)), options);
    } else if (const auto* table = std::get_if<WeightsFingerprint>(&side.value)) {
        show(shown(*table), options);
    } else {
        throw Error("U0130", Exit::usage, what + " is no environment and no file",
                    "assay fingerprint env, or a file; two runs: assay diff A B");
    }
    return 0;
}

}  // namespace assay
