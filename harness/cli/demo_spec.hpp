// The text of audits/demo.yaml, as of the build.
#pragma once

#include <string_view>

namespace assay {
extern const std::string_view k_demo_spec;
}  // namespace assay
