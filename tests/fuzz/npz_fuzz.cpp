#include "fuzz/answers.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    assay::fuzz::check_answers(assay::fuzz::text_of(data, size), "a.npz");
    return 0;
}
