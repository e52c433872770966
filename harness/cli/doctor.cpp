// assay doctor: what on this machine or in a script can break repeatability. It reads, and stands in nobody's way: the
// exit code is 0 whatever it finds.
#include <unistd.h>

#include <cstdlib>

#include "base/file.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "cli/commands.hpp"
#include "cli/render.hpp"
#include "fingerprint/environment.hpp"
#include "script/patterns.hpp"
#include "trainer/effectors.hpp"

namespace assay {
namespace {

constexpr std::size_t k_script_limit_bytes = std::size_t{4} << 20;

struct Note {
    std::string what, advice;
};

std::string value_of(const Fingerprint& machine, const char* name) {
    const FingerprintField* const field = find_field(machine, name);
    return field == nullptr ? "" : scalar_text(field->value);
}

// The parts that are known, with commas.
std::string known(const std::vector<std::string>& parts) {
    std::vector<std::string> some;
    for (const std::string& part : parts) {
        if (!part.empty()) some.push_back(part);
    }
    return join(some, ", ");
}

std::string prefixed(const std::string& prefix, const std::string& value) {
    return value.empty() ? "" : prefix + value;
}
std::string with_unit(const std::string& value, const std::string& unit) { return value.empty() ? "" : value + unit; }

// The widest instruction set of three that a person knows by name.
std::string widest_instructions(const Fingerprint& machine) {
    const std::string flags = " " + value_of(machine, "cpu.vector_flags") + " ";
    for (const char* name : {"avx512f", "avx2", "avx"}) {
        if (flags.find(std::string(" ") + name + " ") != std::string::npos) return name;
    }
    return "";
}

std::vector<std::pair<std::string, std::string>> machine_lines(const Fingerprint& machine) {
    const int gpus = read_machine().cuda_devices;
    return {
        {"machine",
         known({value_of(machine, "cpu.model"), with_unit(value_of(machine, "threads.processors_allowed"), " cores"),
                widest_instructions(machine), value_of(machine, "os.release"), value_of(machine, "os.libc"),
                gpus == 0 ? "no NVIDIA GPU" : plural(static_cast<std::size_t>(gpus), "NVIDIA GPU")})},
        {"BLAS", known({value_of(machine, "blas.library"), value_of(machine, "blas.version"),
                        prefixed("kernels of ", value_of(machine, "blas.core")),
                        with_unit(value_of(machine, "blas.threads"), " threads")})},
        {"oneDNN", known({value_of(machine, "onednn.library"), value_of(machine, "onednn.version"),
                          value_of(machine, "onednn.isa")})},
        {"OpenMP",
         known({value_of(machine, "openmp.library"), with_unit(value_of(machine, "openmp.max_threads"), " threads")})}};
}

bool is_unset(const char* name) {
    const char* const value = std::getenv(name);
    return value == nullptr || *value == '\0';
}

// What each process that is started from here inherits; a run of assay gets its own variables.
std::vector<Note> notes(const Fingerprint& machine) {
    std::vector<Note> notes;
    if (is_unset("PYTHONHASHSEED")) {
        notes.push_back({"PYTHONHASHSEED is not set: the order of a set of strings differs in each Python process",
                         "assay sets it for each run; elsewhere: export PYTHONHASHSEED=0"});
    }
    const int cores = read_machine().cores;
    if (cores > 1 && is_unset("OMP_NUM_THREADS")) {
        notes.push_back({"OMP_NUM_THREADS is not set: " + plural(static_cast<std::size_t>(cores), "thread") +
                             " here, another number elsewhere, and sums in another order",
                         "pin: {hardware: {threads: 1}}, or vary it: hardware: {threads: [1, 2]}"});
    }
    const std::string core = value_of(machine, "blas.core");
    if (!core.empty() && is_unset("OPENBLAS_CORETYPE")) {
        notes.push_back({"OpenBLAS chose its " + core + " kernels by this processor; another one gets others",
                         "see whether it matters: hardware: {blas: [Haswell, SkylakeX]}, or isa: [baseline, avx2]"});
    }
    if (value_of(machine, "float.flush_to_zero") == "true")
        notes.push_back({"tiny numbers are flushed to zero here", "vary hardware.flush_denormals and see"});
    return notes;
}

std::string indented(const std::string& text, std::size_t width) { return wrap(text, width, "   ") + "\n"; }

std::string finding_text(const std::string& script, const ScriptFinding& finding, std::size_t width) {
    const Pattern& pattern = *finding.pattern;
    return " . " + elide(script + ":" + std::to_string(finding.line) + "  " + printable_line(finding.what), width - 3) +
           "\n" + indented(std::string(pattern.code) + ", " + pattern.title + ": " + pattern.why, width) +
           indented(pattern.advice, width) + indented(std::string("happened in ") + pattern.thread, width);
}

struct Examination {
    Fingerprint machine;
    std::vector<Note> notes;
    std::string script;  // empty: none was named
    std::vector<ScriptFinding> findings;
};

std::string doctor_text(const Examination& e, std::size_t width) {
    std::string text;
    for (const auto& [name, value] : machine_lines(e.machine)) {
        if (!value.empty()) text += pad_right(name, 9) + wrap(value, width, "         ").substr(9) + "\n";
    }
    text += "\n";
    for (const Note& note : e.notes)
        text += " ! " + indented(note.what, width).substr(3) + indented(note.advice, width);
    for (const ScriptFinding& finding : e.findings) text += finding_text(e.script, finding, width);
    if (!e.notes.empty() || !e.findings.empty()) text += "\n";
    text += plural(e.notes.size(), "note") + " on this machine";
    if (!e.script.empty()) text += ", " + plural(e.findings.size(), "place") + " in " + e.script + " to look at";
    text += ". Nothing was run.\n";
    return text +
           wrap(e.script.empty()
                    ? "assay doctor SCRIPT looks at a script too; assay fingerprint shows all of the machine."
                    : "A place is no proof: assay run shows whether it changes answers.",
                width) +
           "\n";
}

Json doctor_document(const Examination& e) {
    Json::Array notes, findings;
    for (const Note& note : e.notes) notes.push_back(Json::Object{{"what", note.what}, {"advice", note.advice}});
    for (const ScriptFinding& finding : e.findings) {
        findings.push_back(Json::Object{{"code", finding.pattern->code},
                                        {"line", finding.line},
                                        {"what", printable_line(finding.what)},
                                        {"title", finding.pattern->title},
                                        {"why", finding.pattern->why},
                                        {"advice", finding.pattern->advice},
                                        {"thread", finding.pattern->thread}});
    }
    return Json::Object{{"schema", "assay/doctor/1"},
                        {"machine", fingerprint_json(e.machine)},
                        {"notes", std::move(notes)},
                        {"script", e.script.empty() ? Json() : Json(e.script)},
                        {"findings", std::move(findings)}};
}

}  // namespace

int doctor_command(const Options& options) {
    check_output(options);
    Examination e;
    if (!options.arguments.empty()) {
        e.script = options.arguments[0];
        e.findings = look_at(read_file(e.script, k_script_limit_bytes));
    }
    e.machine = this_environment(true);
    e.notes = notes(e.machine);
    const Terminal terminal = terminal_of(STDOUT_FILENO, options);
    emit(
        options, [&] { return shown_text(doctor_text(e, static_cast<std::size_t>(terminal.width)), terminal); },
        [&] { return doctor_document(e); });
    return 0;
}

}  // namespace assay
