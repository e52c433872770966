// A fuzzer with a bug: who looks for bugs must find this one, exit 70 and all.
#include "fuzz/fuzz.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    ASSAY_CHECK(!assay::fuzz::text_of(data, size).starts_with("Hi"));
    return 0;
}
