// Shared by the fuzzers. Each one is a function of bytes that must end: what a reader may throw is caught there,
// anything else (another exception, a signal, ASSAY_CHECK's exit 70) is a bug. Properties are stated with ASSAY_CHECK.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/check.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/json.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace assay::fuzz {

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
    return {reinterpret_cast<const char*>(data), size};
}

// What `read` gives, or nothing when it refuses with an Error whose code begins with `code`. Properties are checked
// outside of it, so that an Error there is a bug like any other.
template <class Read>
auto read_or_refuse(std::string_view code, Read read) -> std::optional<decltype(read())> {
    try {
        return read();
    } catch (const Error& error) {
        ASSAY_CHECK(error.code().starts_with(code));
        ASSAY_CHECK(*error.what() != '\0');
        return std::nullopt;
    }
}

// What is written can be read, and is what was written.
inline void check_reads_back(const Json& json) {
    const std::string text = canonical_json(json);
    const Json back = parse_json(text, "fuzz");
    ASSAY_CHECK(back == json);
    ASSAY_CHECK(canonical_json(back) == text);
}

// One input that stands for several files: "== NAME\n", then the file's bytes up to the next "\n== ".
inline std::vector<std::pair<std::string, std::string>> files_of(std::string_view input) {
    std::vector<std::pair<std::string, std::string>> files;
    while (input.starts_with("== ")) {
        const std::size_t line = input.find('\n');
        if (line == std::string_view::npos) break;
        const std::size_t next = input.find("\n== ", line);
        const std::size_t end = next == std::string_view::npos ? input.size() : next;
        files.emplace_back(input.substr(3, line - 3),
                           input.substr(std::min(line + 1, end), end - std::min(line + 1, end)));
        input.remove_prefix(next == std::string_view::npos ? input.size() : next + 1);
    }
    return files;
}

// A plain write: no fsync, since thousands of inputs a second come by.
inline void write_plain(const std::filesystem::path& path, std::string_view bytes) {
    std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

// In memory where there is such a folder; else the system's own.
inline std::filesystem::path scratch_parent() {
    std::error_code error;
    const std::filesystem::path memory = "/dev/shm";
    return std::filesystem::is_directory(memory, error) ? memory : std::filesystem::path();
}

}  // namespace assay::fuzz
