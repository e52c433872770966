// Signatures: a DSSE envelope (v1) around an in-toto statement (v1), signed with Ed25519. Pure; OpenSSL does the curve.
//
//   envelope  := {"payload":"<base64>","payloadType":"application/vnd.in-toto+json",
//                 "signatures":[{"keyid":"<sha256>","sig":"<base64>"}]}
//   signed    := "DSSEv1 " LEN(type) " " type " " LEN(payload) " " payload          (PAE; lengths in decimal digits)
//   statement := {"_type":"https://in-toto.io/Statement/v1","predicate":{...},"predicateType":"...",
//                 "subject":[{"digest":{"sha256":"..."},"name":"..."}...]}          1 to 10,000 subjects
//
// A key id is the SHA-256 of the public key as DER (`openssl pkey -pubin -outform DER | sha256sum`). It names files and
// helps a reader; it is never trusted: every signature is tried with every given key. What is verified is what is
// parsed: the statement comes from the very bytes that were signed. Anyone can check one with jq and openssl:
//   jq -r .payload | base64 -d > payload; printf the head of `signed`; openssl pkeyutl -verify -rawin
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"

namespace assay {

// Keys are movable values; shared by copies. Read from PEM, or from the 32 raw bytes of RFC 8032; public ones also from
// a line of OpenSSH. Error A0403 (2) with
// what to do when it is no Ed25519 key, or an encrypted one: nothing is ever asked on the terminal. `name` stands in
// messages.
class PublicKey {
public:
    static PublicKey from_bytes(std::string_view bytes, std::string_view name);
    bool verify(std::string_view bytes, std::string_view signature) const;
    std::string id() const;  // 64 hex digits
    std::string pem() const;

private:
    friend class PrivateKey;
    std::shared_ptr<void> key_;
};

class PrivateKey {
public:
    static PrivateKey from_bytes(std::string_view bytes, std::string_view name);
    std::string sign(std::string_view bytes) const;  // 64 bytes; the same for the same bytes
    PublicKey public_key() const;

private:
    std::shared_ptr<void> key_;
};

struct Subject {
    std::string name;
    std::string sha256;
    friend bool operator==(const Subject&, const Subject&) = default;
};

struct Statement {
    std::vector<Subject> subjects;
    std::string predicate_type;
    Json predicate;
    friend bool operator==(const Statement&, const Statement&) = default;
};

constexpr std::string_view k_run_seal_type = "https://assay/run-seal/v1";
constexpr std::string_view k_test_result_type = "https://in-toto.io/attestation/test-result/v0.1";

// "These runs are those that I kept": subject `manifest.json` of each run id.
Statement run_seal(const std::vector<std::string>& run_ids);

// "These rules were tried with this outcome": what a gate says. Configuration: the spec, the baseline, ... by digest.
struct TestResult {
    std::string result;  // PASSED, WARNED or FAILED
    std::vector<Subject> configuration;
    std::vector<std::string> passed, warned, failed;
    friend bool operator==(const TestResult&, const TestResult&) = default;
};
Statement test_result_statement(const TestResult& result, std::vector<Subject> subjects);
TestResult test_result_of(const Statement& statement);  // Error A0401 (74) when the statement is another

// The envelope, canonical JSON. Error A0402 (2): no subject, more than 10,000, or a digest that is none.
std::string sign_statement(const Statement& statement, const PrivateKey& key);

// The envelope of any payload that is meant to be a statement; sign_statement is what callers want.
std::string dsse_envelope(std::string_view payload, const PrivateKey& key);

struct SignatureCheck {
    std::vector<std::string> signers;    // ids of those of the given keys that signed it
    std::optional<Statement> statement;  // only with a signer
    std::size_t signatures = 0;          // in the envelope, of whomever
    std::vector<std::string> key_ids;    // as the envelope names them, unproven; "" where it names none
};
// Error A0401 (74): not an envelope, or signed bytes that are no statement. A signature that does not verify is no
// error: it is a signer less.
SignatureCheck verify_envelope(std::string_view envelope, std::span<const PublicKey> keys, std::string_view name);

// The bytes that a signature is of.
std::string dsse_signed_bytes(std::string_view type, std::string_view payload);

}  // namespace assay
