// Golden files: read and compared. With ASSAY_ACCEPT=1 they are rewritten, and the test says that it was skipped.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/file.hpp"

namespace assay::testing {

// `name`: below fixtures/golden.
inline void expect_golden(std::string_view actual, const std::string& name) {
    const std::filesystem::path path = std::filesystem::path(ASSAY_SOURCE_DIR) / "fixtures" / "golden" / name;
    if (std::getenv("ASSAY_ACCEPT") != nullptr) {
        make_directories(path.parent_path());
        write_file_atomic(path, actual);
        GTEST_SKIP() << "rewrote " << path;
    }
    ASSERT_TRUE(std::filesystem::exists(path)) << path << " is missing; ASSAY_ACCEPT=1 writes it";
    EXPECT_EQ(read_file(path), actual) << "not as in " << path << "; if the new text is right: ASSAY_ACCEPT=1";
}

}  // namespace assay::testing
