// assay diff: what is not the same in two environments, weight files, prediction files, runs or audits. Reads only.
#include <unistd.h>

#include "base/error.hpp"
#include "cli/audit.hpp"
#include "cli/commands.hpp"
#include "cli/diff_parts.hpp"
#include "cli/diff_runs.hpp"
#include "cli/render.hpp"
#include "cli/sides.hpp"

namespace assay {
namespace {

// The one array of a .npy file, when it holds probabilities of inputs and classes.
std::optional<Predictions> predictions_in(const WeightFile& file) {
    if (file.container != "npy" || file.tensors.size() != 1) return std::nullopt;
    const TensorView& tensor = file.tensors[0];
    if (tensor.dtype != "F32" && tensor.dtype != "F64") return std::nullopt;
    NumericArray array{tensor.dtype == "F32" ? NumericType::float32 : NumericType::float64,
                       {tensor.shape.begin(), tensor.shape.end()},
                       std::string(tensor.bytes)};
    return predictions_from_array(array).predictions;
}

ComparisonSection bytes_section(const WeightFile& a, const WeightFile& b) {
    ComparisonSection section;
    section.name = "bytes";
    section.same = a.sha256 == b.sha256;
    section.headline = section.same ? "same, " + std::to_string(a.size_bytes) + " bytes" : "the files differ";
    for (const auto& [name, file] : {std::pair("a", &a), std::pair("b", &b)}) {
        if (file->container == "bytes") section.rows.push_back({name, "", "", "not opened: " + file->note});
    }
    return section;
}

Comparison compare_files(const WeightFile& a, const WeightFile& b) {
    const auto x = predictions_in(a), y = predictions_in(b);
    if (x && y) return {"predictions", "", "", {predictions_section(*x, *y)}};
    if (a.container == "bytes" || b.container == "bytes") return {"files", "", "", {bytes_section(a, b)}};
    return {"weights", "", "", {weights_section(compare_weights(a, b), false)}};
}

// A table of digests beside a file, or beside another table.
std::optional<WeightsFingerprint> table_of(const Side& side) {
    if (const auto* table = std::get_if<WeightsFingerprint>(&side.value)) return *table;
    if (const auto* file = std::get_if<WeightFile>(&side.value)) return weights_fingerprint(*file);
    return std::nullopt;
}

Comparison compare_tables_of(const WeightsFingerprint& a, const WeightsFingerprint& b) {
    WeightsComparison comparison = compare_tables(a.tensors, b.tensors);
    comparison.same = a.id == b.id;  // of a file that was not opened the table is empty
    return {"weights", "", "", {weights_section(comparison, true)}};
}

Comparison compare(const Side& a, const Side& b, const Options& options) {
    const auto both = [&]<class T>(const T*) {
        return std::holds_alternative<T>(a.value) && std::holds_alternative<T>(b.value);
    };
    if (both(static_cast<Fingerprint*>(nullptr)))
        return {"environments", "", "",
                environment_sections(std::get<Fingerprint>(a.value), std::get<Fingerprint>(b.value))};
    if (both(static_cast<WeightFile*>(nullptr)))
        return compare_files(std::get<WeightFile>(a.value), std::get<WeightFile>(b.value));
    if (both(static_cast<RunSide*>(nullptr)))
        return {
            "runs", "", "",
            run_sections(open_store(options), std::get<RunSide>(a.value).record, std::get<RunSide>(b.value).record)};
    if (both(static_cast<AuditSide*>(nullptr)))
        return {"audits", "", "",
                audit_sections(open_store(options), std::get<AuditSide>(a.value), std::get<AuditSide>(b.value))};
    const auto x = table_of(a), y = table_of(b);
    if (x && y) return compare_tables_of(*x, *y);
    throw Error("U0132", Exit::usage,
                a.name + " is " + kind_of(a) + ", " + b.name + " is " + kind_of(b) + ": they cannot be compared",
                "name two environments, two files, two runs or two audits");
}

}  // namespace

int diff_command(const Options& options) {
    check_output(options);
    if (options.arguments.size() != 2)
        throw Error("U0133", Exit::usage, "assay diff needs two things to compare",
                    "assay diff A B; assay diff --help");
    const Side a = read_side(options.arguments[0], options), b = read_side(options.arguments[1], options);
    Comparison comparison = compare(a, b, options);
    comparison.a = a.name;
    comparison.b = b.name;
    emit(
        options,
        [&] {
            const Terminal terminal = terminal_of(STDOUT_FILENO, options);
            return options.output.empty() ? shown_text(comparison_text(comparison), terminal)
                                          : comparison_text(comparison);
        },
        [&] { return comparison_json(comparison); });
    return static_cast<int>(comparison.same() ? Exit::yes : Exit::no);
}

}  // namespace assay
