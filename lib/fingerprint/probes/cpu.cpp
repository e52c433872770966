// The processor: /proc/cpuinfo as x86 and as ARM write it, caches and topology from /sys.
#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include "base/digest.hpp"
#include "base/text.hpp"
#include "fingerprint/probes/probes.hpp"

namespace assay {
namespace {

using Table = std::map<std::string, std::string, std::less<>>;
constexpr std::size_t k_cpu_limit = 4096;  // of a list of processors: more is no machine

std::string_view trimmed(std::string_view text) {
    const std::size_t begin = text.find_first_not_of(" \t");
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t") + 1 - begin);
}

// The first processor's lines "key : value"; on ARM some keys stand after the last one, so the first of each counts.
Table first_of_each(const std::string& cpuinfo) {
    Table table;
    for (const std::string& line : split_lines(cpuinfo)) {
        const std::size_t colon = line.find(':');
        if (colon == std::string::npos) continue;
        table.try_emplace(std::string(trimmed(std::string_view(line).substr(0, colon))),
                          trimmed(std::string_view(line).substr(colon + 1)));
    }
    return table;
}

std::string value_of(const Table& table, std::string_view key) {
    const auto it = table.find(key);
    return it == table.end() ? "" : it->second;
}

// Vector instructions: libraries choose kernels by these.
bool is_vector_flag(std::string_view flag) {
    for (const std::string_view prefix : {"avx", "amx", "sse", "ssse", "fma", "f16c", "bmi2", "asimd", "sve", "i8mm",
                                          "bf16", "fphp", "vsx", "altivec"}) {
        if (flag.starts_with(prefix)) return true;
    }
    return flag == "sme" || flag == "sme2";  // smep is something else
}

void add_flags(Fingerprint& out, const Table& info) {
    std::string text = value_of(info, "flags");
    if (text.empty()) text = value_of(info, "Features");
    if (text.empty()) return;
    std::vector<std::string> all = split(text, ' '), vector;
    std::sort(all.begin(), all.end());
    std::copy_if(all.begin(), all.end(), std::back_inserter(vector), is_vector_flag);
    add_text(out, "cpu.vector_flags", FieldClass::identity, join(vector, " "));
    // A newer kernel names more flags of the same processor.
    add_text(out, "cpu.flags_sha256", FieldClass::context, sha256_hex(join(all, " ")));
}

struct Core {
    const char *vendor, *part, *name;
};
// Main ID Register values as ARM publishes them; others are shown as numbers.
constexpr Core k_arm_cores[] = {
    {"0x41", "0xd08", "Cortex-A72"},  {"0x41", "0xd0b", "Cortex-A76"},  {"0x41", "0xd0c", "Neoverse N1"},
    {"0x41", "0xd40", "Neoverse V1"}, {"0x41", "0xd49", "Neoverse N2"}, {"0x41", "0xd4f", "Neoverse V2"},
};

void add_arm_name(Fingerprint& out, const Table& info) {
    const std::string vendor = value_of(info, "CPU implementer"), part = value_of(info, "CPU part");
    if (vendor.empty() || part.empty()) return;
    std::string name;
    for (const Core& core : k_arm_cores) {
        if (vendor == core.vendor && part == core.part) name = core.name;
    }
    add_text(out, "cpu.vendor", FieldClass::identity, vendor == "0x41" ? "ARM" : vendor);
    add_text(out, "cpu.model", FieldClass::identity, name.empty() ? "part " + part : name);
    add_text(out, "cpu.signature", FieldClass::identity,
             "implementer " + vendor + " part " + part + " variant " + value_of(info, "CPU variant") + " revision " +
                 value_of(info, "CPU revision"));
}

void add_x86_name(Fingerprint& out, const Table& info) {
    const std::string family = value_of(info, "cpu family");
    add_text(out, "cpu.vendor", FieldClass::identity, value_of(info, "vendor_id"));
    add_text(out, "cpu.model", FieldClass::identity, value_of(info, "model name"));
    add_text(out, "cpu.microcode", FieldClass::identity, value_of(info, "microcode"));
    if (!family.empty()) {
        add_text(out, "cpu.signature", FieldClass::identity,
                 "family " + family + " model " + value_of(info, "model") + " stepping " + value_of(info, "stepping"));
    }
}

// "0-3,8" -> 0 1 2 3 8; empty when it is no such list, or a longer one than any machine has.
std::vector<std::size_t> numbers_of_list(const std::string& text) {
    std::vector<std::size_t> numbers;
    for (const std::string& part : split(text, ',')) {
        std::size_t first = 0, last = 0;
        const char* const end = part.data() + part.size();
        auto [next, error] = std::from_chars(part.data(), end, first);
        if (error != std::errc()) return {};
        last = first;
        if (next != end && *next == '-') {
            const auto upper = std::from_chars(next + 1, end, last);
            next = upper.ptr;
            error = upper.ec;
        }
        if (error != std::errc() || next != end || last < first || last - first >= k_cpu_limit) return {};
        for (std::size_t i = first; i <= last && numbers.size() < k_cpu_limit; ++i) numbers.push_back(i);
    }
    return numbers;
}

// Processors, cores and sockets that are online. A core is a pair of socket and core number.
void add_topology(const Machine& machine, Fingerprint& out) {
    const std::string cpus = "/sys/devices/system/cpu/";
    const auto online = machine.read(cpus + "online");
    if (!online) return;
    std::set<std::string> sockets, cores;
    const std::vector<std::size_t> processors = numbers_of_list(*online);
    for (const std::size_t i : processors) {
        const std::string topology = cpus + "cpu" + std::to_string(i) + "/topology/";
        const auto socket = machine.read(topology + "physical_package_id"), core = machine.read(topology + "core_id");
        if (!socket || !core) continue;
        sockets.insert(*socket);
        cores.insert(*socket + ":" + *core);
    }
    const auto add = [&](const char* name, std::size_t count) {
        if (count > 0) set_field(out, {name, FieldClass::identity, static_cast<std::uint64_t>(count)});
    };
    add("cpu.processors_online", processors.size());
    add("cpu.cores", cores.size());
    add("cpu.sockets", sockets.size());
}

// BLAS and oneDNN choose block sizes, and so the order of sums, by the caches.
void add_caches(const Machine& machine, Fingerprint& out) {
    const std::string folder = "/sys/devices/system/cpu/cpu0/cache/";
    for (const std::string& entry : machine.list(folder)) {
        if (!entry.starts_with("index")) continue;
        const auto level = machine.read(folder + entry + "/level"), type = machine.read(folder + entry + "/type"),
                   size = machine.read(folder + entry + "/size");
        if (!level || !type || !size) continue;
        const std::string kind = *type == "Data" ? "d" : *type == "Instruction" ? "i" : "";
        add_text(out, "cpu.cache_l" + *level + kind, FieldClass::identity, *size);
    }
}

}  // namespace

void probe_cpu(const Machine& machine, Fingerprint& out) {
    add_text(out, "cpu.architecture", FieldClass::identity, machine.process.architecture);
    if (const auto cpuinfo = machine.read("/proc/cpuinfo")) {
        const Table info = first_of_each(*cpuinfo);
        info.contains("CPU implementer") ? add_arm_name(out, info) : add_x86_name(out, info);
        add_flags(out, info);
        const std::vector<std::string> flags = split(value_of(info, "flags"), ' ');
        if (std::find(flags.begin(), flags.end(), "hypervisor") != flags.end())
            set_field(out, {"cpu.hypervisor", FieldClass::context, true});
    }
    add_topology(machine, out);
    add_caches(machine, out);
    const auto add_file = [&](const char* name, const char* path) {
        if (const auto text = machine.read(path)) add_text(out, name, FieldClass::context, *text);
    };
    add_file("cpu.governor", "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
    add_file("cpu.smt_active", "/sys/devices/system/cpu/smt/active");
    add_file("cpu.numa_nodes", "/sys/devices/system/node/online");
}

}  // namespace assay
