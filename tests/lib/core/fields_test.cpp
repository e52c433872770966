#include "core/fields.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace assay {
namespace {

template <class Read>
std::string code_of(Read read) {
    try {
        read();
    } catch (const Error& error) {
        return error.code();
    }
    return "";
}

TEST(Fields, CountsFitAnInt) {
    EXPECT_EQ(count_from_json(0), 0);
    EXPECT_EQ(count_from_json(2147483647.0), 2147483647);
    for (const Json& json : {Json(-1), Json(2147483648.0), Json(1.5), Json("1"), Json()}) {
        EXPECT_EQ(code_of([&] { count_from_json(json); }), "J0002") << canonical_json(json);
    }
}

TEST(Fields, SizesCanBeWrittenAgain) {
    EXPECT_EQ(size_from_json(9007199254740991.0), 9007199254740991U);
    for (const Json& json : {Json(-1), Json(9007199254740992.0), Json("1")}) {
        EXPECT_EQ(code_of([&] { size_from_json(json); }), "J0002") << canonical_json(json);
    }
}

TEST(Fields, SeedsAreDecimalStrings) {
    EXPECT_EQ(seed_from_json("18446744073709551615"), 18446744073709551615ULL);
    for (const Json& json : {Json(1), Json(""), Json("-1"), Json("1 "), Json("0x1"), Json("18446744073709551616")}) {
        EXPECT_EQ(code_of([&] { seed_from_json(json); }), "J0002") << canonical_json(json);
    }
}

TEST(Fields, ObjectsAreObjects) {
    EXPECT_EQ(object_from_json(Json::Object{}), Json(Json::Object{}));
    EXPECT_EQ(code_of([] { object_from_json(Json()); }), "J0002");
    EXPECT_EQ(code_of([] { object_from_json(Json(Json::Array{})); }), "J0002");
}

}  // namespace
}  // namespace assay
