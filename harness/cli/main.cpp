// assay COMMAND [options]: the table of commands, and the one place where errors become exit codes.
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <iostream>
#include <new>

#include "base/error.hpp"
#include "base/json.hpp"
#include "cli/commands.hpp"
#include "cli/options.hpp"

namespace assay {
namespace {

void print_error(const Error& error, bool json) {
    if (json) {
        const Json document = Json::Object{{"schema", "assay/error/1"},
                                           {"code", error.code()},
                                           {"exit", static_cast<int>(error.exit())},
                                           {"message", error.what()},
                                           {"help", error.help()}};
        std::cout << pretty_json(document) << std::flush;
    }
    std::cerr << format_error(error) << std::flush;
}

void work_in(const std::filesystem::path& folder) {
    if (folder.empty()) return;
    std::error_code error;
    std::filesystem::current_path(folder, error);
    if (error) throw Error("F0001", Exit::unreadable, "cannot work in " + folder.string() + ": " + error.message());
}

int dispatch(const Options& options) {
    if (options.version) {
        std::cout << "assay " ASSAY_VERSION "\n";
        return 0;
    }
    if (options.command.empty()) {
        (options.help ? std::cout : std::cerr) << overview_text(commands());
        return options.help ? 0 : static_cast<int>(Exit::usage);
    }
    for (const Command& command : commands()) {
        if (options.command != command.name) continue;
        if (options.help) {
            std::cout << help_text(command);
            return 0;
        }
        work_in(options.directory);
        return command.main(options);
    }
    return static_cast<int>(Exit::bug);
}

bool asks_json(int argc, char** argv) {
    for (int i = 1; i < argc && std::string_view(argv[i]) != "--"; ++i) {
        if (std::string_view(argv[i]) == "--json") return true;
    }
    return false;
}

int run_program(int argc, char** argv) {
    try {
        const Options options = parse_options(argc, argv, commands());
        const int code = dispatch(options);
        std::cout.flush();
        if (!std::cout) throw Error("F0002", Exit::unreadable, "standard output cannot be written");
        return code;
    } catch (const Error& error) {
        print_error(error, asks_json(argc, argv));
        return static_cast<int>(error.exit());
    } catch (const std::filesystem::filesystem_error& error) {
        print_error(Error("F0001", Exit::unreadable, error.what()), asks_json(argc, argv));
        return static_cast<int>(Exit::unreadable);
    } catch (const std::bad_alloc&) {
        std::fputs(
            "error[F0003]: memory ran out; nothing stored was lost\n  = end other programs, and run the same "
            "command again\n",
            stderr);
        return static_cast<int>(Exit::unreadable);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "assay: this is a bug in assay, please report it: %s\n", error.what());
        return static_cast<int>(Exit::bug);
    }
}

}  // namespace
}  // namespace assay

int main(int argc, char** argv) {
    std::signal(SIGXFSZ, SIG_IGN);  // a file over the limit is an error with a path, exit 74; trainers get the default
    return assay::run_program(argc, argv);
}
