#include "cli/options.hpp"

#include <algorithm>
#include <boost/program_options.hpp>
#include <charconv>
#include <functional>
#include <sstream>

#include "base/error.hpp"
#include "base/text.hpp"

namespace assay {
namespace po = boost::program_options;
namespace {

Error usage_error(const char* code, const std::string& message, const std::string& help) {
    return Error(code, Exit::usage, message, help);
}

std::int64_t checked_count(const std::string& option, std::int64_t n, std::int64_t most) {
    if (n >= 1 && n <= most) return n;
    throw usage_error("U0103", option + " takes 1 to " + std::to_string(most) + ", got " + std::to_string(n), "");
}

// Read as text: the stream operator of a path takes no blanks.
po::typed_value<std::string>* path_value(std::filesystem::path& path, const char* name) {
    return po::value<std::string>()->value_name(name)->notifier([&path](const std::string& text) { path = text; });
}

po::typed_value<std::int64_t>* count_value(const std::function<void(const std::int64_t&)>& take) {
    return po::value<std::int64_t>()->value_name("N")->notifier(take);
}

// Several -o, or one.
po::value_semantic* output_value(Options& o, bool several) {
    if (!several) return path_value(o.output, "FILE");
    return po::value<std::vector<std::string>>()->composing()->value_name("FILE")->notifier(
        [&o](const std::vector<std::string>& names) { o.outputs.assign(names.begin(), names.end()); });
}

po::value_semantic* key_value(Options& o) {
    return po::value<std::vector<std::string>>()->composing()->value_name("FILE")->notifier(
        [&o](const std::vector<std::string>& names) { o.keys.assign(names.begin(), names.end()); });
}

po::options_description common_options(Options& o, bool several = false, bool apart = false) {
    po::options_description common("Options", 80, 56);
    common.add_options()("help,h", po::bool_switch(&o.help), "show this and stop")(
        "json", po::bool_switch(&o.json), "print one JSON document on standard output")(
        "output,o", output_value(o, several),
        several ? "write there; may be given several times"
        : apart ? "a signature apart from the runs, there: .dsse.json"
                : "write there: .txt or .json")("directory,C", path_value(o.directory, "DIR"), "work in DIR")(
        "store", path_value(o.store, "DIR"), "where runs are kept (or $ASSAY_STORE; else .assay)")(
        "color", po::value<std::string>(&o.color)->value_name("WHEN"), "auto, always or never")(
        "quiet,q", po::bool_switch(&o.quiet), "nothing on standard error but errors");
    return common;
}

po::options_description execution_options(Options& o, std::string& budget) {
    po::options_description execution("Running", 80, 56);
    const auto jobs = [&o](std::int64_t n) { o.jobs = static_cast<int>(checked_count("--jobs", n, 1024)); };
    const auto limit = [&o](std::int64_t n) {
        o.limit = static_cast<std::size_t>(checked_count("--limit", n, 1'000'000));
    };
    execution.add_options()("jobs,j", count_value(jobs), "runs at a time (default: one a core)")(
        "limit", count_value(limit), "start at most N runs, then stop (exit 75)")(
        "budget", po::value<std::string>(&budget)->value_name("TIME"),
        "start no run after TIME: 90s, 20m, 1h (exit 75)")("failed", po::bool_switch(&o.retry_failed),
                                                           "run again what failed or timed out")(
        "fail-fast", po::bool_switch(&o.fail_fast), "stop at the first failed run")(
        "cold", po::bool_switch(&o.cold), "start each run as a process of its own")(
        "no-progress", po::bool_switch(&o.no_progress), "no progress display")("gate", po::bool_switch(&o.gate),
                                                                               "at the end judge as assay gate does")(
        "stop-when-decided", po::bool_switch(&o.stop_when_decided), "with --gate: no more seeds than its rules need");
    return execution;
}

po::options_description naming_options(Options& o) {
    po::options_description naming("Importing", 80, 56);
    naming.add_options()("name", po::value<std::string>(&o.name)->value_name("NAME"),
                         "of the audit (default: as the table's file)")("inputs", path_value(o.inputs, "FILE"),
                                                                        "ids and slices of the held-out inputs (CSV)");
    return naming;
}

po::options_description format_options(Options& o) {
    po::options_description format("Format", 80, 56);
    const auto markdown = [&o](bool wanted) {
        if (wanted) o.format = "markdown";
    };
    format.add_options()("format", po::value<std::string>(&o.format)->value_name("FORMAT"), "text, json or markdown")(
        "markdown", po::bool_switch()->notifier(markdown), "a table to paste into an issue");
    return format;
}

po::options_description verify_options(Options& o, bool checkpoints) {
    po::options_description verifying("Verifying", 80, 56);
    const auto sample = [&o](double percent) {
        if (!(percent > 0 && percent <= 100))
            throw usage_error("U0103", "--sample takes more than 0 and at most 100 percent", "");
        o.sample = percent;
    };
    verifying.add_options()("deep", po::bool_switch(&o.deep), "compare all content, and each tensor, with its digest")(
        "sample", po::value<double>()->value_name("P")->notifier(sample), "P percent of a store, others each day")(
        "sig", po::bool_switch(&o.sig), "every run must be signed by one of the keys")(
        "key", key_value(o),
        checkpoints ? "a public key you trust; of checkpoint: your own"
                    : "a public key you trust; may be given several times");
    return verifying;
}

po::options_description export_options(Options& o) {
    po::options_description exporting("Exporting", 80, 56);
    exporting.add_options()("safetensors", path_value(o.safetensors, "FILE"), "the weights of a run, bit for bit");
    return exporting;
}

po::options_description gc_options(Options& o) {
    po::options_description gc("Collecting garbage, repacking, exporting, importing", 80, 56);
    const auto grace = [&o](const std::string& text) { o.grace_s = parse_duration(text); };
    gc.add_options()("grace", po::value<std::string>()->value_name("TIME")->notifier(grace),
                     "gc takes nothing younger (default: 24h)")("dry-run", po::bool_switch(&o.dry_run),
                                                                "only say what would be done")(
        "delta", po::bool_switch(&o.delta), "repack: runs of one recipe as differences, too");
    return gc;
}

po::options_description checkpoint_options(Options& o) {
    po::options_description checkpoint("Checkpoints", 80, 56);
    checkpoint.add_options()("retire", po::value<std::vector<std::string>>(&o.retired)->composing()->value_name("RUN"),
                             "id of a run that was removed on purpose");
    return checkpoint;
}

po::options_description helper_options(Options& o) {
    po::options_description helper("Helper", 80, 56);
    helper.add_options()("python", po::bool_switch(&o.python), "write assay.py, the one-file helper, beside SCRIPT")(
        "ci", po::value<std::string>(&o.ci)->value_name("SERVICE"),
        "write a workflow: github or gitlab; SPEC for SCRIPT");
    return helper;
}

po::options_description gate_options(Options& o) {
    po::options_description gate("Judging", 80, 56);
    gate.add_options()("baseline", path_value(o.baseline, "FILE"), "the accepted runs (else the file beside the spec)")(
        "suggest", po::bool_switch(&o.suggest), "print limits that the baseline's runs could decide")(
        "stop-when-decided", po::bool_switch(&o.stop_when_decided), "judge seed by seed, as that run did")(
        "junit", po::value<std::string>(&o.junit)->value_name("FLAVOUR"), "of .xml: default, or strict for Jenkins")(
        "format", po::value<std::string>(&o.format)->value_name("SERVICE"), "text, github (there by itself) or gitlab")(
        "sign", path_value(o.sign, "KEY"), "sign verdict, runs and baseline with a private key");
    return gate;
}

po::options_description accept_options(Options& o) {
    po::options_description accept("Accepting", 80, 56);
    accept.add_options()("baseline", path_value(o.baseline, "FILE"), "written there (else the file beside the spec)")(
        "yes", po::bool_switch(&o.yes), "do not ask");
    return accept;
}

po::options_description signing_options(Options& o) {
    po::options_description signing("Signing", 80, 56);
    signing.add_options()("key", key_value(o), "your private key (Ed25519: PEM, or 32 raw bytes)")(
        "attach", path_value(o.attach, "FILE"), "instead: keep this signature by ssh-keygen with the run");
    return signing;
}

// Long and short names of the options, for suggestions.
std::vector<std::string> option_names(const po::options_description& options) {
    std::vector<std::string> names;
    for (const auto& option : options.options()) names.push_back("--" + option->long_name());
    return names;
}

[[noreturn]] void refuse_command(const std::string& name, const std::vector<Command>& commands) {
    std::vector<std::string> names;
    for (const Command& command : commands) names.emplace_back(command.name);
    if (name.starts_with("-")) {
        throw usage_error("U0101", "options come after the command, got '" + name + "' first",
                          "assay COMMAND " + name + "\n" + wrap("commands: " + join(names, ", "), 80, "    "));
    }
    const auto near = nearest_name(name, names);
    throw usage_error(
        "U0101", "unknown command '" + name + "'",
        near ? "did you mean 'assay " + *near + "'?" : wrap("commands: " + join(names, ", "), 80, "    ").substr(4));
}

void check_values(Options& o, const Command& command, const std::string& budget) {
    if (!budget.empty()) {
        o.budget_s = parse_duration(budget);
        if (o.budget_s == 0)
            throw usage_error("U0104", "--budget takes more than no time, got '" + budget + "'",
                              "assay plan shows what would run");
    }
    if (command.judges && !o.format.empty() && o.format != "text" && o.format != "github" && o.format != "gitlab") {
        throw usage_error("U0103", "--format takes text, github or gitlab, got '" + o.format + "'", "");
    }
    if (!o.ci.empty() && o.ci != "github" && o.ci != "gitlab") {
        throw usage_error("U0103", "--ci takes github or gitlab, got '" + elide(o.ci, 40) + "'", "");
    }
    if (o.junit != "default" && o.junit != "strict") {
        throw usage_error("U0103", "--junit takes default or strict, got '" + o.junit + "'", "");
    }
    if (!command.judges && !o.format.empty() && o.format != "text" && o.format != "json" && o.format != "markdown") {
        throw usage_error("U0103", "--format takes text, json or markdown, got '" + o.format + "'", "");
    }
    if (o.color != "auto" && o.color != "always" && o.color != "never") {
        throw usage_error("U0103", "--color takes auto, always or never, got '" + o.color + "'", "");
    }
    if (o.gate && o.json) {
        throw usage_error("U0103", "--gate and --json: standard output holds one document",
                          "assay run, then assay gate --json");
    }
    if (o.stop_when_decided && !o.gate && !command.judges) {
        throw usage_error("U0103", "--stop-when-decided needs --gate: the rules say what is to be decided",
                          "assay run SPEC --gate --stop-when-decided");
    }
    if (static_cast<int>(o.arguments.size()) > command.arguments_max) {
        throw usage_error("U0105", "too many arguments: '" + o.arguments.back() + "'",
                          std::string("usage: ") + command.usage);
    }
}

// Boost (1.74 at least) fills %value% and the like into its texts until none is left: for ever, when a word holds one.
std::string problem_of(const po::error& error, const std::vector<std::string>& words) {
    const bool marked = std::any_of(words.begin(), words.end(),
                                    [](const std::string& word) { return word.find('%') != std::string::npos; });
    return marked ? "an option has no value, or one that does not fit" : error.what();
}

void parse_command(const std::vector<std::string>& words, const Command& command, Options& o) {
    std::string budget;
    po::options_description visible("");
    visible.add(common_options(o, command.judges, command.signs));
    if (command.executes) visible.add(execution_options(o, budget));
    if (command.names_audit) visible.add(naming_options(o));
    if (command.takes_format) visible.add(format_options(o));
    if (command.verifies) visible.add(verify_options(o, command.collects));
    if (command.collects) visible.add(export_options(o)).add(gc_options(o)).add(checkpoint_options(o));
    if (command.gives_helper) visible.add(helper_options(o));
    if (command.judges) visible.add(gate_options(o));
    if (command.asks) visible.add(accept_options(o));
    if (command.signs) visible.add(signing_options(o));
    po::options_description all;
    all.add(visible).add_options()("argument", po::value<std::vector<std::string>>(&o.arguments));
    po::positional_options_description positional;
    positional.add("argument", -1);
    try {
        po::variables_map map;
        namespace style = po::command_line_style;
        const int rules = style::unix_style & ~style::allow_guessing;  // an abbreviation may mean another option later
        po::store(po::command_line_parser(words).options(all).positional(positional).style(rules).run(), map);
        po::notify(map);
    } catch (const po::unknown_option& error) {
        const std::string name = error.get_option_name();
        const auto near = nearest_name(name, option_names(visible));
        throw usage_error("U0102", "unknown option '" + name + "' of assay " + o.command,
                          near ? "did you mean '" + *near + "'?" : "assay " + o.command + " --help lists its options");
    } catch (const po::error& error) {
        throw usage_error("U0103", problem_of(error, words), "assay " + o.command + " --help lists the options");
    }
    if (!o.help) check_values(o, command, budget);
}

}  // namespace

Options parse_options(int argc, const char* const* argv, const std::vector<Command>& commands) {
    Options o;
    std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
    const auto dashes = std::find(words.begin(), words.end(), "--");
    if (dashes != words.end()) {
        o.own_command.assign(dashes + 1, words.end());
        words.erase(dashes, words.end());
    }
    if (words.empty() && !o.own_command.empty()) {
        throw usage_error("U0105", "a training command stands after --, but no command of assay before it",
                          "assay run -- CMD...");
    }
    if (words.empty()) return o;
    if (words[0] == "--help" || words[0] == "-h" || words[0] == "help") {
        o.help = true;
        if (words.size() < 2) return o;
        words = {words[1], "--help"};
    }
    if (words[0] == "--version" || words[0] == "version") {
        o.version = true;
        return o;
    }
    o.command = words[0];
    const auto row =
        std::find_if(commands.begin(), commands.end(), [&](const Command& c) { return o.command == c.name; });
    if (row == commands.end()) refuse_command(o.command, commands);
    parse_command({words.begin() + 1, words.end()}, *row, o);
    if (!o.own_command.empty() && o.command != "run" && o.command != "plan" && o.command != "trainer") {
        throw usage_error("U0105", "assay " + o.command + " takes no training command after --", "assay run -- CMD...");
    }
    return o;
}

double parse_duration(const std::string& text) {
    double total = 0;
    const char* at = text.data();
    const char* const end = at + text.size();
    bool good = at != end;
    while (good && at != end) {
        double value = 0;
        const auto [next, error] = std::from_chars(at, end, value);
        good = error == std::errc() && value >= 0 && value < 1e9;
        at = next;
        const char unit = at == end ? 's' : *at++;
        good = good && (unit == 's' || unit == 'm' || unit == 'h');
        total += value * (unit == 'h' ? 3600 : unit == 'm' ? 60 : 1);
    }
    if (!good) throw usage_error("U0104", "'" + text + "' is no length of time", "write 90s, 20m or 1h30m");
    return total;
}

std::string overview_text(const std::vector<Command>& commands) {
    std::string text =
        "assay retrains a model, changes one thing at a time, and tells which one changes\nits answers.\n\n"
        "usage: assay COMMAND [options]\n\n";
    for (const Command& command : commands) {
        text += "  " + pad_right(command.name, 11) + "  " + command.summary + "\n";
    }
    text +=
        "\nassay COMMAND --help shows examples and options. Start with: assay demo\n\n"
        "exit codes: 0 yes, 1 no, 2 bad request (or a seed was varied that the trainer\n"
        "does not read; the report is still printed), 3 undecided, more runs would\n"
        "decide, 4 runs failed or missing, 5 nothing there yet, 70 a bug in assay, 74 a\n"
        "file is unreadable or damaged, 75 stopped early (run it again), 130 and 143\n"
        "interrupted (run it again)\n";
    return text;
}

std::string help_text(const Command& command) {
    Options unused;
    std::string budget;
    std::ostringstream options;
    options << common_options(unused, command.judges, command.signs);
    if (command.executes) options << "\n" << execution_options(unused, budget);
    if (command.names_audit) options << "\n" << naming_options(unused);
    if (command.takes_format) options << "\n" << format_options(unused);
    if (command.verifies) options << "\n" << verify_options(unused, command.collects);
    if (command.collects)
        options << "\n" << export_options(unused) << "\n" << gc_options(unused) << "\n" << checkpoint_options(unused);
    if (command.gives_helper) options << "\n" << helper_options(unused);
    if (command.judges) options << "\n" << gate_options(unused);
    if (command.asks) options << "\n" << accept_options(unused);
    if (command.signs) options << "\n" << signing_options(unused);
    return std::string(command.summary) + "\n\nusage: " + command.usage + "\n\nexamples:\n" + command.examples + "\n" +
           options.str();
}

}  // namespace assay
