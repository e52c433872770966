#include "cli/inputs.hpp"

#include "base/digest.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "core/npy.hpp"
#include "core/predictions.hpp"
#include "import/csv.hpp"
#include "import/input_table.hpp"

namespace assay {
namespace {

constexpr JsonLimits k_limits{.bytes = std::size_t{1} << 30, .values = 100'000'000};

[[noreturn]] void refuse(std::size_t lines, const std::string& wanted) {
    throw Error(
        "I0114", Exit::usage, "the table of inputs has " + plural(lines, "input") + ", " + wanted,
        "write one line for each held-out input, in the order of the predictions, below the line of names; runs "
        "that are\n    stored stay what they are, and are not run again");
}

}  // namespace

InputTable read_input_file(const std::filesystem::path& csv) {
    return read_input_table(read_file(csv, k_csv_bytes), csv);
}

std::string input_table_bytes(const InputTable& table) { return canonical_json(to_json(table)); }

MemberRef reference_to(const std::string& bytes) { return {sha256_hex(bytes), bytes.size()}; }

std::optional<InputTable> stored_inputs(const Store& store, const Plan& plan) {
    if (!plan.inputs) return std::nullopt;
    return input_table_from_json(parse_json(store.get_object(*plan.inputs), "the table of inputs", k_limits));
}

void check_input_count(std::size_t lines, const Plan& plan) {
    const std::string trainer = plan.spec.at("trainer").at("kind").as_string();
    for (const PlannedRun& run : plan.runs) {
        const Json* const most = run.request.params.find("eval");   // of a file that may hold fewer
        const Json* const all = run.request.params.find("inputs");  // made to measure
        if (trainer == "torch" && most != nullptr && lines > static_cast<std::size_t>(most->as_integer()))
            refuse(lines, "the runs at most " + number_text(most->as_number()) + " (eval)");
        if (trainer == "synthetic" && all != nullptr && lines != static_cast<std::size_t>(all->as_integer()))
            refuse(lines, "the runs have " + number_text(all->as_number()));
    }
}

void check_input_count(std::size_t lines, const std::vector<RunData>& runs) {
    for (const RunData& run : runs) {
        if (run.predictions && run.predictions->n_inputs != lines)
            refuse(lines, "each run has predictions of " + std::to_string(run.predictions->n_inputs));
    }
}

bool check_input_count(std::size_t lines, const Store& store, const RunRecord& run) {
    const auto answers = run.members.find("predictions.npy");
    if (run.state != RunState::completed || answers == run.members.end()) return false;
    const NumericArray array = parse_npy(store.get_object(answers->second));
    check_input_count(lines, {{run, predictions_from_array(array).predictions}});
    return true;
}

}  // namespace assay
