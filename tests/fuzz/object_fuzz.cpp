#include "archive/object.hpp"
#include "fuzz/fuzz.hpp"
#include "lib/archive/made_tensors.hpp"

namespace {

// A mutation of an object dies at its digest. So an input may also begin with 'F' and list frames, each after its
// stored length (2 bytes) and the content length that the table shall claim (3 bytes); trailers are made for them.
std::string object_of(std::string_view input) {
    if (!input.starts_with("F")) return std::string(input);
    input.remove_prefix(1);
    std::vector<assay::testing::MadeFrame> frames;
    const auto number = [&](std::size_t width) {
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < width; ++i) value |= std::uint64_t{static_cast<unsigned char>(input[i])} << (8 * i);
        input.remove_prefix(width);
        return value;
    };
    while (input.size() >= 5 && frames.size() < 8) {
        const std::uint64_t stored = number(2), content = number(3);
        frames.push_back({std::string(input.substr(0, stored)), content});
        input.remove_prefix(std::min<std::size_t>(stored, input.size()));
    }
    return assay::testing::made_object(frames);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string object = object_of(assay::fuzz::text_of(data, size));
    const auto content = assay::fuzz::read_or_refuse(
        "A020", [&] { return assay::decode_object(object, "fuzz", {}, std::uint64_t{16} << 20); });
    if (!content) return 0;
    assay::ObjectReader reader("fuzz", object.size(), [&](std::uint64_t offset, std::span<char> into) {
        ASSAY_CHECK(offset <= object.size() && into.size() <= object.size() - offset);
        object.copy(into.data(), into.size(), offset);
    });
    ASSAY_CHECK(reader.content_bytes() == content->size());
    const std::size_t begin = content->size() / 3, part = std::min<std::size_t>(content->size() - begin, 100);
    std::string some(part, '\0');
    reader.read(begin, some);
    ASSAY_CHECK(some == content->substr(begin, part));
    return 0;
}
