// The whole verification of a file of runs: refused, or a run whose every byte is accounted for. Sums and checksums are
// made right again first, so that mutations come past them.
#include <algorithm>

#include "archive/archive_check.hpp"
#include "archive/audit_archive.hpp"
#include "base/digest.hpp"
#include "fuzz/fuzz.hpp"

namespace {

// Whether the strict readers take all of it.
bool is_whole(std::string_view bytes) {
    const auto read = assay::fuzz::read_or_refuse("", [&] {
        const assay::Window window = assay::memory_window(bytes);
        if (assay::archive_kind(window, "fuzz") == assay::ArchiveKind::audit) {
            const assay::AuditArchive audit = assay::read_audit_archive(window, "fuzz");
            for (std::size_t i = 0; i < audit.runs.size(); ++i)
                assay::check_objects(assay::read_run_of(audit, i, "fuzz"), "fuzz");
            return true;
        }
        const assay::RunArchive archive = assay::read_run_archive(window, "fuzz");
        assay::check_objects(archive, "fuzz");
        ASSAY_CHECK(assay::sha256_hex(archive.manifest_text) == archive.manifest.run_id);
        return true;
    });
    return read.has_value();
}

// The check that goes on after a finding has one wherever the strict readers refuse.
void verify(std::string_view bytes) {
    const auto check = assay::fuzz::read_or_refuse(
        "A0110", [&] { return assay::check_archive(assay::memory_window(bytes), "fuzz", {.deep = true}); });
    if (!is_whole(bytes)) ASSAY_CHECK(!check || !check->problems.empty());
}

// The members of a tar whose headers need not be right, packed again with right ones.
std::string repaired(std::string_view bytes) {
    constexpr std::size_t k_block = 512;
    std::string out;
    assay::TarWriter tar([&](std::string_view piece) { out += piece; });
    std::vector<std::pair<std::string, std::string>> sums;
    std::vector<std::string> names;
    for (std::size_t at = 0; at + k_block <= bytes.size();) {
        std::string name(bytes.substr(at, std::min<std::size_t>(100, bytes.find('\0', at) - at)));
        std::size_t size = 0;
        for (std::size_t i = at + 124; i < at + 135; ++i) size = size * 8 + (static_cast<unsigned char>(bytes[i]) & 7);
        at += k_block;
        size = std::min(size, bytes.size() - at);
        if (!assay::is_tar_name(name) || std::find(names.begin(), names.end(), name) != names.end()) break;
        names.push_back(name);
        std::string member(bytes.substr(at, size));
        at += (size + k_block - 1) / k_block * k_block;
        if (name == "SHA256SUMS") member = assay::sums_text(sums);
        sums.emplace_back(name, assay::sha256_hex(member));
        tar.add(name, std::string_view(member));
    }
    tar.finish();
    return out;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes = assay::fuzz::text_of(data, size);
    verify(bytes);
    verify(repaired(bytes));
    return 0;
}
