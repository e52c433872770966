// oneDNN, where it is a shared object that can be asked.
#include "fingerprint/probes/probes.hpp"

namespace assay {
namespace {

struct Isa {
    int from_major, to_major, value;
    const char* name;
};
// dnnl_cpu_isa_t of oneDNN 2.6 and 3.x for x86; between them some values changed their meaning.
constexpr Isa k_isas[] = {
    {1, 9, 0x1, "sse41"},
    {1, 9, 0x3, "avx"},
    {1, 9, 0x7, "avx2"},
    {1, 2, 0x407, "avx2_vnni"},
    {3, 9, 0xf, "avx2_vnni"},
    {3, 9, 0x1f, "avx2_vnni_2"},
    {1, 9, 0x27, "avx512_core"},
    {1, 9, 0x67, "avx512_core_vnni"},
    {1, 9, 0xe7, "avx512_core_bf16"},
    {1, 2, 0x3e7, "avx512_core_amx"},
    {3, 9, 0x1ef, "avx512_core_fp16"},
    {3, 9, 0xfef, "avx512_core_amx"},
    {3, 9, 0x1fef, "avx512_core_amx_fp16"},
};

std::string isa_name(const OnednnFacts& facts, const std::string& architecture) {
    if (facts.isa < 0) return "";
    if (architecture != "x86_64") return "mask " + std::to_string(facts.isa);
    for (const Isa& isa : k_isas) {
        if (isa.value == facts.isa && facts.version[0] >= isa.from_major && facts.version[0] <= isa.to_major)
            return isa.name;
    }
    return "mask " + std::to_string(facts.isa);
}

}  // namespace

void probe_onednn(const Machine& machine, Fingerprint& out) {
    for (std::size_t i = 0; i < machine.process.onednn.size(); ++i) {
        const OnednnFacts& facts = machine.process.onednn[i];
        const std::string prefix = numbered_prefix("onednn", i);
        add_text(out, prefix + "library", FieldClass::identity, file_name_of(facts.path));
        add_text(out, prefix + "version", FieldClass::identity,
                 std::to_string(facts.version[0]) + "." + std::to_string(facts.version[1]) + "." +
                     std::to_string(facts.version[2]));
        add_text(out, prefix + "isa", FieldClass::behaviour, isa_name(facts, machine.process.architecture));
    }
}

}  // namespace assay
