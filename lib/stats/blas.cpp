#include "stats/blas.hpp"

#include <dlfcn.h>

#include <climits>
#include <mutex>
#include <string>

#include "base/check.hpp"
#include "base/error.hpp"

namespace assay {
namespace {

// Fortran's calling convention: everything by address, matrices column-major.
using Dsyrk = void(const char* uplo, const char* trans, const int* n, const int* k, const double* alpha,
                   const double* a, const int* lda, const double* beta, double* c, const int* ldc);

struct Library {
    Dsyrk* dsyrk = nullptr;
    int (*get_threads)() = nullptr;  // of OpenBLAS only
    void (*set_threads)(int) = nullptr;
};

template <class Function>
Function* symbol(void* library, const char* name) {
    return reinterpret_cast<Function*>(dlsym(library, name));
}

Library open_library() {
    std::string tried;
    for (const char* name : {"libopenblas.so.0", "libblas.so.3"}) {
        void* const handle = dlopen(name, RTLD_NOW | RTLD_LOCAL);
        if (handle == nullptr) {
            const char* const why = dlerror();
            tried += std::string("\n  ") + (why == nullptr ? name : why);
            continue;
        }
        Library library{symbol<Dsyrk>(handle, "dsyrk_"), symbol<int()>(handle, "openblas_get_num_threads"),
                        symbol<void(int)>(handle, "openblas_set_num_threads")};
        if (library.dsyrk != nullptr) return library;
        tried += std::string("\n  ") + name + ": has no dsyrk_";
    }
    throw Error("E0103", Exit::unreadable,
                "distances between runs need a BLAS library, and none can be opened:" + tried,
                "install OpenBLAS, in Debian and Ubuntu: apt-get install libopenblas0-pthread");
}

const Library& library() {
    static const Library k_library = open_library();
    return k_library;
}

std::mutex users_mutex;
std::size_t users = 0;
int threads_before = 1;

}  // namespace

Blas::Blas() {
    const Library& blas = library();
    const std::lock_guard lock(users_mutex);
    if (users++ > 0 || blas.get_threads == nullptr || blas.set_threads == nullptr) return;
    threads_before = blas.get_threads();
    if (threads_before != 1) blas.set_threads(1);
}

Blas::~Blas() {
    const Library& blas = library();
    const std::lock_guard lock(users_mutex);
    if (--users > 0 || blas.get_threads == nullptr || blas.set_threads == nullptr) return;
    if (threads_before != 1) blas.set_threads(threads_before);
}

void Blas::add_products(std::size_t n, std::size_t k, const double* z, std::size_t stride, double* gram) const {
    ASSAY_CHECK(k <= stride && n < INT_MAX && stride < INT_MAX);
    if (n == 0 || k == 0) return;
    const int rows = static_cast<int>(n), columns = static_cast<int>(k), leading = static_cast<int>(stride);
    const double one = 1;
    // A row-major z is its column-major transpose, and a row-major upper triangle a column-major lower one.
    library().dsyrk("L", "T", &rows, &columns, &one, z, &leading, &one, gram, &rows);
}

}  // namespace assay
