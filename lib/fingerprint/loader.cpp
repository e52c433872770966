#include "fingerprint/loader.hpp"

#include <link.h>

#include <cstdint>
#include <span>

namespace assay {
namespace {

int take_counters(dl_phdr_info* info, std::size_t, void* out) {
    *static_cast<LoaderState*>(out) = {info->dlpi_adds, info->dlpi_subs};
    return 1;
}

struct Sought {
    std::uintptr_t address;
    std::string_view name;
    bool found = false;
};

int look_in(dl_phdr_info* info, std::size_t, void* out) {
    auto& sought = *static_cast<Sought*>(out);
    if (sought.name != info->dlpi_name) return 0;
    for (const ElfW(Phdr) & header : std::span(info->dlpi_phdr, info->dlpi_phnum)) {
        const std::uintptr_t begin = info->dlpi_addr + header.p_vaddr;
        if (header.p_type == PT_LOAD && sought.address >= begin && sought.address - begin < header.p_memsz)
            sought.found = true;
    }
    return sought.found ? 1 : 0;
}

}  // namespace

LoaderState loader_state() {
    LoaderState state;
    ::dl_iterate_phdr(take_counters, &state);
    return state;
}

bool is_in_object(const void* address, std::string_view name) {
    Sought sought{reinterpret_cast<std::uintptr_t>(address), name};
    ::dl_iterate_phdr(look_in, &sought);
    return sought.found;
}

}  // namespace assay
