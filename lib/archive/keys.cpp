// Ed25519 by OpenSSL.
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "archive/dsse.hpp"
#include "archive/ssh_signature.hpp"
#include "base/check.hpp"
#include "base/digest.hpp"
#include "base/error.hpp"

namespace assay {
namespace {

constexpr std::size_t k_pem_limit = 1U << 16, k_raw_bytes = 32, k_signature_bytes = 64;

struct BioFree {
    void operator()(BIO* bio) const { BIO_free(bio); }
};
struct BytesFree {
    void operator()(unsigned char* bytes) const { OPENSSL_free(bytes); }
};
struct ContextFree {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

EVP_PKEY* pkey(const std::shared_ptr<void>& key) { return static_cast<EVP_PKEY*>(key.get()); }

// OpenSSL would ask for a passphrase on the terminal.
int no_passphrase(char*, int, int, void*) { return -1; }

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

EVP_PKEY* raw_key(std::string_view bytes, bool secret) {
    return secret ? EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, bytes_of(bytes), bytes.size())
                  : EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(bytes), bytes.size());
}

EVP_PKEY* pem_key(std::string_view pem, bool secret) {
    const std::unique_ptr<BIO, BioFree> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    ASSAY_CHECK(bio != nullptr);
    return secret ? PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr)
                  : PEM_read_bio_PUBKEY(bio.get(), nullptr, no_passphrase, nullptr);
}

std::shared_ptr<void> read_key(std::string_view bytes, std::string_view name, bool secret) {
    EVP_PKEY* key = nullptr;
    if (bytes.size() == k_raw_bytes) key = raw_key(bytes, secret);
    if (key == nullptr && bytes.size() <= k_pem_limit) key = pem_key(bytes, secret);
    const std::shared_ptr<void> held(key, [](void* p) { EVP_PKEY_free(static_cast<EVP_PKEY*>(p)); });
    if (key != nullptr && EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519) return held;
    const std::string what = secret ? "private" : "public";
    throw Error("A0403", Exit::usage,
                std::string(name) + (key == nullptr ? " is not a readable " : " is not an Ed25519 ") + what +
                    " key in PEM form" + (secret && key == nullptr ? " without a passphrase" : ""),
                secret ? "make one with: openssl genpkey -algorithm ed25519 -out key.pem"
                       : "make it from the private one with: openssl pkey -in key.pem -pubout -out key.pub.pem");
}

}  // namespace

PublicKey PublicKey::from_bytes(std::string_view bytes, std::string_view name) {
    PublicKey key;
    const auto of_ssh = ssh_public_key(bytes);
    key.key_ = read_key(of_ssh ? std::string_view(*of_ssh) : bytes, name, false);
    return key;
}

bool PublicKey::verify(std::string_view bytes, std::string_view signature) const {
    if (signature.size() != k_signature_bytes) return false;
    const std::unique_ptr<EVP_MD_CTX, ContextFree> context(EVP_MD_CTX_new());
    ASSAY_CHECK(EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, pkey(key_)) == 1);
    return EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(bytes), bytes.size()) == 1;
}

std::string PublicKey::id() const {
    unsigned char* der = nullptr;
    const int size = i2d_PUBKEY(pkey(key_), &der);
    const std::unique_ptr<unsigned char, BytesFree> held(der);
    ASSAY_CHECK(size > 0);
    return sha256_hex(std::string_view(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size)));
}

std::string PublicKey::pem() const {
    const std::unique_ptr<BIO, BioFree> bio(BIO_new(BIO_s_mem()));
    ASSAY_CHECK(PEM_write_bio_PUBKEY(bio.get(), pkey(key_)) == 1);
    char* text = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &text);
    return {text, static_cast<std::size_t>(size)};
}

PrivateKey PrivateKey::from_bytes(std::string_view bytes, std::string_view name) {
    PrivateKey key;
    key.key_ = read_key(bytes, name, true);
    return key;
}

std::string PrivateKey::sign(std::string_view bytes) const {
    const std::unique_ptr<EVP_MD_CTX, ContextFree> context(EVP_MD_CTX_new());
    std::string signature(k_signature_bytes, '\0');
    std::size_t size = signature.size();
    ASSAY_CHECK(EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, pkey(key_)) == 1);
    ASSAY_CHECK(EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                               bytes_of(bytes), bytes.size()) == 1);
    ASSAY_CHECK(size == k_signature_bytes);
    return signature;
}

PublicKey PrivateKey::public_key() const {
    unsigned char raw[32];
    std::size_t size = sizeof(raw);
    ASSAY_CHECK(EVP_PKEY_get_raw_public_key(pkey(key_), raw, &size) == 1);
    EVP_PKEY* const key = raw_key({reinterpret_cast<const char*>(raw), size}, false);
    ASSAY_CHECK(key != nullptr);
    PublicKey made;
    made.key_ = std::shared_ptr<void>(key, [](void* p) { EVP_PKEY_free(static_cast<EVP_PKEY*>(p)); });
    return made;
}

}  // namespace assay
