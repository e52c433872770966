// A symmetric matrix over runs: squared distances, or a centred Gram matrix.
#pragma once

#include <cstddef>
#include <vector>

namespace assay {

struct Symmetric {
    std::size_t n = 0;
    std::vector<double> values;  // n x n, row-major, both triangles filled

    explicit Symmetric(std::size_t size = 0) : n(size), values(size * size, 0.0) {}
    double operator()(std::size_t r, std::size_t s) const { return values[r * n + s]; }
    void set(std::size_t r, std::size_t s, double value) { values[r * n + s] = values[s * n + r] = value; }
    friend bool operator==(const Symmetric&, const Symmetric&) = default;
};

}  // namespace assay
