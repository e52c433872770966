// Tensors and damaged objects for the tests of the archive's formats; the same on every machine.
#pragma once

#include <bit>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "archive/object_frames.hpp"
#include "archive/planes.hpp"
#include "archive/planes_file.hpp"
#include "base/random.hpp"

namespace assay::testing {

// Owns what its views show.
struct MadeTensors {
    std::vector<std::string> bytes;
    std::vector<TensorView> views;

    void add(const std::string& name, const std::string& dtype, std::vector<std::uint64_t> shape, std::string data) {
        bytes.push_back(std::move(data));
        views.push_back({name, dtype, std::move(shape), {}});
        for (std::size_t i = 0; i < views.size(); ++i) views[i].bytes = bytes[i];
    }
};

inline std::uint32_t bits_of(double value) { return std::bit_cast<std::uint32_t>(static_cast<float>(value)); }

// `n` numbers as weights look: stream `stream` of seed 1, near normal, times `scale`.
inline std::string weights_f32(std::size_t n, std::string_view stream, double scale) {
    Random random(1, stream);
    std::string bytes;
    for (std::size_t i = 0; i < n; ++i) append_u32(bytes, bits_of(random.near_normal() * scale));
    return bytes;
}
// The upper halves of the same: BF16.
inline std::string weights_bf16(std::size_t n, std::string_view stream, double scale) {
    const std::string wide = weights_f32(n, stream, scale);
    std::string bytes;
    for (std::size_t i = 0; i < n; ++i) bytes += wide.substr(4 * i + 2, 2);
    return bytes;
}
inline std::string random_bytes(std::size_t n, std::string_view stream) {
    Random random(1, stream);
    std::string bytes;
    while (bytes.size() < n) bytes += static_cast<char>(random.below(256));
    return bytes;
}

// One frame as the test wants it, with the content length that the seek table shall claim.
struct MadeFrame {
    std::string bytes;
    std::uint64_t content_bytes = 0;
};

// An object around any frames, true in its digest and its table.
inline std::string made_object(const std::vector<MadeFrame>& frames) {
    std::string object, rows;
    for (const MadeFrame& frame : frames) {
        object += frame.bytes;
        append_u32(rows, frame.bytes.size());
        append_u32(rows, frame.content_bytes);
    }
    std::string seek(k_seek_frame_magic);
    append_u32(seek, rows.size() + 9);
    seek += rows;
    append_u32(seek, frames.size());
    seek += '\0';
    seek += k_seek_table_magic;
    Xxh3 digest;
    digest.update(object.data(), object.size());
    digest.update(seek.data(), seek.size());
    return object + hash_frame(digest.digest()) + seek;
}

// Frames and contents of an object that is whole.
inline std::vector<MadeFrame> frames_of(const std::string& object) {
    const std::size_t n = load_u32(object.data() + object.size() - 9);
    const char* row = object.data() + object.size() - 9 - 8 * n;
    std::vector<MadeFrame> frames;
    std::size_t at = 0;
    for (std::size_t i = 0; i < n; ++i, row += 8) {
        frames.push_back({object.substr(at, load_u32(row)), load_u32(row + 4)});
        at += load_u32(row);
    }
    return frames;
}

// The kinds of content an object can have, by name: what the goldens hold.
inline std::vector<std::pair<std::string, std::string>> golden_contents() {
    MadeTensors f32, bf16, mixed, many;
    f32.add("fc.weight", "F32", {50, 90}, weights_f32(4500, "golden.f32", 0.05));
    f32.add("fc.bias", "F32", {90}, weights_f32(90, "golden.bias", 0.01));
    bf16.add("w", "BF16", {4200, 2}, weights_bf16(8400, "golden.bf16", 0.02));
    mixed.add("scalar", "F64", {}, random_bytes(8, "golden.scalar"));
    mixed.add("empty", "F32", {0, 3}, "");
    mixed.add("labels", "I64", {40}, std::string(320, '\0'));
    mixed.add("mask", "BOOL", {5}, std::string("\1\0\1\1\0", 5));
    mixed.add("pruned", "F32", {8}, std::string(24, '\0') + weights_f32(2, "golden.pruned", 1));
    mixed.add("a name, %\xC3\xA9\"", "F16", {3}, random_bytes(6, "golden.f16"));
    for (int i = 0; i < 40; ++i)
        many.add("block." + std::to_string(i), "F32", {4, 8}, weights_f32(32, "golden.many" + std::to_string(i), 0.1));
    const std::string file = write_safetensors({{"fc.weight", "F32", {30, 20}, weights_f32(600, "golden.file", 0.05)}});
    return {{"empty", ""},
            {"file", *planes_of_file(file, *tensors_in_file(file))},
            {"text", "{\"a\":1}\n{\"a\":2}\n"},
            {"f32", write_planes(f32.views)},
            {"bf16", write_planes(bf16.views)},
            {"mixed", write_planes(mixed.views)},
            {"many", write_planes(many.views)}};
}

}  // namespace assay::testing
