#include "base/on_threads.hpp"

#include <sched.h>

#include <algorithm>

namespace assay {

int usable_cores() {
    cpu_set_t allowed;
    return ::sched_getaffinity(0, sizeof allowed, &allowed) == 0 ? std::max(1, CPU_COUNT(&allowed)) : 1;
}

}  // namespace assay
