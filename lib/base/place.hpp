// A place in a text from outside: where an error points.
#pragma once

#include <cstddef>

namespace assay {

struct Place {
    int line = 0;    // from 0; -1: nowhere
    int column = 0;  // in bytes
    std::size_t width = 1;
};

}  // namespace assay
