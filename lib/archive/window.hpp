// Bytes that are read piece by piece: a file, a part of one, or memory. A file of any size costs no memory, and one
// that shrinks while it is read is an error, never a signal.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace assay {

// Gives exactly `into.size()` bytes that begin at `offset`, or throws.
using ReadAt = std::function<void(std::uint64_t offset, std::span<char> into)>;
// What takes bytes as they come, and what gives them so: bytes that are never all in memory.
using TakeBytes = std::function<void(std::string_view)>;
using GiveBytes = std::function<void(const TakeBytes& take)>;

struct Window {
    ReadAt read;
    std::uint64_t size_bytes = 0;
};

// Error F0001 (74) when there is no such plain file. It stays open as long as the window or a part of it lives.
Window file_window(const std::filesystem::path& path);
Window memory_window(std::string_view bytes);  // the bytes must outlive it
Window owned_window(std::string bytes);        // they live as long as it does
// Precondition: inside the whole.
Window part_of(const Window& whole, std::uint64_t offset, std::uint64_t size_bytes);

// All of it in memory. Precondition: the caller has looked at its size.
std::string read_all(const Window& window);
// All of it in pieces of at most 1 MiB.
void each_piece(const Window& window, const TakeBytes& take);
std::string sha256_of(const Window& window);

}  // namespace assay
