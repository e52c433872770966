#include "fingerprint/compare.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "base/file.hpp"

namespace assay {
namespace {

Fingerprint fields(std::vector<FingerprintField> list) {
    Fingerprint f;
    for (FingerprintField& field : list) set_field(f, std::move(field));
    return f;
}

TEST(Compare, OnlyWhatDiffers) {
    const Fingerprint a = fields({{"blas.core", FieldClass::behaviour, "Haswell"},
                                  {"cpu.model", FieldClass::identity, "A"},
                                  {"os.kernel", FieldClass::context, "1"},
                                  {"os.libc", FieldClass::identity, "2.36"}});
    const Fingerprint b = fields({{"blas.core", FieldClass::behaviour, "Zen"},
                                  {"blas.threads", FieldClass::behaviour, 2},
                                  {"cpu.model", FieldClass::identity, "A"},
                                  {"os.kernel", FieldClass::context, "2"}});
    const EnvironmentComparison c = compare_environments(a, b);
    EXPECT_EQ(c.fields, 5U);
    EXPECT_FALSE(c.same_counted);
    ASSERT_EQ(c.differences.size(), 4U);
    EXPECT_EQ(c.differences[0].name, "blas.core");
    EXPECT_EQ(c.differences[0].a, Json("Haswell"));
    EXPECT_EQ(c.differences[0].b, Json("Zen"));
    EXPECT_EQ(c.differences[1].name, "blas.threads");
    EXPECT_FALSE(c.differences[1].a) << "not recorded, which is no value";
    EXPECT_EQ(c.differences[2].name, "os.kernel");
    EXPECT_EQ(c.differences[3].name, "os.libc");
    EXPECT_FALSE(c.differences[3].b);
    EXPECT_TRUE(compare_environments(a, a).differences.empty());
}

TEST(Compare, ContextAloneLeavesTwoEnvironmentsTheSame) {
    const Fingerprint a = fields({{"os.kernel", FieldClass::context, "1"}});
    EXPECT_TRUE(compare_environments(a, fields({{"os.kernel", FieldClass::context, "2"}})).same_counted);
    EXPECT_TRUE(compare_environments(a, {}).same_counted);
    // Where the sides do not agree on the class, the one that counts counts.
    EXPECT_FALSE(compare_environments(a, fields({{"os.kernel", FieldClass::identity, "2"}})).same_counted);
    EXPECT_FALSE(compare_environments(fields({{"os.kernel", FieldClass::identity, "2"}}), a).same_counted);
}

TEST(Compare, SeedsByStream) {
    const SeedFingerprint init{"init", 1, "g", "d"}, shuffle{"shuffle", 2, "g", "e"};
    EXPECT_TRUE(compare_seeds({init, shuffle}, {init, shuffle}).empty());
    SeedFingerprint drawn = init;
    drawn.draws_sha256 = "other";
    const auto differences = compare_seeds({init, shuffle}, {drawn});
    ASSERT_EQ(differences.size(), 2U);
    EXPECT_EQ(differences[0].stream, "init") << "the same seed that draws other numbers is another";
    EXPECT_FALSE(differences[1].b);
}

template <class T>
TensorView view(const std::string& name, const std::string& dtype, const std::vector<T>& values) {
    return {name, dtype, {values.size()}, {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)}};
}
WeightFile file_of(std::vector<TensorView> tensors) {
    WeightFile file;
    file.container = "npz";
    file.tensors = std::move(tensors);
    return file;
}

TEST(Compare, HowFarTensorsAreApart) {
    const float nan = std::nanf(""), infinity = INFINITY;
    const std::vector<float> a = {1, 2, 3, nan, nan, infinity, 0}, b = {1, 2.5, 2, 0, nan, 1, -0.0F};
    const WeightsComparison c = compare_weights(file_of({view("w", "F32", a)}), file_of({view("w", "F32", b)}));
    EXPECT_FALSE(c.same);
    ASSERT_EQ(c.differences.size(), 1U);
    const TensorDifference& d = c.differences[0];
    EXPECT_EQ(d.change, TensorChange::values);
    EXPECT_EQ(d.elements, 7U);
    EXPECT_EQ(d.different, 5U) << "2, 3, NaN to 0, infinity to 1, 0 to -0";
    EXPECT_EQ(d.max_abs, 1.0);
    EXPECT_EQ(d.nan_on_one_side, 1U);
    EXPECT_TRUE(d.infinite);
    EXPECT_EQ(largest_difference(c), 1.0);
    EXPECT_TRUE(compare_weights(file_of({view("w", "F32", a)}), file_of({view("w", "F32", a)})).same);
}

TEST(Compare, NumbersThatCannotBeReadAreCountedOnly) {
    const std::vector<char> a = {1, 2}, b = {1, 3};
    const WeightsComparison c = compare_weights(file_of({view("w", "F8_E4M3", a)}), file_of({view("w", "F8_E4M3", b)}));
    ASSERT_EQ(c.differences.size(), 1U);
    EXPECT_EQ(c.differences[0].different, 1U);
    EXPECT_FALSE(c.differences[0].max_abs) << "unknown is not 0";
}

TEST(Compare, TensorsOfOneSideAndOtherKinds) {
    const std::vector<float> two = {1, 2}, three = {1, 2, 3};
    const std::vector<std::int32_t> integers = {1, 2};
    const WeightsComparison c =
        compare_weights(file_of({view("a", "F32", two), view("b", "F32", two), view("c", "F32", two)}),
                        file_of({view("b", "F32", three), view("c", "I32", integers), view("d", "F32", two)}));
    EXPECT_EQ(c.tensors, 4U);
    ASSERT_EQ(c.differences.size(), 4U);
    EXPECT_EQ(c.differences[0].change, TensorChange::only_a);
    EXPECT_EQ(c.differences[1].change, TensorChange::shape);
    EXPECT_EQ(c.differences[1].a, "[2]");
    EXPECT_EQ(c.differences[1].b, "[3]");
    EXPECT_EQ(c.differences[2].change, TensorChange::dtype);
    EXPECT_EQ(c.differences[3].change, TensorChange::only_b);
    EXPECT_FALSE(largest_difference(c));
}

TEST(Compare, TablesTellWhichButNotHowFar) {
    const TensorDigest a{"w", "F32", {2}, "aa"}, b{"w", "F32", {2}, "bb"}, v{"v", "F32", {2}, "aa"};
    const WeightsComparison c = compare_tables({a, v}, {v, b});
    ASSERT_EQ(c.differences.size(), 1U);
    EXPECT_EQ(c.differences[0].name, "w");
    EXPECT_FALSE(largest_difference(c));
    EXPECT_TRUE(compare_tables({a, v}, {v, a}).same) << "in any order";
}

TEST(Compare, FilesThatAreNotOpenedByTheirBytes) {
    WeightFile a = read_weights("one", "a.pt"), b = read_weights("two", "b.pt"), c = read_weights("one", "c.pt");
    EXPECT_FALSE(compare_weights(a, b).same);
    EXPECT_TRUE(compare_weights(a, c).same);
}

}  // namespace
}  // namespace assay
