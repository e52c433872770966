// Simulated audits, thousands of a kind, through the statistics that are shipped: are 5% five percent, do 95% intervals
// hold the truth in 95% of audits?
//
//   calibrate [bar...] [--audits N] [--threads N] [--quick] [--only TEXT] [--write README.md] [--pools FOLDER]
//
// Without bars: all of them. --pools: the bars of real runs, from the pools that tests/calibration/pools left there.
// --quick: a selection of cells. --only: cells whose names hold TEXT. Exit code 0: within all bars, 1: not, 64: usage.
// With fewer than 2,000 audits a bound is widened by what chance does with a probability of 1e-4.
#include <algorithm>
#include <charconv>
#include <cstdio>
#include <optional>

#include "base/error.hpp"
#include "base/file.hpp"
#include "calibration/pool.hpp"
#include "calibration/table.hpp"

namespace assay::calibration {
namespace {

constexpr std::size_t k_full = 2'000, k_again = 10;

struct Options {
    std::vector<std::string> bars;
    std::size_t audits = k_full;
    unsigned threads = 1;
    bool quick = false;
    std::string only, readme, pools;
};

template <class Number>
bool read_number(std::string_view text, Number& number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() && number > 0;
}

std::optional<Options> read_options(const std::vector<std::string>& words) {
    Options options;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string& word = words[i];
        const std::string value = i + 1 < words.size() ? words[i + 1] : "";
        if (word == "--quick") {
            options.quick = true;
        } else if (word == "--audits") {
            if (!read_number(value, options.audits) || options.audits < 2) return std::nullopt;
            ++i;
        } else if (word == "--threads") {
            if (!read_number(value, options.threads)) return std::nullopt;
            ++i;
        } else if (word == "--only") {
            options.only = value;
            ++i;
        } else if (word == "--write") {
            if (value.empty()) return std::nullopt;
            options.readme = value;
            ++i;
        } else if (word == "--pools") {
            if (value.empty()) return std::nullopt;
            options.pools = value;
            ++i;
        } else {
            options.bars.push_back(word);
        }
    }
    const std::vector<std::string> known = options.pools.empty() ? simulated_bar_ids() : pool_bar_ids();
    for (const std::string& bar : options.bars) {
        if (std::find(known.begin(), known.end(), bar) == known.end()) return std::nullopt;
    }
    const bool some = options.quick || !options.only.empty();
    if (some && !options.readme.empty()) return std::nullopt;  // the table has every cell of a bar or none
    return options;
}

bool within(const std::vector<Verdict>& verdicts) {
    return std::all_of(verdicts.begin(), verdicts.end(), [](const Verdict& verdict) { return verdict.ok; });
}

// Runs a cell; one that is over its bar once more, with ten times the audits. All that was measured is added to
// `shown`. Returns whether the last run was within its bar.
bool run_and_show(const std::string& bar, const Cell& cell, const Options& options, std::vector<Verdict>& shown) {
    const bool widened = options.audits < k_full;
    std::vector<Verdict> verdicts = run_cell(bar, cell, options.audits, options.threads, widened);
    bool ok = within(verdicts);
    if (!ok && !widened) {
        const std::vector<Verdict> again = run_cell(bar, cell, k_again * options.audits, options.threads, false);
        verdicts.insert(verdicts.end(), again.begin(), again.end());
        ok = within(again);
    }
    for (const Verdict& verdict : verdicts) std::printf("%s %s\n", bar.c_str(), verdict_line(verdict).c_str());
    std::fflush(stdout);
    shown.insert(shown.end(), verdicts.begin(), verdicts.end());
    return ok;
}

// Returns the number of cells over their bar.
std::size_t run_bar(const Bar& bar, const Options& options) {
    std::vector<Verdict> shown;
    std::size_t cells = 0, over = 0;
    for (const Cell& cell : bar.cells) {
        if (options.quick && !cell.quick) continue;
        if (cell.name.find(options.only) == std::string::npos) continue;
        ++cells;
        if (!run_and_show(bar.id, cell, options, shown)) ++over;
    }
    if (!options.readme.empty()) {
        const Summary summary{options.audits, cells, over, options.pools.empty() ? "" : " --pools FOLDER"};
        const std::string section = bar_section(bar, shown, summary);
        write_file_atomic(options.readme, with_section(read_file(options.readme), bar.id, section));
    }
    return over;
}

int calibrate(const std::vector<std::string>& words) {
    const std::optional<Options> options = read_options(words);
    if (!options) {
        std::fputs(
            "usage: calibrate [bar...] [--audits N] [--threads N] [--quick] [--only TEXT] [--write README.md] [--pools "
            "FOLDER]\n",
            stderr);
        return 64;
    }
    std::size_t over = 0;
    for (const Bar& bar : options->pools.empty() ? all_bars() : pool_bars(read_pools(options->pools))) {
        const auto& wanted = options->bars;
        if (wanted.empty() || std::find(wanted.begin(), wanted.end(), bar.id) != wanted.end())
            over += run_bar(bar, *options);
    }
    std::printf("%zu over\n", over);
    return over == 0 ? 0 : 1;
}

}  // namespace
}  // namespace assay::calibration

int main(int argc, char** argv) {
    try {
        return assay::calibration::calibrate({argv + 1, argv + argc});
    } catch (const assay::Error& error) {
        std::fputs(assay::format_error(error).c_str(), stderr);
        return static_cast<int>(error.exit());
    }
}
