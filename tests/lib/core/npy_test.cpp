#include "core/npy.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/random.hpp"

namespace assay {
namespace {

std::string file_of(const std::string& dictionary, const std::string& data, char major = 1) {
    std::string file("\x93NUMPY");
    file += major;
    file += '\0';
    const std::size_t size = dictionary.size();
    file += static_cast<char>(size & 0xff);
    file += static_cast<char>(size >> 8);
    if (major > 1) file += std::string(2, '\0');
    return file + dictionary + data;
}

std::string problem_of(const std::string& file) {
    try {
        parse_npy(file);
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), "N0101");
        EXPECT_EQ(error.exit(), Exit::unreadable);
        return error.what();
    }
    return "";
}

// Made by: python3 -c "import numpy; numpy.save('x.npy', numpy.arange(6, dtype='<f4').reshape(2, 3))"
TEST(Npy, ReadsAndWritesExactlyWhatNumpyWrites) {
    const std::string file = read_file(ASSAY_SOURCE_DIR "/fixtures/reference/npy/arange_f4_2x3.npy");
    const NumericArray array = parse_npy(file);
    EXPECT_EQ(array.type, NumericType::float32);
    EXPECT_EQ(array.shape, (std::vector<std::size_t>{2, 3}));
    EXPECT_EQ(write_npy(array), file);
}

TEST(Npy, EveryTypeAndRankReadsBack) {
    for (const NumericType type : {NumericType::float32, NumericType::float64, NumericType::int32, NumericType::int64,
                                   NumericType::uint8, NumericType::uint64}) {
        for (const std::vector<std::size_t>& shape : std::vector<std::vector<std::size_t>>{{}, {3}, {2, 3}, {0, 4}}) {
            std::size_t count = 1;
            for (const std::size_t dimension : shape) count *= dimension;
            const NumericArray array{type, shape, std::string(count * size_of(type), 'q')};
            EXPECT_EQ(parse_npy(write_npy(array)), array);
        }
    }
}

TEST(Npy, ReadsVersions2And3) {
    const std::string dictionary = "{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }\n";
    for (const char major : {'\x02', '\x03'}) EXPECT_EQ(parse_npy(file_of(dictionary, "ab", major)).bytes, "ab");
}

TEST(Npy, SaysWhatIsWrongWithAFile) {
    const std::string good = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }\n";
    const std::string data(24, '\0');
    const std::pair<std::string, std::string> rows[] = {
        {"", "signature"},
        {"not an array at all", "signature"},
        {file_of(good, data.substr(1)), "23 bytes of data; its shape needs 24"},
        {file_of(good, data + "x"), "25 bytes of data"},
        {file_of(good, data, 9), "version 9"},
        {file_of("{'descr': '>f4', 'fortran_order': False, 'shape': (2, 3), }\n", data), "dtype '>f4'"},
        {file_of("{'descr': '|O', 'fortran_order': False, 'shape': (2, 3), }\n", data), "dtype '|O'"},
        {file_of("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }\n", data), "Fortran order"},
        {file_of("{'descr': '<f4', 'fortran_order': False, 'shape': (-2, 3), }\n", data), "damaged shape"},
        {file_of("{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296, 4), }\n", data), "memory"},
        {file_of("{'fortran_order': False, 'shape': (2, 3), }\n", data), "no 'descr'"},
        {file_of(good, data).substr(0, 40), "ends inside the header"},
    };
    for (const auto& [file, expected] : rows) {
        EXPECT_NE(problem_of(file).find(expected), std::string::npos)
            << "got: " << problem_of(file) << ", expected: " << expected;
    }
}

// Stream "npy.damage" of seed 1: 20,000 files with up to 4 bytes changed or cut off are read or refused, nothing else.
TEST(Npy, SurvivesDamagedFiles) {
    const std::string good = write_npy({NumericType::float32, {2, 3}, std::string(24, '\x3e')});
    Random random(1, "npy.damage");
    for (int i = 0; i < 20'000; ++i) {
        std::string file = good;
        for (std::uint64_t n = random.below(4) + 1; n > 0; --n) {
            file[random.below(file.size())] = static_cast<char>(random.below(256));
        }
        if (random.below(3) == 0) file.resize(random.below(file.size() + 1));
        problem_of(file);
    }
}

TEST(IntegersOf, ReadsIntegersAndRefusesFloatingPoint) {
    const std::int64_t longs[] = {3, -1};
    EXPECT_EQ(integers_of(array_of<std::int64_t>(NumericType::int64, {2}, longs)), (std::vector<std::int64_t>{3, -1}));
    const std::uint8_t bytes[] = {0, 255};
    EXPECT_EQ(integers_of(array_of<std::uint8_t>(NumericType::uint8, {2}, bytes)), (std::vector<std::int64_t>{0, 255}));
    const float whole[] = {2.0F};
    EXPECT_THROW(integers_of(array_of<float>(NumericType::float32, {1}, whole)), Error);
}

}  // namespace
}  // namespace assay
