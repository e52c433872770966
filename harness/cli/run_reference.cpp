#include "cli/run_reference.hpp"

#include <charconv>

namespace assay {

std::optional<RunReference> run_reference(const std::string& text) {
    RunReference reference;
    const std::size_t slash = text.rfind('/');
    if (slash != std::string::npos) reference.audit = text.substr(0, slash);
    const std::string number = slash == std::string::npos ? text : text.substr(slash + 1);
    const char* const end = number.data() + number.size();
    const auto [next, error] = std::from_chars(number.data(), end, reference.number);
    if (error != std::errc() || next != end || reference.number < 1) return std::nullopt;
    return reference;
}

}  // namespace assay
