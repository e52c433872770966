#include "cli/render.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <string_view>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/text.hpp"

namespace assay {
namespace {

std::string_view variable(const char* name) {
    const char* const value = std::getenv(name);
    return value == nullptr ? std::string_view() : std::string_view(value);
}

bool locale_is_utf8() {
    for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
        const std::string_view value = variable(name);
        if (value.empty()) continue;
        return value.find("UTF-8") != std::string_view::npos || value.find("utf8") != std::string_view::npos;
    }
    return false;
}

int width_of(int descriptor, bool is_tty) {
    const std::string_view columns = variable("COLUMNS");
    if (!columns.empty()) return std::clamp(std::atoi(columns.data()), 40, 200);
    winsize size{};
    if (is_tty && ::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return std::clamp<int>(size.ws_col, 40, 200);
    return 80;
}

}  // namespace

void check_output(const Options& options) {
    const auto ending = options.output.extension();
    if (options.output.empty() || ending == ".json" || ending == ".txt") return;
    const bool has_markdown = options.command == "fingerprint";
    if (has_markdown && ending == ".md") return;
    throw Error("U0108", Exit::usage, "-o " + options.output.string() + ": no such report format",
                has_markdown ? "end the name in .txt, .json or .md" : "end the name in .txt or .json");
}

void emit(const Options& options, const std::function<std::string()>& text, const std::function<Json()>& json) {
    emit_texts(options, text, [&] { return pretty_json(json()); });
}

void emit_texts(const Options& options, const std::function<std::string()>& text,
                const std::function<std::string()>& json) {
    check_output(options);
    if (!options.output.empty()) {
        write_file_atomic(options.output, options.output.extension() == ".json" ? json() : text());
        if (!options.quiet) std::cerr << "wrote " << options.output.string() << "\n";
    }
    if (options.json) std::cout << json();
    if (!options.json && options.output.empty()) std::cout << text();
}

std::string shown_text(const std::string& text, const Terminal& terminal) {
    return terminal.unicode ? text : ascii_columns(text);
}

Terminal terminal_of(int descriptor, const Options& options) {
    Terminal terminal;
    terminal.is_tty = ::isatty(descriptor) == 1 && variable("TERM") != "dumb";
    terminal.width = width_of(descriptor, terminal.is_tty);
    terminal.unicode = locale_is_utf8();
    const bool wanted = terminal.is_tty && variable("NO_COLOR").empty();
    terminal.color = options.color == "always" || (options.color == "auto" && wanted);
    return terminal;
}

}  // namespace assay
