// record_machine DIR: what the probes read on this machine, as a folder that they can read again. Not a test: it makes
// the fixtures below fixtures/machines.
#include <cstdio>
#include <filesystem>

#include "base/file.hpp"
#include "fingerprint/environment.hpp"
#include "fingerprint/observe.hpp"

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fprintf(stderr, "usage: record_machine DIR\n");
        return 2;
    }
    const std::filesystem::path root = argv[1];
    assay::open_system_libraries();
    assay::Machine machine = assay::machine_of(assay::observe_process());
    const auto read = machine.read;
    machine.read = [&](std::string_view path) {
        const auto text = read(path);
        if (!text) return text;
        const std::filesystem::path copy = root / std::filesystem::path(path).relative_path();
        assay::make_directories(copy.parent_path());
        assay::write_file_atomic(copy, *text + "\n");
        return text;
    };
    const assay::Fingerprint fingerprint = assay::environment_fingerprint(machine);
    assay::write_file_atomic(root / "process.json", assay::pretty_json(assay::process_facts_json(machine.process)));
    std::printf("%zu fields\n", fingerprint.fields.size());
    return 0;
}
