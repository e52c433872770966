#include "torch/dataset.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

#include <functional>

#include "base/error.hpp"
#include "base/file.hpp"
#include "support/variable.hpp"

namespace assay {
namespace {
namespace fs = std::filesystem;

const std::string k_images = "train-images-idx3-ubyte", k_labels = "train-labels-idx1-ubyte";

std::string word(std::size_t value) {
    std::string bytes;
    for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift & 0xff);
    return bytes;
}
std::string images_file(std::size_t count) {
    std::string pixels;
    for (std::size_t i = 0; i < count * k_pixels; ++i) pixels += static_cast<char>(i * 7 % 256);
    return word(0x803) + word(count) + word(28) + word(28) + pixels;
}
std::string labels_file(const std::string& labels) { return word(0x801) + word(labels.size()) + labels; }

std::string zipped(const std::string& bytes, const fs::path& scratch) {
    const gzFile file = ::gzopen((scratch / "zipped").c_str(), "wb");
    ::gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size()));
    ::gzclose(file);
    std::string out = read_file(scratch / "zipped");
    fs::remove(scratch / "zipped");
    return out;
}

void write_good_folder(const fs::path& folder) {
    write_file_atomic(folder / k_images, images_file(3));
    write_file_atomic(folder / k_labels, labels_file({0, 9, 5}));
}

TEST(ReadIdx, ReadsPlainAndZippedFilesAlike) {
    const TemporaryDirectory plain, packed;
    write_good_folder(plain.path());
    write_file_atomic(packed.path() / (k_images + ".gz"), zipped(images_file(3), packed.path()));
    write_file_atomic(packed.path() / (k_labels + ".gz"), zipped(labels_file({0, 9, 5}), packed.path()));
    const Images images = read_idx(plain.path(), "train"), same = read_idx(packed.path(), "train");
    EXPECT_EQ(images.labels, (std::vector<std::int64_t>{0, 9, 5}));
    ASSERT_EQ(images.pixels.size(), 3 * k_pixels);
    for (const std::size_t i : {0U, 1U, 783U, 784U, 2351U})
        EXPECT_EQ(images.pixels[i], static_cast<float>(i * 7 % 256) / 255.0F);
    EXPECT_EQ(images.pixels, same.pixels);
    EXPECT_EQ(images.labels, same.labels);
}

// The counts that fixtures/mnist/README.md states.
TEST(ReadIdx, ReadsTheDigitsThatComeWithIt) {
    const fs::path folder = fs::path(ASSAY_SOURCE_DIR) / "fixtures" / "mnist";
    EXPECT_EQ(read_idx(folder, "train").size(), 8000U);
    EXPECT_EQ(read_idx(folder, "t10k").size(), 2000U);
}

