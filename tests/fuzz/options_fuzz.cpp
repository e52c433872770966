// A command line, one word a line.
#include "base/text.hpp"
#include "cli/options.hpp"
#include "fuzz/fuzz.hpp"

namespace {

int nothing(const assay::Options&) { return 0; }

const std::vector<assay::Command>& commands() {
    static const std::vector<assay::Command> k_commands = {
        {"plan", "assay plan [SPEC]", "what would run", "  assay plan a.yaml\n", false, 1, nothing},
        {"run", "assay run [SPEC]", "run it", "  assay run a.yaml\n", true, 1, nothing},
    };
    return k_commands;
}

void check_sound(const assay::Options& options) {
    if (options.help || options.version || options.command.empty()) return;  // the overview
    ASSAY_CHECK(options.command == "plan" || options.command == "run");
    ASSAY_CHECK(options.arguments.size() <= 1);
    ASSAY_CHECK(options.jobs >= 0 && options.jobs <= 1024);
    ASSAY_CHECK(options.budget_s >= 0);
    ASSAY_CHECK(options.color == "auto" || options.color == "always" || options.color == "never");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = assay::fuzz::text_of(data, size);
    if (text.find('\0') != std::string_view::npos) return 0;  // argv holds none
    const std::vector<std::string> words = assay::split_lines(text);
    std::vector<const char*> argv = {"assay"};
    for (const std::string& word : words) argv.push_back(word.c_str());
    const auto options = assay::fuzz::read_or_refuse(
        "U01", [&] { return assay::parse_options(static_cast<int>(argv.size()), argv.data(), commands()); });
    if (options) check_sound(*options);
    return 0;
}
