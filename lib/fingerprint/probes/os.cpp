// The system: its release, the kernel, the C library (whose libm computes).
#include "base/text.hpp"
#include "fingerprint/probes/probes.hpp"

namespace assay {
namespace {

// PRETTY_NAME="Debian GNU/Linux 12 (bookworm)" of /etc/os-release.
std::string release_name(const std::string& text) {
    constexpr std::string_view k_key = "PRETTY_NAME=";
    for (const std::string& line : split_lines(text)) {
        if (!line.starts_with(k_key)) continue;
        std::string value = line.substr(k_key.size());
        std::erase_if(value, [](char c) { return c == '"' || c == '\''; });
        return value;
    }
    return "";
}

}  // namespace

void probe_os(const Machine& machine, Fingerprint& out) {
    for (const char* path : {"/etc/os-release", "/usr/lib/os-release"}) {
        const auto text = machine.read(path);
        if (!text) continue;
        add_text(out, "os.release", FieldClass::identity, release_name(*text));
        break;
    }
    add_text(out, "os.kernel", FieldClass::context, machine.process.kernel);
    add_text(out, "os.libc", FieldClass::identity, machine.process.libc);
    if (const auto pages = machine.read("/sys/kernel/mm/transparent_hugepage/enabled"))
        add_text(out, "os.transparent_hugepages", FieldClass::context, *pages);
    if (const auto aslr = machine.read("/proc/sys/kernel/randomize_va_space"))
        add_text(out, "os.address_randomisation", FieldClass::context, *aslr);
}

}  // namespace assay
