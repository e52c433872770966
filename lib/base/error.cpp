#include "base/error.hpp"

#include <array>
#include <utility>

namespace assay {

Exit worse(Exit a, Exit b) {
    static constexpr std::array k_order = {
        Exit::bug, Exit::interrupted, Exit::terminated, Exit::again,   Exit::unreadable, Exit::usage,
        Exit::no,  Exit::incomplete,  Exit::undecided,  Exit::nothing, Exit::yes,
    };
    for (const Exit exit : k_order) {
        if (a == exit || b == exit) return exit;
    }
    return Exit::bug;
}

Error::Error(std::string code, Exit exit, const std::string& message, std::string help)
    : std::runtime_error(message), code_(std::move(code)), exit_(exit), help_(std::move(help)) {}

std::string format_error(const Error& error) {
    // Errors of a spec are several and bring their own heads.
    const std::string message = error.what();
    std::string text = message.starts_with("error[") ? message : "error[" + error.code() + "]: " + message + "\n";
    if (!error.help().empty()) text += "  = " + error.help() + "\n";
    return text;
}

}  // namespace assay
