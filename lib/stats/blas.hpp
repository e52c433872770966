// The one routine of a BLAS that the statistics need: a symmetric rank-k update in double precision.
#pragma once

#include <cstddef>

namespace assay {

// The library (OpenBLAS where there is one, else whatever libblas.so.3 is) is opened at first use, not linked: to load
// OpenBLAS costs 1.5 ms and one idle thread for each core, which commands that compute no distance would pay, too.
//
// While a Blas lives, OpenBLAS works with one thread, since the callers bring their own: calls then give the same bits
// whatever the number of threads; the last Blas restores the number of before. Safe to make and use on any thread.
class Blas {
public:
    Blas();  // throws Error E0103 when there is no BLAS
    ~Blas();
    Blas(const Blas&) = delete;
    Blas& operator=(const Blas&) = delete;

    // gram += z z' (dsyrk; Dongarra, Du Croz, Hammarling and Duff, ACM TOMS 1990). z: n rows of k values, `stride`
    // apart; gram: n x n, row-major, of which only the upper triangle is read and written. Precondition: k <= stride,
    // all sizes below 2^31.
    void add_products(std::size_t n, std::size_t k, const double* z, std::size_t stride, double* gram) const;
};

}  // namespace assay
