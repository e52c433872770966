#include "archive/dsse.hpp"

#include <algorithm>

#include "archive/base64.hpp"
#include "base/digest.hpp"
#include "base/error.hpp"

namespace assay {
namespace {

constexpr std::string_view k_payload_type = "application/vnd.in-toto+json";
constexpr std::string_view k_statement_type = "https://in-toto.io/Statement/v1";
constexpr std::size_t k_envelope_limit = 16U << 20, k_subject_limit = 10'000, k_signature_limit = 64;

[[noreturn]] void fail(std::string_view name, const std::string& what) {
    throw Error("A0401", Exit::unreadable, std::string(name) + " is not a readable signature: " + what);
}

Json subjects_json(const std::vector<Subject>& subjects) {
    Json::Array rows;
    for (const Subject& subject : subjects)
        rows.push_back(Json::Object{{"digest", Json::Object{{"sha256", subject.sha256}}}, {"name", subject.name}});
    return rows;
}

std::vector<Subject> subjects_from(const Json& json, std::string_view name) {
    std::vector<Subject> subjects;
    for (const Json& row : json.as_array()) {
        subjects.push_back({row.at("name").as_string(), row.at("digest").at("sha256").as_string()});
        if (!is_sha256_hex(subjects.back().sha256)) fail(name, "a subject's digest is not a SHA-256");
    }
    return subjects;
}

Statement statement_from(std::string_view payload, std::string_view name) {
    const Json json = parse_json(payload, name, {.bytes = k_envelope_limit, .values = 1'000'000});
    if (json.at("_type").as_string() != k_statement_type) fail(name, "its payload is not an in-toto statement v1");
    Statement statement{subjects_from(json.at("subject"), name), json.at("predicateType").as_string(),
                        json.at("predicate")};
    if (statement.subjects.empty() || statement.subjects.size() > k_subject_limit)
        fail(name, std::to_string(statement.subjects.size()) + " subjects; expected 1 to 10,000");
    if (!statement.predicate.is_object()) fail(name, "its predicate is not an object");
    return statement;
}

Json texts_json(const std::vector<std::string>& texts) { return Json::Array(texts.begin(), texts.end()); }

std::vector<std::string> texts_from(const Json& predicate, std::string_view key) {
    std::vector<std::string> texts;
    if (const Json* found = predicate.find(key))
        for (const Json& text : found->as_array()) texts.push_back(text.as_string());
    return texts;
}

SignatureCheck verify(std::string_view envelope, std::span<const PublicKey> keys, std::string_view name) {
    const Json json = parse_json(envelope, name, {.bytes = k_envelope_limit, .values = 10'000});
    const std::string& type = json.at("payloadType").as_string();
    const auto payload = from_base64(json.at("payload").as_string());
    if (!payload) fail(name, "its payload is not base64");
    const Json::Array& signatures = json.at("signatures").as_array();
    if (signatures.empty() || signatures.size() > k_signature_limit)
        fail(name, std::to_string(signatures.size()) + " signatures; expected 1 to 64");
    const std::string signed_bytes = dsse_signed_bytes(type, *payload);
    SignatureCheck result;
    result.signatures = signatures.size();
    for (const Json& entry : signatures) {
        const auto signature = from_base64(entry.at("sig").as_string());
        if (!signature) fail(name, "a signature is not base64");
        const Json* const key_id = entry.find("keyid");
        result.key_ids.push_back(key_id != nullptr && key_id->is_string() ? key_id->as_string() : "");
        for (const PublicKey& key : keys)
            if (key.verify(signed_bytes, *signature)) result.signers.push_back(key.id());
    }
    std::sort(result.signers.begin(), result.signers.end());
    result.signers.erase(std::unique(result.signers.begin(), result.signers.end()), result.signers.end());
    if (result.signers.empty()) return result;
    if (type != k_payload_type) fail(name, "it signs '" + type + "', not an in-toto statement");
    result.statement = statement_from(*payload, name);
    return result;
}

}  // namespace

Statement run_seal(const std::vector<std::string>& run_ids) {
    Statement statement{{}, std::string(k_run_seal_type), Json::Object{{"format", "assay-run/1"}}};
    for (const std::string& id : run_ids) statement.subjects.push_back({"manifest.json", id});
    return statement;
}

Statement test_result_statement(const TestResult& result, std::vector<Subject> subjects) {
    return {std::move(subjects), std::string(k_test_result_type),
            Json::Object{{"configuration", subjects_json(result.configuration)},
                         {"failedTests", texts_json(result.failed)},
                         {"passedTests", texts_json(result.passed)},
                         {"result", result.result},
                         {"warnedTests", texts_json(result.warned)}}};
}

TestResult test_result_of(const Statement& statement) {
    if (statement.predicate_type != k_test_result_type)
        fail("the statement", "a '" + statement.predicate_type + "', not a test result");
    try {
        const Json& predicate = statement.predicate;
        TestResult result{predicate.at("result").as_string(),
                          {},
                          texts_from(predicate, "passedTests"),
                          texts_from(predicate, "warnedTests"),
                          texts_from(predicate, "failedTests")};
        if (result.result != "PASSED" && result.result != "WARNED" && result.result != "FAILED")
            fail("the statement", "the result '" + result.result + "'");
        result.configuration = subjects_from(predicate.at("configuration"), "the statement");
        return result;
    } catch (const Error& error) {
        if (error.code() == "A0401") throw;
        fail("the statement", error.what());
    }
}

std::string dsse_signed_bytes(std::string_view type, std::string_view payload) {
    std::string bytes = "DSSEv1 " + std::to_string(type.size()) + ' ';
    bytes += type;
    bytes += ' ' + std::to_string(payload.size()) + ' ';
    bytes += payload;
    return bytes;
}

std::string dsse_envelope(std::string_view payload, const PrivateKey& key) {
    const Json signature = Json::Object{{"keyid", key.public_key().id()},
                                        {"sig", to_base64(key.sign(dsse_signed_bytes(k_payload_type, payload)))}};
    return canonical_json(Json::Object{
        {"payload", to_base64(payload)}, {"payloadType", k_payload_type}, {"signatures", Json::Array{signature}}});
}

std::string sign_statement(const Statement& statement, const PrivateKey& key) {
    const std::size_t n = statement.subjects.size();
    const bool digests = std::all_of(statement.subjects.begin(), statement.subjects.end(),
                                     [](const Subject& subject) { return is_sha256_hex(subject.sha256); });
    if (n == 0 || n > k_subject_limit || !digests)
        throw Error("A0402", Exit::usage, "a signature is of 1 to 10,000 digests; got " + std::to_string(n));
    const std::string payload = canonical_json(Json::Object{{"_type", k_statement_type},
                                                            {"predicate", statement.predicate},
                                                            {"predicateType", statement.predicate_type},
                                                            {"subject", subjects_json(statement.subjects)}});
    return dsse_envelope(payload, key);
}

SignatureCheck verify_envelope(std::string_view envelope, std::span<const PublicKey> keys, std::string_view name) {
    try {
        return verify(envelope, keys, name);
    } catch (const Error& error) {
        if (error.code() == "A0401") throw;
        fail(name, error.what());
    }
}

}  // namespace assay
