#include "counted_new.hpp"

#include <malloc.h>

#include <cstdlib>
#include <new>

namespace assay::testing {

Allocations& allocations() {
    static Allocations all;
    return all;
}

void reset_allocations(std::size_t fail_at, bool lasts) {
    Allocations& all = allocations();
    all.count = 0;
    all.peak_bytes = all.live_bytes;
    all.fail_at = fail_at;
    all.lasts = lasts;
    all.failed = false;
}

namespace {

void* counted(std::size_t size) {
    Allocations& all = allocations();
    void* const memory = std::malloc(size == 0 ? 1 : size);
    if (memory == nullptr) return nullptr;
    all.live_bytes += ::malloc_usable_size(memory);
    if (all.live_bytes > all.peak_bytes) all.peak_bytes = all.live_bytes;
    return memory;
}

void* allocate(std::size_t size) {
    Allocations& all = allocations();
    ++all.count;
    const bool fails = all.fail_at != 0 && (all.lasts ? all.count >= all.fail_at : all.count == all.fail_at);
    all.failed = all.failed || fails;
    void* const memory = fails ? nullptr : counted(size);
    if (memory == nullptr) throw std::bad_alloc();
    return memory;
}

void release(void* memory) {
    if (memory == nullptr) return;
    allocations().live_bytes -= ::malloc_usable_size(memory);
    std::free(memory);
}

}  // namespace
}  // namespace assay::testing

// The other forms of new and delete call these; but who takes no for an answer (std::stable_sort) gets no failure.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return assay::testing::counted(size); }
void* operator new(std::size_t size) { return assay::testing::allocate(size); }
void operator delete(void* memory) noexcept { assay::testing::release(memory); }
void operator delete(void* memory, std::size_t) noexcept { assay::testing::release(memory); }
