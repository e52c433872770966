// assay-torch: the built-in libtorch models, one trainer among others.
//
//   assay-torch                    one run, described by ASSAY_CONFIG
//   assay-torch --serve            warm mode
//   assay-torch --script NET.pt [--data DATA.safetensors]    a TorchScript file, trained anew: it runs code of that
//   file
#include <malloc.h>
#include <unistd.h>

#include <cstdio>
#include <string>

#include "base/error.hpp"
#include "torch/script.hpp"
#include "torch/serve.hpp"
#include "torch/trainer.hpp"

namespace {

// What stands behind are parameters that run.json holds, too (${args}): they are not read here.
int script(int argc, char** argv) {
    const bool data = argc >= 5 && std::string(argv[3]) == "--data";
    return assay::train_script(argv[2], data ? argv[4] : "");
}

int dispatch(int argc, char** argv) {
    const std::string mode = argc > 1 ? argv[1] : "";
    if (mode == "--serve") return assay::serve();
    if (mode == "--script" && argc >= 3) return script(argc, argv);
    if (argc == 1) return assay::run_from_environment({});
    std::fprintf(stderr, "usage: assay-torch [--serve | --script NET.pt [--data DATA.safetensors]]\n");
    return 2;
}

}  // namespace

int main(int argc, char** argv) {
    // Memory goes back to the system seldom: training frees and refaults the same megabytes in each step otherwise.
    ::mallopt(M_MMAP_THRESHOLD, 1 << 30);
    ::mallopt(M_TRIM_THRESHOLD, 2'000'000'000);
    ::mallopt(M_TOP_PAD, 64 << 20);
    try {
        const int code = dispatch(argc, argv);
        std::fflush(nullptr);
        ::_exit(code);  // libtorch's destructors take 40 ms to take apart what the system frees at once
    } catch (const assay::Error& error) {
        std::fputs(assay::format_error(error).c_str(), stderr);
        return static_cast<int>(error.exit());
    }
}
