#include "archive/dsse.hpp"
#include "archive/ssh_signature.hpp"
#include "fuzz/fuzz.hpp"
#include "support/test_keys.hpp"

// An input that begins with 'P' is a payload that is signed here, since no mutation makes a signature.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const assay::PrivateKey secret = assay::PrivateKey::from_bytes(assay::testing::k_test_key, "fuzz");
    static const assay::PublicKey key = secret.public_key();
    const std::string input(assay::fuzz::text_of(data, size));
    assay::fuzz::read_or_refuse(
        "A0401", [&] { return assay::verify_ssh_signature(assay::parse_ssh_signature(input, "fuzz"), "message"); });
    const std::string envelope = input.starts_with("P") ? assay::dsse_envelope(input.substr(1), secret) : input;
    const auto verified = assay::fuzz::read_or_refuse("A0401", [&] {
        return assay::verify_envelope(envelope, {&key, 1}, "fuzz");
    });
    if (!verified) return 0;
    ASSAY_CHECK(verified->statement.has_value() == !verified->signers.empty());
    if (!verified->statement) return 0;
    const assay::Statement& statement = *verified->statement;
    const auto again = assay::verify_envelope(assay::sign_statement(statement, secret), {&key, 1}, "fuzz");
    ASSAY_CHECK(again.statement == statement);
    assay::fuzz::read_or_refuse("A0401", [&] { return assay::test_result_of(statement); });
    return 0;
}
