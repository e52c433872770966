// operator new of this test program: counts, and fails where it is told to.
#pragma once

#include <cstddef>

namespace assay::testing {

struct Allocations {
    std::size_t count = 0;                       // since reset
    std::size_t live_bytes = 0, peak_bytes = 0;  // now; most since reset
    std::size_t fail_at = 0;                     // the allocation with this number since reset fails; 0: none
    bool lasts = false;                          // and all after it
    bool failed = false;
};

// Of this program, all threads together; read and changed between the steps of one thread.
Allocations& allocations();
void reset_allocations(std::size_t fail_at = 0, bool lasts = false);

}  // namespace assay::testing
