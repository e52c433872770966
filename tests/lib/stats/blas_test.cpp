#include "stats/blas.hpp"

#include <dlfcn.h>
#include <gtest/gtest.h>

#include <optional>
#include <vector>

#include "base/random.hpp"

namespace assay {
namespace {

// Whole numbers: any order of additions gives the same bits.
TEST(Blas, AddsProductsOfRowsToTheUpperTriangle) {
    const std::size_t n = 13, k = 50, stride = 64;
    Random random(1, "test.blas");
    std::vector<double> z(n * stride), gram(n * n, 0.5);
    for (double& value : z) value = static_cast<double>(random.below(100)) - 50;
    Blas().add_products(n, k, z.data(), stride, gram.data());
    Blas().add_products(n, k, z.data(), stride, gram.data());
    for (std::size_t r = 0; r < n; ++r) {
        for (std::size_t s = 0; s < n; ++s) {
            double sum = 0;
            for (std::size_t j = 0; j < k; ++j) sum += z[r * stride + j] * z[s * stride + j];
            EXPECT_EQ(gram[r * n + s], r <= s ? 0.5 + 2 * sum : 0.5) << r << " " << s;
        }
    }
    Blas().add_products(n, 0, z.data(), stride, gram.data());
    Blas().add_products(0, k, z.data(), stride, nullptr);
}

TEST(Blas, HoldsOpenBlasToOneThreadWhileOneLives) {
    std::optional<Blas> first(std::in_place);
    void* const library = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_NOLOAD);
    if (library == nullptr) GTEST_SKIP() << "the BLAS of this machine is not OpenBLAS";
    const auto get = reinterpret_cast<int (*)()>(dlsym(library, "openblas_get_num_threads"));
    const auto set = reinterpret_cast<void (*)(int)>(dlsym(library, "openblas_set_num_threads"));
    ASSERT_TRUE(get != nullptr && set != nullptr);
    first.reset();
    set(2);
    ASSERT_EQ(get(), 2);
    first.emplace();
    EXPECT_EQ(get(), 1);
    {
        const Blas second;
        EXPECT_EQ(get(), 1);
        first.reset();
        EXPECT_EQ(get(), 1) << "the second still lives";
    }
    EXPECT_EQ(get(), 2);
}

TEST(BlasDeathTest, RowsThatOverlapAreABug) {
    const std::vector<double> z(10);
    std::vector<double> gram(4);
    EXPECT_DEATH(Blas().add_products(2, 5, z.data(), 4, gram.data()), "blas.cpp");
}

}  // namespace
}  // namespace assay
