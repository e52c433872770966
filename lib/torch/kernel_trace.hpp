// Which operations libtorch calls, in the order of its dispatcher, as two digests.
//
// structure       the calls that the program itself makes: name, then dtype and shape of each tensor and the whole
//                 numbers among its arguments. Equal in two runs that compute the same in the same order, anywhere.
// implementation  all calls, those that operations make of others too, each with its depth and the devices of its
//                 tensors, and what the libraries chose: the leaf names the backend (mkldnn_convolution,
//                 _slow_conv2d_forward), the libraries name their kernels. Equal when, as far as can be told, the same
//                 code ran.
//
// Values of tensors and of floating-point arguments are in neither. Digests are comparable between machines with the
// same libtorch; other versions may split an operation otherwise.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/fingerprint.hpp"

namespace assay {

// Records the operations of the calling thread while it is on. Nothing is registered with libtorch while it is off. One
// trace at a time in a process (ASSAY_CHECK).
class KernelTrace {
public:
    // `keep_operations`: also a line of text for each, "aten::mm F32[64,784] F32[784,64]", indented by depth; for
    // people and tests, not for speed. Error E0110 (70) when this libtorch does not report operations as it should.
    explicit KernelTrace(bool keep_operations = false);
    ~KernelTrace();
    KernelTrace(const KernelTrace&) = delete;
    KernelTrace& operator=(const KernelTrace&) = delete;

    void on();
    void off();

    // `steps`: which they were, "first" or "all". Nothing when what was seen is not all: operations of other threads
    // (autograd's for a GPU), or an operation that could not be read; `problem` then says which.
    std::optional<TraceFingerprint> finish(const std::string& steps) const;
    const std::string& problem() const;
    const std::vector<std::string>& operations() const;

    struct State;

private:
    std::unique_ptr<State> state_;
};

}  // namespace assay
