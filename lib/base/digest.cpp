#include "base/digest.hpp"

#include <openssl/evp.h>
#ifdef ASSAY_XXHASH_DISPATCH
#include <xxh_x86dispatch.h>  // the same digests by the widest vectors that this CPU has
#else
#include <xxhash.h>
#endif

#include <algorithm>

#include "base/check.hpp"

namespace assay {

struct Sha256::State {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    ~State() { EVP_MD_CTX_free(context); }
};

namespace {

// Looked up once: EVP_sha256() would be looked up again for every digest, which takes as long as 2 kB of one.
const EVP_MD* sha256_algorithm() {
    static const EVP_MD* const k_algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    return k_algorithm != nullptr ? k_algorithm : EVP_sha256();
}

}  // namespace

Sha256::Sha256() : state_(std::make_unique<State>()) {
    ASSAY_CHECK(EVP_DigestInit_ex(state_->context, sha256_algorithm(), nullptr) == 1);
}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

Sha256& Sha256::update(std::string_view bytes) {
    ASSAY_CHECK(EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()) == 1);
    return *this;
}
Sha256& Sha256::update(std::span<const std::byte> bytes) {
    return update(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}
std::array<std::uint8_t, 32> Sha256::finish() {
    std::array<std::uint8_t, 32> out{};
    unsigned int size = 0;
    ASSAY_CHECK(EVP_DigestFinal_ex(state_->context, out.data(), &size) == 1 && size == out.size());
    return out;
}

std::array<std::uint8_t, 32> sha256(std::string_view bytes) { return Sha256().update(bytes).finish(); }
std::string sha256_hex(std::string_view bytes) { return to_hex(sha256(bytes)); }
std::string sha256_hex(std::span<const std::byte> bytes) { return to_hex(Sha256().update(bytes).finish()); }

std::string to_hex(std::span<const std::uint8_t> bytes) {
    static constexpr char k_hex[] = "0123456789abcdef";
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const std::uint8_t byte : bytes) {
        text += k_hex[byte >> 4];
        text += k_hex[byte & 15];
    }
    return text;
}

bool is_sha256_hex(std::string_view text) {
    return text.size() == 64 && std::all_of(text.begin(), text.end(),
                                            [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

struct Xxh3::State {
    XXH3_state_t* state = XXH3_createState();
    ~State() { XXH3_freeState(state); }
};

Xxh3::Xxh3() : state_(std::make_unique<State>()) { reset(); }
Xxh3::~Xxh3() = default;
Xxh3::Xxh3(Xxh3&&) noexcept = default;
Xxh3& Xxh3::operator=(Xxh3&&) noexcept = default;

Xxh3& Xxh3::update(const void* data, std::size_t size_bytes) {
    ASSAY_CHECK(XXH3_128bits_update(state_->state, data, size_bytes) == XXH_OK);
    return *this;
}
Digest128 Xxh3::digest() const {
    const XXH128_hash_t hash = XXH3_128bits_digest(state_->state);
    return {hash.high64, hash.low64};
}
void Xxh3::reset() { ASSAY_CHECK(XXH3_128bits_reset(state_->state) == XXH_OK); }

}  // namespace assay
