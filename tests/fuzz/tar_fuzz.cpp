// The strict tar: what it accepts is what its writer makes of the same members.
#include "archive/tar.hpp"
#include "fuzz/fuzz.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes = assay::fuzz::text_of(data, size);
    const auto members =
        assay::fuzz::read_or_refuse("A0110", [&] { return assay::read_tar(assay::memory_window(bytes), "fuzz"); });
    if (!members) return 0;
    std::string again;
    assay::TarWriter tar([&](std::string_view piece) { again += piece; });
    for (const assay::TarMember& member : *members)
        tar.add(member.name, bytes.substr(member.offset, member.size_bytes));
    tar.finish();
    ASSAY_CHECK(again == bytes);
    return 0;
}
