#include "archive/packed.hpp"

#include <algorithm>
#include <memory>

#include "archive/delta.hpp"
#include "archive/object.hpp"
#include "archive/planes.hpp"
#include "archive/planes_file.hpp"
#include "archive/planes_text.hpp"
#include "base/check.hpp"
#include "base/digest.hpp"
#include "base/error.hpp"
#include "core/safetensors.hpp"

namespace assay {
namespace {

constexpr std::size_t k_least = 1024;                   // below it a header costs more than planes save
constexpr std::size_t k_whole = std::size_t{1} << 20;   // up to here both are tried
constexpr std::size_t k_sample = std::size_t{1} << 18;  // of larger tensors

[[noreturn]] void refuse(const std::string& message) {
    throw Error("A0102", Exit::unreadable, message,
                "restore this file from a copy of the store; run the audit again to make the run anew");
}

// One code for a damaged object, whatever its reader found.
template <class Action>
auto guarded(std::string_view name, Action action) {
    try {
        return action();
    } catch (const Error& error) {
        const std::string& code = error.code();
        if (code.starts_with("A02")) refuse(error.what());
        if (code == "A0301" || code == "A0601") refuse(std::string(name) + " is damaged: " + error.what());
        throw;
    }
}

ObjectReader reader_of(const StoredObject& stored, std::optional<std::uint64_t> content_bytes = {}) {
    return {stored.name, stored.bytes.size_bytes, stored.bytes.read, content_bytes};
}

std::string content_of(const StoredObject& stored) {
    ObjectReader reader = reader_of(stored);
    reader.check_stored();
    if (reader.content_bytes() > k_object_bytes + k_planes_header_limit) refuse(stored.name + " has more than 4 GiB");
    std::string content;
    reader.read_all(content);
    return content;
}

// All of the content in pieces, from whichever form.
void each_piece(const StoredObject& stored, std::uint64_t content_bytes, const PlanesOf& base, const TakeBytes& take) {
    if (stored.form == Form::delta) {
        const std::string planes = planes_in(stored, base);
        return each_piece_of_file(memory_window(planes), content_bytes, take);
    }
    ObjectReader reader = stored.form == Form::plain ? reader_of(stored, content_bytes) : reader_of(stored);
    reader.check_stored();
    if (stored.form == Form::plain) return reader.each_frame(take);
    const Window planes{[&](std::uint64_t offset, std::span<char> into) { reader.read(offset, into); },
                        reader.content_bytes()};
    each_piece_of_file(planes, content_bytes, take);
}

void compare(const std::string& sha256, const MemberRef& content, std::string_view name) {
    if (sha256 != content.sha256) refuse(std::string(name) + " is damaged: its content does not match its name");
}

// The tensors of content that passes in pieces; content that is no file of tensors is a finding of its own, after that
// about the content.
class PassingTensors {
public:
    explicit PassingTensors(std::uint64_t content_bytes) : digests_(content_bytes) {}

