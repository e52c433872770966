#include "fingerprint/observe.hpp"

#include <dlfcn.h>
#include <elf.h>
#include <gnu/libc-version.h>
#include <link.h>
#include <sched.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cfenv>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <span>
#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

#include "base/digest.hpp"
#include "fingerprint/loader.hpp"
#include "fingerprint/probes/probes.hpp"

namespace assay {
namespace {

std::string build_id_in(const char* at, const char* const end) {
    while (at + sizeof(ElfW(Nhdr)) < end) {
        ElfW(Nhdr) note;
        std::memcpy(&note, at, sizeof note);
        const char* const name = at + sizeof note;
        const char* const content = name + (note.n_namesz + 3) / 4 * 4;
        if (content + note.n_descsz > end) return "";
        if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 && std::memcmp(name, "GNU", 4) == 0)
            return to_hex({reinterpret_cast<const std::uint8_t*>(content), note.n_descsz});
        at = content + (note.n_descsz + 3) / 4 * 4;
    }
    return "";
}

// Links resolved: libblas.so.3 is often a link to one of several implementations.
std::string real_path(const char* path) {
    char resolved[PATH_MAX];
    return ::realpath(path, resolved) == nullptr ? path : resolved;
}

int take_object(dl_phdr_info* info, std::size_t, void* out) {
    LoadedObject object{*info->dlpi_name == '\0' ? "" : real_path(info->dlpi_name), ""};
    for (const ElfW(Phdr) & header : std::span(info->dlpi_phdr, info->dlpi_phnum)) {
        if (header.p_type != PT_NOTE || !object.build_id.empty()) continue;
        const auto* const at = reinterpret_cast<const char*>(info->dlpi_addr + header.p_vaddr);
        object.build_id = build_id_in(at, at + header.p_memsz);
    }
    static_cast<std::vector<LoadedObject>*>(out)->push_back(std::move(object));
    return 0;
}

const char* rounding_name() {
    switch (std::fegetround()) {
        case FE_TONEAREST:
            return "nearest";
        case FE_DOWNWARD:
            return "down";
        case FE_UPWARD:
            return "up";
        case FE_TOWARDZERO:
            return "zero";
        default:
            return "other";
    }
}

std::map<std::string, std::string> numeric_variables() {
    std::map<std::string, std::string> variables;
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        const std::string_view text = *entry;
        const std::size_t equals = text.find('=');
        if (equals == std::string_view::npos || !is_numeric_variable(text.substr(0, equals))) continue;
        variables.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
    return variables;
}

void open_first(std::initializer_list<const char*> names) {
    for (const char* name : names) {
        if (::dlopen(name, RTLD_NOW | RTLD_LOCAL) != nullptr) return;
    }
}

}  // namespace

std::vector<LoadedObject> loaded_objects() {
    static std::mutex mutex;
    static LoaderState known;
    static std::vector<LoadedObject> objects;
    const std::lock_guard lock(mutex);
    const LoaderState now = loader_state();
    if (objects.empty() || now != known) {
        objects.clear();
        ::dl_iterate_phdr(take_object, &objects);
        known = now;
    }
    return objects;
}

FloatFacts float_facts() {
    FloatFacts facts;
    facts.rounding = rounding_name();
#if defined(__x86_64__)
    constexpr unsigned k_flush_to_zero = 1U << 15, k_denormals_are_zero = 1U << 6;
    const unsigned csr = _mm_getcsr();
    facts.flush_to_zero = (csr & k_flush_to_zero) != 0;
    facts.denormals_are_zero = (csr & k_denormals_are_zero) != 0;
#elif defined(__aarch64__)
    std::uint64_t control = 0;
    asm volatile("mrs %0, fpcr" : "=r"(control));
    facts.flush_to_zero = (control >> 24 & 1) != 0;  // FZ: denormal inputs and results alike
    facts.denormals_are_zero = facts.flush_to_zero;
#endif
    return facts;
}

ProcessFacts observe_process() {
    ProcessFacts facts;
    utsname names{};
    if (::uname(&names) == 0) {
        facts.architecture = names.machine;
        facts.kernel = std::string(names.sysname) + " " + names.release;
    }
    facts.libc = std::string("glibc ") + gnu_get_libc_version();
    cpu_set_t allowed;
    if (::sched_getaffinity(0, sizeof allowed, &allowed) == 0) facts.cpus_allowed = CPU_COUNT(&allowed);
    facts.objects = loaded_objects();
    facts.blas = loaded_blas(facts.objects);
    facts.onednn = loaded_onednn(facts.objects);
    facts.openmp = loaded_openmp(facts.objects);
    facts.floats = float_facts();
    facts.variables = numeric_variables();
    observe_gpus(facts);
    return facts;
}

void open_system_libraries() {
    open_first({"libblas.so.3", "libopenblas.so.0"});
    open_first({"libdnnl.so.3", "libdnnl.so.2"});
    open_first({"libgomp.so.1", "libomp.so.5"});
}

}  // namespace assay
