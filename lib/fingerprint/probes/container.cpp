// The limits that a control group sets, version 2 or 1: the smallest on the way from the process's group to the root.
// Inside a container the path may begin above what can be seen; what cannot be read sets no limit.
#include <charconv>
#include <optional>

#include "base/text.hpp"
#include "fingerprint/probes/probes.hpp"

namespace assay {
namespace {

struct Group {
    std::string folder;  // of the hierarchy: "/sys/fs/cgroup", "/sys/fs/cgroup/cpu"
    std::string path;    // in it: "/system.slice/a.service"
};

struct Limits {
    bool seen = false;  // a file with a limit, or with the word that there is none, was read
    std::optional<double> value;
    void lower_to(double other) { value = value ? std::min(*value, other) : other; }
};

std::optional<double> number_in(const std::string& text) {
    double value = 0;
    const char* const end = text.data() + text.size();
    const auto [next, error] = std::from_chars(text.data(), end, value);
    return error == std::errc() && next == end ? std::optional(value) : std::nullopt;
}

// Lines "4:cpu,cpuacct:/path" (version 1) and "0::/path" (version 2) of /proc/self/cgroup.
std::optional<Group> group_of(const Machine& machine, std::string_view controller) {
    const auto text = machine.read("/proc/self/cgroup");
    if (!text) return std::nullopt;
    for (const std::string& line : split_lines(*text)) {
        const std::size_t first = line.find(':'), second = line.find(':', first + 1);
        if (first == std::string::npos || second == std::string::npos) continue;
        const std::string names = line.substr(first + 1, second - first - 1), path = line.substr(second + 1);
        if (controller.empty() && names.empty()) return Group{"/sys/fs/cgroup", path};
        for (const std::string& name : split(names, ',')) {
            if (!name.empty() && name == controller) return Group{"/sys/fs/cgroup/" + name, path};
        }
    }
    return std::nullopt;
}

// Calls `look` with the folder of the group, then of each above it, the root last.
template <class Look>
void upwards(const std::optional<Group>& group, Look look) {
    if (!group) return;
    std::string path = group->path;
    while (!path.empty() && path.back() == '/') path.pop_back();
    for (;;) {
        look(group->folder + path + "/");
        if (path.empty()) return;
        path.erase(path.rfind('/') == std::string::npos ? 0 : path.rfind('/'));
    }
}

Limits cpu_limit(const Machine& machine) {
    Limits limits;
    upwards(group_of(machine, ""), [&](const std::string& folder) {
        const auto text = machine.read(folder + "cpu.max");
        if (!text) return;
        limits.seen = true;
        const auto words = split(*text, ' ');
        if (words.size() != 2) return;
        const auto quota = number_in(words[0]), period = number_in(words[1]);
        if (quota && period && *period > 0) limits.lower_to(*quota / *period);
    });
    upwards(group_of(machine, "cpu"), [&](const std::string& folder) {
        const auto quota = machine.read(folder + "cpu.cfs_quota_us"),
                   period = machine.read(folder + "cpu.cfs_period_us");
        if (!quota || !period) return;
        limits.seen = true;
        const auto q = number_in(*quota), p = number_in(*period);
        if (q && p && *q > 0 && *p > 0) limits.lower_to(*q / *p);
    });
    return limits;
}

Limits memory_limit(const Machine& machine) {
    constexpr double k_no_limit = 1e18;  // version 1 writes the largest multiple of a page for "none"
    Limits limits;
    const auto take = [&](const std::string& path) {
        const auto text = machine.read(path);
        if (!text) return;
        limits.seen = true;
        const auto bytes = number_in(*text);  // "max" is no number
        if (bytes && *bytes < k_no_limit) limits.lower_to(*bytes);
    };
    upwards(group_of(machine, ""), [&](const std::string& folder) { take(folder + "memory.max"); });
    upwards(group_of(machine, "memory"), [&](const std::string& folder) { take(folder + "memory.limit_in_bytes"); });
    return limits;
}

std::string kind_of(const Machine& machine) {
    if (machine.read("/.dockerenv")) return "docker";
    if (machine.read("/run/.containerenv")) return "podman";
    const std::string groups = machine.read("/proc/1/cgroup").value_or("");
    for (const char* word : {"kubepods", "docker", "lxc", "containerd"}) {
        if (groups.find(word) != std::string::npos) return word;
    }
    return "";
}

}  // namespace

void probe_container(const Machine& machine, Fingerprint& out) {
    add_text(out, "container.kind", FieldClass::context, kind_of(machine));
    const Limits cpu = cpu_limit(machine), memory = memory_limit(machine);
    if (cpu.seen)
        add_text(out, "container.cpu_limit", FieldClass::context, cpu.value ? number_text(*cpu.value) : "none");
    if (memory.seen) {
        add_text(out, "container.memory_limit_bytes", FieldClass::context,
                 memory.value ? number_text(*memory.value) : "none");
    }
}

}  // namespace assay
