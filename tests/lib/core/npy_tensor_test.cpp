#include "core/npy_tensor.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace assay {
namespace {

std::string npy(const std::string& dictionary, const std::string& data) {
    std::string file("\x93NUMPY\x01\0", 8);
    const std::string header = dictionary + "\n";
    file += static_cast<char>(header.size());
    file += '\0';
    return file + header + data;
}
std::string array(const std::string& descr, const std::string& order, const std::string& shape,
                  const std::string& data) {
    return npy("{'descr': '" + descr + "', 'fortran_order': " + order + ", 'shape': " + shape + ", }", data);
}

TEST(NpyTensor, GivesLittleEndianBytesInCOrder) {
    EXPECT_EQ(read_npy_tensor(array("|u1", "False", "(2, 3)", "abcdef")).bytes, "abcdef");
    // Column-major 2 x 3: columns ab, cd, ef; so the rows are ace and bdf.
    EXPECT_EQ(read_npy_tensor(array("|u1", "True", "(2, 3)", "abcdef")).bytes, "acebdf");
    EXPECT_EQ(read_npy_tensor(array("|u1", "True", "(2, 1, 2)", "abcd")).bytes, "acbd");
    EXPECT_EQ(read_npy_tensor(array(">i2", "False", "(2,)", "abcd")).bytes, "badc");
    EXPECT_EQ(read_npy_tensor(array(">u2", "True", "(1, 2)", "abcd")).bytes, "badc");
    EXPECT_EQ(read_npy_tensor(array("<f8", "True", "()", "12345678")).bytes, "12345678");
    EXPECT_EQ(read_npy_tensor(array("<f4", "True", "(3, 0)", "")).bytes, "");
    const NpyTensor tensor = read_npy_tensor(array("<f2", "False", "(1, 2)", "abcd"));
    EXPECT_EQ(tensor.dtype, "F16");
    EXPECT_EQ(tensor.shape, (std::vector<std::uint64_t>{1, 2}));
}

TEST(NpyTensor, NamesTheTypesThatNoTableHas) {
    for (const char* descr : {"|O", "<c8", "<U3", "|V2", "<f16", "<M8[s]", "|f4", "=f4", "f4"}) {
        const NpyTensor tensor = read_npy_tensor(array(descr, "False", "(1,)", "x"));
        EXPECT_EQ(tensor.dtype, "") << descr;
        EXPECT_EQ(tensor.descr, descr);
    }
    EXPECT_EQ(read_npy_tensor(npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", "x")).dtype,
              "");
}

TEST(NpyTensor, ComparesTheShapeWithTheDataBeforeItAllocates) {
    for (const std::string& file :
         {array("<f4", "False", "(2,)", "1234"), array("<f4", "True", "(4611686018427387904, 2)", "1234"),
          array("<f4", "False", "(1000000000000000, 1000000000000000)", "1234"),
          array("<f4", "False", "(0,)", "1234")}) {
        try {
            read_npy_tensor(file);
            ADD_FAILURE() << file;
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), "N0101");
        }
    }
}

}  // namespace
}  // namespace assay
