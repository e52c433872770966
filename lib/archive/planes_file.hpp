// A file of numbers (.safetensors, .npy, .npz) as a file of planes and back, byte for byte: what its container has
// besides (header, order, padding, metadata) is kept, too. Pure.
//
//   planes := the tensors of the file, and one more: U8 [n], named NUL "file" (in the header "%00file"):
//             for each other tensor, in the order of this file of planes, u64 where it begins in the original;
//             then every byte of the original that belongs to no tensor, in order: at most 16 MiB
//
// So the tensors are read as planes.hpp says, by whoever needs no container.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "archive/planes.hpp"
#include "archive/window.hpp"
#include "core/safetensors.hpp"

namespace assay {

// The tensors as they lie in such a file, told by its first bytes. Nothing for any other file, a damaged one, and one
// whose numbers lie in another form than tensors have: deflated, big-endian, in Fortran order.
std::optional<std::vector<TensorView>> tensors_in_file(std::string_view file);

// The planes of such a file, made as they are asked for; the file's bytes must stay.
struct FilePlanes {
    std::unique_ptr<const std::string> container;
    PlanesWriter planes;
};
// Precondition: the tensors are parts of `file` and do not overlap. Nothing where planes cannot hold them: names,
// sizes.
std::optional<FilePlanes> file_planes(std::string_view file, const std::vector<TensorView>& tensors);
// The same, all at once.
std::optional<std::string> planes_of_file(std::string_view file, const std::vector<TensorView>& tensors);

// The file again, piece by piece, in memory for 1 MiB of each plane, the header and the container. Error A0301 (74):
// not the planes of a file, or not of one of `file_bytes`; then nothing was handed out.
void each_piece_of_file(const Window& planes, std::uint64_t file_bytes, const TakeBytes& take);

}  // namespace assay
