#include "core/fingerprint.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace assay {
namespace {

Fingerprint example() {
    Fingerprint f;
    set_field(f, {"os.libc", FieldClass::identity, "glibc 2.36"});
    set_field(f, {"blas.threads", FieldClass::behaviour, 2});
    set_field(f, {"os.kernel", FieldClass::context, "Linux 6.1"});
    set_field(f, {"float.flush_to_zero", FieldClass::behaviour, true});
    f.seeds = {{"init", 18446744073709551615U, "g", std::string(64, 'a')}, {"shuffle", 2, "g", std::string(64, 'b')}};
    f.trace = TraceFingerprint{"first", 17, std::string(32, 'c'), std::string(32, 'd')};
    return f;
}

TEST(Fingerprint, ReadsBackWhatItWrites) {
    const Json json = fingerprint_json(example());
    EXPECT_EQ(fingerprint_from_json(json), example());
    EXPECT_EQ(fingerprint_from_json(parse_json(pretty_json(json), "t")), example());
}

// printf '%s' '[["blas.threads",2],["float.flush_to_zero",true],["os.libc","glibc 2.36"]]' | sha256sum
TEST(Fingerprint, ItsIdIsTheDigestOfWhatCounts) {
    EXPECT_EQ(environment_id(example()), "dd74d4a5534979a6fdd7db5f07a29918fdc7233f3c27a03baf41af3ff517bb2b");
}

TEST(Fingerprint, ContextChangesNoDigest) {
    Fingerprint other = example();
    set_field(other, {"os.kernel", FieldClass::context, "Linux 6.12"});
    EXPECT_EQ(environment_id(other), environment_id(example()));
    EXPECT_EQ(fingerprint_json(other).at("groups"), fingerprint_json(example()).at("groups"));
    set_field(other, {"blas.threads", FieldClass::behaviour, 4});
    EXPECT_NE(environment_id(other), environment_id(example()));
    const Json before = fingerprint_json(example()), after = fingerprint_json(other);
    EXPECT_NE(after.at("groups").at("blas"), before.at("groups").at("blas"));
    EXPECT_EQ(after.at("groups").at("os"), before.at("groups").at("os")) << "a group's digest is its own";
}

TEST(Fingerprint, FieldsStandInOrderAndOnce) {
    Fingerprint f = example();
    set_field(f, {"blas.threads", FieldClass::behaviour, 3});
    ASSERT_EQ(f.fields.size(), 4U);
    EXPECT_EQ(f.fields[0].name, "blas.threads");
    EXPECT_EQ(f.fields[0].value, Json(3));
    EXPECT_EQ(f.fields[0].group(), "blas");
    EXPECT_EQ(find_field(f, "os.libc")->value, Json("glibc 2.36"));
    EXPECT_EQ(find_field(f, "os.lib"), nullptr);
}

TEST(Fingerprint, TakesVersionsThatATrainerReports) {
    Fingerprint f;
    add_reported_versions(f, parse_json(R"({"python":"3.11.2","numpy":"1.24\n.2","cuda":12,"beta":0.5,"deep":{"a":1},
                                            "none":null})",
                                        "versions.json"));
    ASSERT_EQ(f.fields.size(), 4U) << "scalars only";
    EXPECT_EQ(find_field(f, "reported.beta")->value, Json("0.5"));
    EXPECT_EQ(find_field(f, "reported.cuda")->value, Json(12));
    EXPECT_EQ(find_field(f, "reported.numpy")->value, Json("1.24 .2")) << "one line";
    EXPECT_EQ(find_field(f, "reported.python")->stability, FieldClass::identity);
    add_reported_versions(f, Json());
    EXPECT_EQ(f.fields.size(), 4U);
}

TEST(Fingerprint, RefusesAnEditedOrDamagedDocument) {
    const std::string good = canonical_json(fingerprint_json(example()));
    const auto with = [&](const std::string& from, const std::string& to) {
        std::string text = good;
        const std::size_t at = text.find(from);
        EXPECT_NE(at, std::string::npos) << from;
        return text.replace(at, from.size(), to);
    };
    const std::pair<std::string, std::string> rows[] = {
        {with("glibc 2.36", "glibc 2.37"), "edited or damaged"},
        {with("\"value\":2", "\"value\":3"), "edited or damaged"},
        {with("\"class\":\"context\"", "\"class\":\"identity\""), "edited or damaged"},
        {with("\"class\":\"context\"", "\"class\":\"contxt\""), "unknown class 'contxt'"},
        {with("\"value\":2", "\"value\":2.5"), "the value of blas.threads"},
        {with("\"value\":2", "\"value\":[2]"), "the value of blas.threads"},
        {with("os.kernel", "oskernel"), "a field called 'oskernel'"},
        {with("os.kernel", "os.kern\\u0007"), "a field called"},
        {with("os.kernel", "blas.z"), "not in its place"},
        {with("os.kernel", "os.libc"), "not in its place"},
        {with("fingerprint/1", "fingerprint/2"), "another schema"},
        {with("\"kind\":\"environment\"", "\"kind\":\"weights\""), "its kind"},
        {with("\"stream\":\"shuffle\"", "\"stream\":\"init\""), "streams out of order"},
        {with(std::string(64, 'a'), std::string(63, 'a')), "a digest of the stream"},
        {with(std::string(32, 'd'), std::string(32, 'X')), "a digest of a trace"},
        {with("\"operations\":17", "\"operations\":-1"), "a size, 0 or more"},
        {"[]", "expected"},
        {"{}", "schema"},
    };
    for (const auto& [text, expected] : rows) {
        try {
            fingerprint_from_json(parse_json(text, "t"));
            ADD_FAILURE() << "accepted: " << text;
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), "E0201");
            EXPECT_EQ(error.exit(), Exit::unreadable);
            EXPECT_NE(std::string(error.what()).find(expected), std::string::npos) << error.what() << " | " << expected;
        }
    }
}

}  // namespace
}  // namespace assay
