#include "archive/manifest_scan.hpp"

#include <gtest/gtest.h>

#include <array>

#include "base/json.hpp"
#include "base/random.hpp"

namespace assay {
namespace {

std::string found(std::string_view object, std::string_view key) {
    SoughtMember member{key};
    find_members(object, {&member, 1});
    return std::string(member.value);
}

TEST(ManifestScan, FindsWhatAParserFinds) {
    const std::string text = canonical_json(parse_json(
        R"({"a": {"b": [1, {"d": "]}"}], "c": "x"}, "b": "quote \" and \\", "c": [], "d": -1.5e3, "e": "plain", "f": {}})",
        "test"));
    const std::pair<const char*, const char*> rows[] = {{"a", R"({"b":[1,{"d":"]}"}],"c":"x"})"},
                                                        {"b", R"("quote \" and \\")"},
                                                        {"c", "[]"},
                                                        {"d", "-1500"},
                                                        {"e", R"("plain")"},
                                                        {"f", "{}"},
                                                        {"g", ""},
                                                        {"", ""},
                                                        {"ab", ""}};
    for (const auto& [key, value] : rows) EXPECT_EQ(found(text, key), value) << key;
    EXPECT_EQ(text_in(text, "e"), "plain");
    EXPECT_EQ(text_in(text, "b"), "") << "escapes are for a parser";
    EXPECT_EQ(text_in(text, "d"), "") << "no string";
}

TEST(ManifestScan, OneThatIsMissingHidesNoOther) {
    std::array<SoughtMember, 4> sought = {{{"a"}, {"b"}, {"c"}, {"z"}}};
    find_members(R"({"a":1,"c":"x"})", sought);
    EXPECT_EQ(sought[0].value, "1");
    EXPECT_EQ(sought[1].value, "");
    EXPECT_EQ(sought[2].value, R"("x")");
    EXPECT_EQ(sought[3].value, "");
}

// Of bytes that are no canonical JSON nothing is promised but that reading ends, inside them.
TEST(ManifestScan, EveryPrefixAndEveryDamagedByteEnds) {
    const std::string text = R"({"a":{"b":["\\\"",{}]},"result":{"state":"completed"},"z":"\\"})";
    Random random(1, "manifest_scan");
    for (std::size_t i = 0; i <= text.size(); ++i) {
        std::string damaged = text;
        if (i < text.size()) damaged[i] = "\"\\{}[],:x"[random.next() % 9];
        for (const std::string& bytes : {text.substr(0, i), damaged}) {
            const std::string copy(bytes.data(), bytes.size());  // the sanitizer sees a byte behind its end
            EXPECT_LE(found(copy, "result").size(), copy.size());
            EXPECT_LE(text_in(copy, "z").size(), copy.size());
        }
    }
}

}  // namespace
}  // namespace assay
