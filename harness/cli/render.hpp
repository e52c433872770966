// One answer, as text or JSON, to standard output or a file.
#pragma once

#include <functional>
#include <string>

#include "base/json.hpp"
#include "cli/options.hpp"

namespace assay {

// Text unless --json or `-o NAME.json`. With -o the file is replaced whole or not at all; an ending other than .txt or
// .json is Error U0108 (exit 2). Check it before long work with check_output.
void emit(const Options& options, const std::function<std::string()>& text, const std::function<Json()>& json);
// The same with JSON that is written already.
void emit_texts(const Options& options, const std::function<std::string()>& text,
                const std::function<std::string()>& json);
void check_output(const Options& options);

struct Terminal {
    int width = 80;
    bool is_tty = false;
    bool color = false;
    bool unicode = false;
};
// What the file descriptor is, with NO_COLOR, TERM=dumb, COLUMNS, the locale and --color respected.
Terminal terminal_of(int descriptor, const Options& options);
// The text as the terminal can show it: without UTF-8, a tilde for each character that is not ASCII.
std::string shown_text(const std::string& text, const Terminal& terminal);

}  // namespace assay