    void update(std::string_view piece) {
        attempt([&] { digests_.update(piece); });
    }
    void compare(const TableRoots& tables, const std::string& name) {
        std::string root;
        attempt([&] { root = tensor_table_root(digests_.finish()); });
        if (!problem_.empty()) refuse(name + ": a manifest has a table of its tensors, but it is " + problem_);
        if (tables != TableRoots{root})
            refuse(name + ": its tensors are not those of the table that a manifest has of them");
    }

private:
    template <class Action>
    void attempt(Action action) {
        if (!problem_.empty()) return;
        try {
            action();
        } catch (const Error& error) {
            problem_ = error.what();
        }
    }
    SafetensorsDigests digests_;
    std::string problem_;
};

GiveBytes packed(std::shared_ptr<PlanesWriter> planes) {
    return [planes](const TakeBytes& take) {
        ObjectEncoder().encode([&](std::uint64_t offset, std::size_t size) { return planes->at(offset, size); },
                               planes->stretches(), take);
    };
}
GiveBytes packed(std::string_view content, FrameStyle style) {
    return [content, style](const TakeBytes& take) {
        const Stretch all{content.size(), style};
        ObjectEncoder().encode([&](std::uint64_t offset, std::size_t size) { return content.substr(offset, size); },
                               {&all, 1}, take);
    };
}

// Level 9 finds no more than level 3 in numbers, for four times as long.
FrameStyle plain_style(std::string_view content) {
    constexpr std::size_t k_looked_at = 4096;
    return content.substr(0, k_looked_at).find('\0') == std::string_view::npos ? FrameStyle::text : FrameStyle::plain;
}

std::string all_of(const GiveBytes& bytes) {
    std::string all;
    bytes([&](std::string_view piece) { all += piece; });
    return all;
}
GiveBytes given(std::string bytes) {
    return [bytes = std::move(bytes)](const TakeBytes& take) { take(bytes); };
}

// The middle of the largest tensor speaks for all.
bool planes_win_in_part(const std::vector<TensorView>& tensors) {
    const TensorView& largest = *std::max_element(
        tensors.begin(), tensors.end(), [](const auto& a, const auto& b) { return a.bytes.size() < b.bytes.size(); });
    const std::size_t size = std::min(largest.bytes.size(), k_sample);
    const std::size_t begin = (largest.bytes.size() - size) / 2 / 8 * 8;
    const std::string_view part = largest.bytes.substr(begin, size / 8 * 8);
    const std::uint64_t elements = part.size() / dtype_bytes(largest.dtype).value_or(1);
    const std::vector<TensorView> tensor = {{"part", largest.dtype, {elements}, part}};
    return all_of(packed(std::make_shared<PlanesWriter>(tensor))).size() <
           all_of(packed(part, FrameStyle::plain)).size();
}

}  // namespace

std::string_view ending_of(Form form) {
    if (form == Form::planes) return ".pst.zst";
    return form == Form::plain ? ".zst" : ".dlt";
}

std::optional<std::pair<std::string, Form>> form_of_name(std::string_view name) {
    const std::size_t dot = name.find('.');
    if (dot == std::string_view::npos) return std::nullopt;
    for (const Form form : k_forms) {
        if (name.substr(dot) == ending_of(form)) return std::pair(std::string(name.substr(0, dot)), form);
    }
    return std::nullopt;
}

std::string pack_plain(std::string_view content) { return all_of(packed(content, plain_style(content))); }

namespace {

// The planes of numbers; nothing where there are none, or where they do not win.
std::optional<GiveBytes> packing_as_planes(std::string_view content) {
    if (content.size() < k_least) return std::nullopt;
    const auto tensors = tensors_in_file(content);
    const auto is_float = [](const TensorView& tensor) { return layout_of(tensor.dtype) == 'r'; };
    if (!tensors || !std::any_of(tensors->begin(), tensors->end(), is_float)) return std::nullopt;
    const bool whole = content.size() <= k_whole;
    if (!whole && !planes_win_in_part(*tensors)) return std::nullopt;
    auto made = file_planes(content, *tensors);
    if (!made) return std::nullopt;
    const auto kept = std::make_shared<FilePlanes>(std::move(*made));
    const GiveBytes write = packed(std::shared_ptr<PlanesWriter>(kept, &kept->planes));
    if (!whole) return write;
    std::string planes = all_of(write);
    if (planes.size() >= pack_plain(content).size()) return std::nullopt;
    return given(std::move(planes));
}

}  // namespace

std::optional<std::string> pack_planes(std::string_view content) {
    const auto write = packing_as_planes(content);
    return write ? std::optional(all_of(*write)) : std::nullopt;
}

Packing packing_of(std::string_view content) {
    if (auto planes = packing_as_planes(content)) return {Form::planes, std::move(*planes)};
    return {Form::plain, packed(content, plain_style(content))};
}

Packed pack_object(std::string_view content) {
    const Packing packing = packing_of(content);
    return {packing.form, all_of(packing.write)};
}

std::optional<std::string> pack_delta(std::string_view planes, std::string_view base, std::string_view base_sha256,
                                      std::uint64_t stored_bytes) {
    const std::string delta = make_delta(planes, base, base_sha256);
    std::string packed = encode_object(delta, delta_stretches(delta, planes));
    if (!delta_is_worth(packed.size(), stored_bytes)) return std::nullopt;
    return packed;
}

std::string base_of(const StoredObject& delta) {
    ASSAY_CHECK(delta.form == Form::delta);
    return guarded(delta.name, [&] {
        ObjectReader reader = reader_of(delta);
        std::string head(std::min<std::uint64_t>(k_delta_head_bytes, reader.content_bytes()), '\0');
        reader.read(0, head);
        return delta_base(head);
    });
}

std::string planes_in(const StoredObject& stored, const PlanesOf& base) {
    return guarded(stored.name, [&] {
        std::string content = content_of(stored);
        if (stored.form == Form::planes) return content;
        if (stored.form == Form::delta) {
            const std::string sha256 = delta_base(content);
            return apply_delta(content, base(sha256), sha256);
        }
        const auto tensors = tensors_in_file(content);
        auto planes = tensors ? planes_of_file(content, *tensors) : std::nullopt;
        if (!planes) refuse(stored.name + " has no planes");
        return std::move(*planes);
    });
}

std::string unpack_object(const StoredObject& stored, const MemberRef& content, const PlanesOf& base) {
    if (content.size_bytes > k_object_bytes) refuse(stored.name + " has more than 4 GiB");
    std::string bytes;
    guarded(stored.name,
            [&] { each_piece(stored, content.size_bytes, base, [&](std::string_view piece) { bytes += piece; }); });
    compare(sha256_hex(bytes), content, stored.name);
    return bytes;
}

std::string unpack_plain(const Window& stored, const MemberRef& content, std::string_view name) {
    return unpack_object({Form::plain, std::string(name), stored}, content, {});
}

void check_stored(const StoredObject& stored, std::optional<std::uint64_t> content_bytes) {
    if (stored.form != Form::plain) content_bytes.reset();
    guarded(stored.name, [&] { reader_of(stored, content_bytes).check_stored(); });
}

void check_content(const StoredObject& stored, const MemberRef& content, const PlanesOf& base,
                   const TableRoots& tables) {
    Sha256 digest;
    PassingTensors tensors(content.size_bytes);
    guarded(stored.name, [&] {
        each_piece(stored, content.size_bytes, base, [&](std::string_view piece) {
            digest.update(piece);
            if (!tables.empty()) tensors.update(piece);
        });
    });
    compare(to_hex(digest.finish()), content, stored.name);
    if (!tables.empty()) tensors.compare(tables, stored.name);
}

void check_plain(const Window& stored, const MemberRef& content, bool deep, std::string_view name,
                 const TableRoots& tables) {
    const StoredObject object{Form::plain, std::string(name), stored};
    deep ? check_content(object, content, {}, tables) : check_stored(object, content.size_bytes);
}

}  // namespace assay
