// The text of harness/trainer/python/assay.py, as of the build.
#pragma once

#include <string_view>

namespace assay {
extern const std::string_view k_python_helper;
}  // namespace assay
