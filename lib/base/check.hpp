// ASSAY_CHECK(condition): an invariant of ours. When it does not hold the program prints the expression
// and its place, and ends with exit code 70 at once: a wrong number must not be shown.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace assay::detail {
[[noreturn]] inline void check_failed(const char* expression, const char* file, int line) {
    std::fprintf(stderr, "assay: this is a bug in assay, please report it: %s:%d: %s\n", file, line, expression);
    std::fflush(stderr);
    std::_Exit(70);
}
}  // namespace assay::detail

#define ASSAY_CHECK(condition) \
    (static_cast<bool>(condition) ? void(0) : ::assay::detail::check_failed(#condition, __FILE__, __LINE__))
