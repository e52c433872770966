#include "base/text.hpp"
#include "base/utf8.hpp"
#include "fingerprint/probes/probes.hpp"

namespace assay {

std::string_view file_name_of(std::string_view path) { return path.substr(path.rfind('/') + 1); }

std::string numbered_prefix(const std::string& group, std::size_t index) {
    return group + (index == 0 ? "" : std::to_string(index + 1)) + ".";
}

void add_text(Fingerprint& out, const std::string& name, FieldClass stability, std::string_view text) {
    const std::string line = printable_line(text);
    if (!line.empty()) set_field(out, {name, stability, line});
}

}  // namespace assay
