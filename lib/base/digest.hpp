// Digests. SHA-256 names and seals everything that is kept or compared between parties; XXH3-128 is for
// per-step state, where nobody is an adversary and speed counts. Digests are written as lower-case hex.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace assay {

// Streaming SHA-256 (OpenSSL). Movable, not copyable; finish() ends it.
class Sha256 {
public:
    Sha256();
    ~Sha256();
    Sha256(Sha256&&) noexcept;
    Sha256& operator=(Sha256&&) noexcept;

    Sha256& update(std::string_view bytes);
    Sha256& update(std::span<const std::byte> bytes);
    std::array<std::uint8_t, 32> finish();

private:
    struct State;
    std::unique_ptr<State> state_;
};

std::array<std::uint8_t, 32> sha256(std::string_view bytes);
std::string sha256_hex(std::string_view bytes);
std::string sha256_hex(std::span<const std::byte> bytes);
std::string to_hex(std::span<const std::uint8_t> bytes);
bool is_sha256_hex(std::string_view text);

struct Digest128 {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    friend bool operator==(const Digest128&, const Digest128&) = default;
};

// Streaming XXH3-128 with seed 0.
class Xxh3 {
public:
    Xxh3();
    ~Xxh3();
    Xxh3(Xxh3&&) noexcept;
    Xxh3& operator=(Xxh3&&) noexcept;

    Xxh3& update(const void* data, std::size_t size_bytes);
    Digest128 digest() const;
    void reset();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace assay
