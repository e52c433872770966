// assay demo: the main job on small nets and real digits, without a file or a setting.
#include <iostream>

#include "cli/commands.hpp"
#include "cli/demo_spec.hpp"
#include "cli/execute_audit.hpp"

namespace assay {

int demo_command(const Options& options) {
    Options demo = options;
    demo.brief = true;
    if (demo.store.empty()) demo.store = "assay-demo";
    if (!demo.quiet) {
        std::cerr << "assay " ASSAY_VERSION
                     ": small nets read real digits. Two nets, two learning rates; seeds of the\n"
                     "initial weights and of the shuffling; two sets of CPU instructions; and nothing at all.\n"
                     "Which of these changes their answers? Nothing is downloaded.\n";
    }
    const int code = execute_audit({std::string(k_demo_spec), "demo.yaml"}, demo);
    if (code == 0 && !demo.quiet && !demo.json) {
        std::cerr << "\nNow your own: assay run -- python train.py --seed '${seed}' --out '${out}'\n"
                     "(train.py writes predictions.npy, probabilities [N, C], into --out).\n"
                     "Shares, hardware and inputs of these runs: assay report --store "
                  << demo.store.string() << "\n";
    }
    return code;
}

}  // namespace assay
