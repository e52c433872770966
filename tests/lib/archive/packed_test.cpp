// Files of numbers as the store keeps them: planes or plain, and the same bytes again.
#include "archive/packed.hpp"

#include <gtest/gtest.h>

#include "archive/object.hpp"
#include "archive/planes.hpp"
#include "archive/planes_file.hpp"
#include "base/digest.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "core/npy.hpp"
#include "lib/archive/made_tensors.hpp"

namespace assay {
namespace {

using testing::MadeTensors;
using testing::random_bytes;
using testing::weights_f32;

StoredObject stored(Form form, const std::string& bytes) { return {form, "x", owned_window(bytes)}; }

MemberRef content_of(const std::string& bytes) { return {sha256_hex(bytes), bytes.size()}; }

// The form that is chosen; what comes back is compared, in one piece and in many.
Form form_after_return(const std::string& file) {
    const Packed packed = pack_object(file);
    EXPECT_TRUE(unpack_object(stored(packed.form, packed.bytes), content_of(file), {}) == file);
    EXPECT_NO_THROW(check_content(stored(packed.form, packed.bytes), content_of(file), {}));
    return packed.form;
}

// Whether a file comes back from planes, chosen or not. Nothing: planes cannot hold it.
std::optional<bool> comes_back(const std::string& file) {
    const auto tensors = tensors_in_file(file);
    const auto planes = tensors ? planes_of_file(file, *tensors) : std::nullopt;
    if (!planes) return std::nullopt;
    std::string again;
    each_piece_of_file(memory_window(*planes), file.size(), [&](std::string_view piece) { again += piece; });
    return again == file;
}

std::string npy_of(const std::string& descr, const std::string& order, std::size_t rows, const std::string& data) {
    std::string dict =
        "{'descr': '" + descr + "', 'fortran_order': " + order + ", 'shape': (" + std::to_string(rows) + ", 2), }";
    dict.append(63 - (10 + dict.size()) % 64, ' ');
    dict += '\n';
    std::string file("\x93NUMPY\x01\0", 8);
    file += static_cast<char>(dict.size() & 0xff);
    file += static_cast<char>(dict.size() >> 8);
    return file + dict + data;
}

// Zeros of both signs, the smallest and largest numbers, infinities, quiet and signalling NaN with payloads: every
// upper half a 32-bit float can have, each before a lower half of its own.
std::string every_upper_half() {
    std::string bytes;
    for (std::uint32_t upper = 0; upper < 0x10000; ++upper) append_u32(bytes, upper << 16 | (upper * 40503 & 0xffff));
    return bytes;
}

TEST(Packed, LargeContentIsPackedAsItIsWritten) {
    const std::string weights = weights_f32(1'500'000, "packed.large", 0.05);
    const std::string file = write_safetensors({{"w", "F32", {weights.size() / 4}, weights}});
    const Packing packing = packing_of(file);
    EXPECT_EQ(packing.form, Form::planes);
    std::string written;
    std::size_t pieces = 0, longest = 0;
    packing.write([&](std::string_view piece) {
        written += piece;
        ++pieces;
        longest = std::max(longest, piece.size());
    });
    EXPECT_GT(pieces, 6U);
    EXPECT_LE(longest, k_frame_limit + 64);
    EXPECT_TRUE(written == pack_object(file).bytes);
    EXPECT_TRUE(unpack_object(stored(packing.form, written), content_of(file), {}) == file);
}

TEST(Packed, EveryDtypeComesBackWhateverItsBits) {
    const std::string bits = every_upper_half();
    for (const char* dtype : {"F64", "F32", "F16", "BF16", "F8_E4M3", "F8_E5M2", "BOOL", "U8", "I8", "U16", "I16",
                              "U32", "I32", "U64", "I64"}) {
        const std::uint64_t width = dtype_bytes(dtype).value();
        const std::string file = write_safetensors({{"w", dtype, {bits.size() / width}, bits}});
        EXPECT_EQ(comes_back(file), true) << dtype;
        form_after_return(file);
    }
    for (const char* descr : {"<f2", "<f4", "<f8", "<i8", "<u2", "|u1", "|b1"}) {
        const std::size_t width = static_cast<std::size_t>(descr[2] - '0');
        const std::string file = npy_of(descr, "False", bits.size() / width / 2, bits);
        EXPECT_EQ(comes_back(file), true) << descr;
        form_after_return(file);
    }
}

TEST(Packed, WeightsArePlanesAndAFifthSmaller) {
    const std::string weights = weights_f32(200'000, "packed.weights", 0.05);
    const std::string file = write_safetensors({{"w", "F32", {200'000}, weights}});
    const Packed packed = pack_object(file);
    ASSERT_EQ(packed.form, Form::planes);
    EXPECT_LT(static_cast<double>(packed.bytes.size()), static_cast<double>(file.size()) / 1.17);
    EXPECT_LT(static_cast<double>(packed.bytes.size()), static_cast<double>(pack_plain(file).size()) / 1.08);
    const std::string planes = planes_in(stored(packed.form, packed.bytes), {});
    EXPECT_EQ(digest_planes(planes).back(), read_safetensors(file).front()) << "anybody reads the tensors from it";
    EXPECT_EQ(form_after_return(npy_of("<f4", "False", 100'000, weights)), Form::planes);
}

TEST(Packed, WhatPlanesDoNotHelpIsPlain) {
    EXPECT_EQ(form_after_return(""), Form::plain);
    EXPECT_EQ(form_after_return(std::string(5000, 'a')), Form::plain);
    EXPECT_EQ(form_after_return(std::string("\x93NUMPY", 6) + random_bytes(5000, "packed.npy")), Form::plain);
    const std::string row = weights_f32(20, "packed.row", 1);
    for (const std::size_t rows : {500U, 50'000U}) {  // a collapsed run: one answer for all
        std::string same;
        for (std::size_t i = 0; i < rows; ++i) same += row;
        EXPECT_EQ(form_after_return(npy_of("<f4", "False", 10 * rows, same)), Form::plain) << rows;
    }
    EXPECT_EQ(form_after_return(npy_of("<u8", "False", 5000, random_bytes(80'000, "packed.steps"))), Form::plain)
        << "no floats";
    EXPECT_EQ(form_after_return(write_safetensors({{"w", "F32", {4}, weights_f32(4, "packed.tiny", 1)}})), Form::plain);
}

// Larger than a window of 1 MiB, and than several, with a tensor that ends inside one.
TEST(Packed, LargeTensorsComeBackInPieces) {
    MadeTensors made;
    made.add("b", "F64", {150'000}, random_bytes(1'200'000, "packed.f64"));
    made.add("a", "F32", {1'300'000}, weights_f32(1'300'000, "packed.large", 0.02));
    made.add("mask", "U8", {1'100'000}, std::string(1'100'000, '\1'));
    made.add("c", "BF16", {3}, random_bytes(6, "packed.bf16"));
    EXPECT_EQ(form_after_return(write_safetensors(made.views)), Form::planes);
}

TEST(Packed, OddContainersComeBackByteForByte) {
    const std::string data = weights_f32(6000, "packed.odd", 0.1), more = weights_f32(5000, "packed.more", 0.1);
    const auto with_header = [&](const std::string& header, const std::string& bytes) {
        std::string file;
        append_u32(file, header.size());
        append_u32(file, 0);
        return file + header + bytes;
    };
    const std::string rows[] = {
        with_header(R"({"w":{"dtype":"F32","shape":[6000],"data_offsets":[0,24000]}})", data),
        with_header(R"({ "w" : {"shape":[60,100], "data_offsets":[0,24000],"dtype":"F32"} }   )", data),
        with_header(
            R"({"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[5000],"data_offsets":[24000,44000]},)"
            R"("b":{"dtype":"F32","shape":[6000],"data_offsets":[0,24000]},)"
            R"("none":{"dtype":"F32","shape":[0],"data_offsets":[44000,44000]}})",
            data + more),
        with_header(R"({"\u0001\"\\":{"dtype":"F32","shape":[6000],"data_offsets":[0,24000]}})", data),
        npy_of("<f4", "False", 3000, data),
    };
    for (const std::string& file : rows) {
        EXPECT_EQ(comes_back(file), true) << file.substr(8, 60);
        EXPECT_EQ(form_after_return(file), Form::planes) << file.substr(8, 60);
    }
}

TEST(Packed, WhatPlanesCannotHoldIsPlain) {
    const std::string data = weights_f32(600, "packed.odd", 0.1);
    const std::string taken("\0file", 5);
    const std::string rows[] = {
        npy_of(">f4", "False", 3000, data),
        npy_of("<f4", "True", 300, data),
        npy_of("<c8", "False", 150, data),
        write_safetensors({{std::string(600, 'n'), "F32", {600}, data}}),
        write_safetensors({{taken, "F32", {600}, data}}),
    };
    for (const std::string& file : rows) {
        EXPECT_EQ(comes_back(file), std::nullopt) << file.substr(8, 60);
        EXPECT_EQ(form_after_return(file), Form::plain);
    }
}

TEST(Packed, NumpysArchivesComeBack) {
    const std::filesystem::path folder = ASSAY_SOURCE_DIR "/fixtures/reference/weights";
    EXPECT_EQ(comes_back(read_file(folder / "stored.npz")), true);
    EXPECT_EQ(comes_back(read_file(folder / "deflated.npz")), std::nullopt);
    EXPECT_EQ(form_after_return(read_file(folder / "deflated.npz")), Form::plain);
    EXPECT_EQ(comes_back(read_file(folder / "model.safetensors")), true);
}

// An object of planes whose bytes are whole, but whose container says something else.
TEST(Packed, ContainersThatDoNotFitAreRefused) {
    const std::string data = weights_f32(600, "packed.odd", 0.1);
    const std::string file = write_safetensors({{"w", "F32", {600}, data}});
    const std::string container = file.substr(0, file.size() - data.size());
    const auto begins = [](std::uint64_t at) {
        std::string bytes;
        append_u32(bytes, at & 0xffffffff);
        append_u32(bytes, at >> 32);
        return bytes;
    };
    const auto code = [&](const std::vector<TensorView>& tensors, const MemberRef& content) {
        const std::string planes = write_planes(tensors);
        try {
            return unpack_object(stored(Form::planes, encode_object(planes, planes_stretches(planes))), content, {});
        } catch (const Error& error) {
            EXPECT_EQ(std::string(error.what()).substr(0, 2), "x ") << error.what();
            return error.code();
        }
    };
    const auto container_tensor = [](const std::string& bytes) {
        return TensorView{std::string("\0file", 5), "U8", {bytes.size()}, bytes};
    };
    const TensorView w{"w", "F32", {600}, data};
    const MemberRef content = content_of(file);
    const std::string good = begins(container.size()) + container;
    EXPECT_EQ(code({w, container_tensor(good)}, content), file);
    EXPECT_EQ(code({w}, content), "A0102");
    EXPECT_EQ(code({w, container_tensor(good + "x")}, content), "A0102");
    for (const std::uint64_t at : {std::uint64_t{0}, std::uint64_t{container.size() + 1}, ~std::uint64_t{0}}) {
        const std::string bad = begins(at) + container;
        EXPECT_EQ(code({w, container_tensor(bad)}, content), "A0102") << at;
    }
    EXPECT_EQ(code({w, container_tensor("short")}, content), "A0102");
    EXPECT_EQ(code({w, container_tensor(good)}, {content.sha256, content.size_bytes + 1}), "A0102");
    EXPECT_EQ(code({w, container_tensor(good)}, {std::string(64, '0'), content.size_bytes}), "A0102");
}

}  // namespace
}  // namespace assay