TEST(ReadIdx, NamesTheDamagedFileAndTheDamage) {
    struct Row {
        std::string title, file, message;  // the file that must be named, and what of it
        std::function<void(const fs::path&)> damage;
    };
    const auto rewrite = [](const std::string& name, const std::string& bytes) {
        return [=](const fs::path& folder) { write_file_atomic(folder / name, bytes); };
    };
    const auto replace_by_zip = [](const std::string& name, const std::function<std::string(std::string)>& change) {
        return [=](const fs::path& folder) {
            const std::string packed = zipped(read_file(folder / name), folder);
            fs::remove(folder / name);
            write_file_atomic(folder / (name + ".gz"), change(packed));
        };
    };
    const std::string good = images_file(3);
    const Row rows[] = {
        {"no images", k_images + ".gz", "there is no such file", [](auto& f) { fs::remove(f / k_images); }},
        {"no labels", k_labels + ".gz", "there is no such file", [](auto& f) { fs::remove(f / k_labels); }},
        {"a folder", k_images, "", [](auto& f) { fs::remove(f / k_images), fs::create_directory(f / k_images); }},
        {"empty", k_images, "is not an IDX file of the expected kind", rewrite(k_images, "")},
        {"half a header", k_images, "is not an IDX file of the expected kind", rewrite(k_images, good.substr(0, 15))},
        {"labels as images", k_images, "is not an IDX file of the expected kind",
         rewrite(k_images, labels_file(std::string(20, 1)))},
        {"images as labels", k_labels, "is not an IDX file of the expected kind", rewrite(k_labels, good)},
        {"text", k_labels, "is not an IDX file of the expected kind", rewrite(k_labels, "<html>404</html>")},
        {"cut off", k_images, "holds 2351 bytes after its header; 3 items need 2352",
         rewrite(k_images, good.substr(0, good.size() - 1))},
        {"too long", k_images, "holds 2353 bytes after its header; 3 items need 2352", rewrite(k_images, good + "x")},
        {"a huge count", k_images, "4294967295 items need",
         rewrite(k_images, word(0x803) + "\xff\xff\xff\xff" + good.substr(8))},
        {"32 x 32", k_images, "images are not 28 x 28",
         rewrite(k_images, word(0x803) + word(1) + word(32) + word(32) + std::string(1024, 0))},
        {"a label less", k_labels, "2 labels for 3 images", rewrite(k_labels, labels_file({1, 2}))},
        {"label 10", k_labels, "a label outside 0 to 9", rewrite(k_labels, labels_file({1, 10, 2}))},
        {"label 200", k_labels, "a label outside 0 to 9", rewrite(k_labels, labels_file({1, '\xc8', 2}))},
        {"half a zip", k_images + ".gz", "is damaged or cut off",
         replace_by_zip(k_images, [](const std::string& zip) { return zip.substr(0, zip.size() / 2); })},
        {"a zip without its sum", k_labels + ".gz", "is damaged or cut off",
         replace_by_zip(k_labels, [](const std::string& zip) { return zip.substr(0, zip.size() - 8); })},
        {"a flipped bit", k_labels + ".gz", "is damaged or cut off",
         replace_by_zip(k_labels,
                        [](std::string zip) {
                            zip[zip.size() - 6] = static_cast<char>(zip[zip.size() - 6] ^ 1);  // in the CRC
                            return zip;
                        })},
    };
    for (const Row& row : rows) {
        const TemporaryDirectory folder;
        write_good_folder(folder.path());
        ASSERT_NO_THROW(read_idx(folder.path(), "train"));
        row.damage(folder.path());
        try {
            read_idx(folder.path(), "train");
            ADD_FAILURE() << row.title << ": nothing was noticed";
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), "T0101") << row.title;
            EXPECT_EQ(error.exit(), Exit::unreadable) << row.title;
            const std::string text = error.what();
            EXPECT_TRUE(text.starts_with((folder.path() / row.file).string() + ": ")) << row.title << ": " << text;
            EXPECT_NE(text.find(row.message), std::string::npos) << row.title << ": " << text;
        }
    }
}

// Persisted: audits of synthetic28 are made from these numbers. The first labels are the first draws below 10 of the
// stream "synthetic28.train", seed 1.
TEST(MadeImages, AreTheSameWhereverAndHoweverMany) {
    const Images few = made_images(20, "train"), many = made_images(40, "train"), other = made_images(20, "eval");
    EXPECT_TRUE(std::equal(few.pixels.begin(), few.pixels.end(), many.pixels.begin()));
    EXPECT_TRUE(std::equal(few.labels.begin(), few.labels.end(), many.labels.begin()));
    EXPECT_NE(few.pixels, other.pixels);
    ASSERT_EQ(many.size(), 40U);
    EXPECT_EQ(many.pixels.size(), 40 * k_pixels);
    for (const float pixel : many.pixels) EXPECT_TRUE(pixel >= 0 && pixel <= 1);
    for (const std::int64_t label : many.labels) EXPECT_TRUE(label >= 0 && label < 10);
}

TEST(DataFolder, IsTheOneThatAssayDataNames) {
    {
        const testing::Variable data("ASSAY_DATA", "/some/where");
        EXPECT_EQ(data_folder(), "/some/where");
    }
    const testing::Variable data("ASSAY_DATA", "");  // set but empty: as if it were not
    EXPECT_TRUE(fs::exists(data_folder() / "train-images-idx3-ubyte.gz")) << data_folder();
}

}  // namespace
}  // namespace assay
