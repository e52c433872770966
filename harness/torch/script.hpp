// A TorchScript file (.pt of torch.jit.save) as a model that is trained anew, from fresh weights. No torch header here.
//
// A .pt file is a program: its code runs in this process, with the rights of whoever started it. Open only what you
// trust.
#pragma once

#include <filesystem>

namespace assay {

// One run, as train_own does it. The stored weights are replaced, in this order of conventions:
//   1. a method reset_parameters() or init_weights() of the file (@torch.jit.export), called without gradients;
//   2. else every module that has parameters is a Linear, Conv1d to 3d, Embedding or BatchNorm1d to 3d of torch.nn, and
//      is drawn as torch.nn draws it, in the order of the modules: the weights that the same net in C++ would have;
//   3. else T0203 names the modules that nobody knows how to draw.
// Buffers of a batch norm are reset. libtorch's fuser and profiling executor are off: they hang or change bits.
// `data`: a safetensors file with train.x, train.y, eval.x, eval.y (float32 [n, ...], int64 [n]); empty: the digits,
// [n, 1, 28, 28]. Returns the exit code.
int train_script(const std::filesystem::path& file, const std::filesystem::path& data);

}  // namespace assay
