#include "archive/dsse.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "base/digest.hpp"
#include "base/error.hpp"
#include "made_run.hpp"
#include "support/golden.hpp"
#include "support/test_keys.hpp"

namespace assay {
namespace {

PrivateKey test_key() { return PrivateKey::from_bytes(testing::k_test_key, "key.pem"); }

const std::string k_run = sha256_hex("a run"), k_spec = sha256_hex("a spec");

TestResult result() { return {"FAILED", {{"audit.yaml", k_spec}}, {"replay", "accuracy"}, {}, {"flips.seed"}}; }

using testing::code_of;

TEST(Dsse, WhatIsSignedIsWhatIsReadBack) {
    const PublicKey key = test_key().public_key();
    for (const Statement& statement : {run_seal({k_run, k_spec}), test_result_statement(result(), {{"gate", k_run}})}) {
        const SignatureCheck verified = verify_envelope(sign_statement(statement, test_key()), {&key, 1}, "x");
        EXPECT_EQ(verified.signers, std::vector<std::string>{key.id()});
        ASSERT_TRUE(verified.statement);
        EXPECT_EQ(*verified.statement, statement);
    }
    EXPECT_EQ(test_result_of(test_result_statement(result(), {{"gate", k_run}})), result());
    EXPECT_EQ(code_of([] { test_result_of(run_seal({k_run})); }), "A0401");
}

// The example of the DSSE protocol: PAE("http://example.com/HelloWorld", "hello world").
TEST(Dsse, SignsTheBytesOfTheProtocol) {
    EXPECT_EQ(dsse_signed_bytes("http://example.com/HelloWorld", "hello world"),
              "DSSEv1 29 http://example.com/HelloWorld 11 hello world");
}

// RFC 8032, 7.1, test 2: secret, public and signature of the message 72.
TEST(Dsse, IsEd25519) {
    const std::string pem =
        "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIEzNCJso/5banbbDRuwRTg9bijGfNau"
        "mJNqM9u1PuKb7\n-----END PRIVATE KEY-----\n";
    const std::string signature = PrivateKey::from_bytes(pem, "rfc").sign("\x72");
    EXPECT_EQ(to_hex({reinterpret_cast<const std::uint8_t*>(signature.data()), signature.size()}),
              "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
              "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
}

TEST(Dsse, Goldens) {
    testing::expect_golden(sign_statement(run_seal({k_run}), test_key()), "archive/run_seal.dsse.json");
}
TEST(Dsse, GoldenOfATestResult) {
    testing::expect_golden(sign_statement(test_result_statement(result(), {{"gate", k_run}}), test_key()),
                           "archive/test_result.dsse.json");
}
TEST(Dsse, GoldenOfTheKey) { testing::expect_golden(test_key().public_key().pem(), "archive/key.pub.pem"); }

TEST(Dsse, EveryFlippedBitIsNoticed) {
    const PublicKey key = test_key().public_key();
    const Statement statement = run_seal({k_run});
    const std::string good = sign_statement(statement, test_key());
    const std::size_t keyid = good.find("keyid"), keyid_end = good.find("sig\"", keyid);
    for (std::size_t bit = 0; bit < 8 * good.size(); ++bit) {
        std::string text = good;
        text[bit / 8] = static_cast<char>(text[bit / 8] ^ static_cast<char>(1U << bit % 8));
        try {
            const SignatureCheck verified = verify_envelope(text, {&key, 1}, "x");
            const bool hint = bit / 8 >= keyid && bit / 8 < keyid_end;
            EXPECT_TRUE(verified.signers.empty() || hint) << text;
            if (!verified.signers.empty()) {
                EXPECT_EQ(*verified.statement, statement);
            }
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), "A0401");
        }
    }
    for (std::size_t size = 0; size < good.size(); ++size)
        EXPECT_EQ(code_of([&] { verify_envelope(good.substr(0, size), {&key, 1}, "x"); }), "A0401");
}

TEST(Dsse, AnotherKeyIsNoSigner) {
    const std::string pem =
        "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIEzNCJso/5banbbDRuwRTg9bijGfNau"
        "mJNqM9u1PuKb7\n-----END PRIVATE KEY-----\n";
    const PublicKey other = PrivateKey::from_bytes(pem, "other").public_key();
    const std::string envelope = sign_statement(run_seal({k_run}), test_key());
    const SignatureCheck verified = verify_envelope(envelope, {&other, 1}, "x");
    EXPECT_TRUE(verified.signers.empty());
    EXPECT_FALSE(verified.statement) << "nothing is parsed that nobody signed";
    EXPECT_EQ(verified.signatures, 1U);
    const PublicKey both[] = {other, test_key().public_key()};
    EXPECT_EQ(verify_envelope(envelope, both, "x").signers, std::vector<std::string>{both[1].id()});
    EXPECT_TRUE(verify_envelope(envelope, {}, "x").signers.empty());
}

// Signed, and no statement of ours all the same.
TEST(Dsse, SignedNonsenseIsRefused) {
    const PublicKey key = test_key().public_key();
    const auto envelope = [](const std::string& payload) { return dsse_envelope(payload, test_key()); };
    const std::string head = R"({"_type":"https://in-toto.io/Statement/v1","predicateType":"p","predicate":)";
    const std::string subject = R"("subject":[{"name":"m","digest":{"sha256":")" + k_run + R"("}}])";
    const std::string good = head + "{}," + subject + "}";
    EXPECT_EQ(verify_envelope(envelope(good), {&key, 1}, "x").signers.size(), 1U);
    const std::string rows[] = {
        envelope(""),
        envelope("[]"),
        envelope(head + "{}}"),
        envelope(head + "1," + subject + "}"),
        envelope(head + R"({},"subject":[]})"),
        envelope(head + R"({},"subject":[{"name":"m","digest":{"sha256":"12"}}]})"),
        envelope(R"({"_type":"https://in-toto.io/Statement/v2","predicateType":"p","predicate":{},)" + subject + "}"),
    };
    for (const std::string& row : rows)
        EXPECT_EQ(code_of([&] { verify_envelope(row, {&key, 1}, "x"); }), "A0401") << row;
}

TEST(Dsse, KeysThatAreNoneAreRefusedWithoutAQuestion) {
    for (const std::string& pem : {std::string(), std::string("hello"), testing::k_encrypted_key, testing::k_p256_key,
                                   test_key().public_key().pem(), std::string(100'000, 'a')})
        EXPECT_EQ(code_of([&] { PrivateKey::from_bytes(pem, "key.pem"); }), "A0403");
    EXPECT_EQ(code_of([&] { PublicKey::from_bytes(testing::k_test_key, "key.pem"); }), "A0403");
    EXPECT_EQ(PublicKey::from_bytes(test_key().public_key().pem(), "x").id(), test_key().public_key().id());
}

TEST(Dsse, OnlyDigestsAreSigned) {
    EXPECT_EQ(code_of([] { sign_statement(run_seal({}), test_key()); }), "A0402");
    EXPECT_EQ(code_of([] { sign_statement(run_seal({"abc"}), test_key()); }), "A0402");
    EXPECT_EQ(code_of([] { sign_statement(run_seal(std::vector<std::string>(10'001, k_run)), test_key()); }), "A0402");
}

}  // namespace
}  // namespace assay
