// An object as it is stored: its content in frames (object.hpp), in one of three forms. The name of the object is the
// SHA-256 of its content, whatever the form. The only place that knows how objects are packed.
//
//   plain   .zst      the content itself: `zstd -dc` gives it
//   planes  .pst.zst  a file of numbers as planes (planes_file.hpp)
//   delta   .dlt      such planes as their differences from those of another object (delta.hpp), which the store keeps
//                     as planes: no chain is longer than one
//
// Archives that travel have plain objects only: no software of ours is needed to read them.
//
// Every reader throws Error A0102 (74) that begins with `name` when the stored bytes are not the packed content.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "archive/window.hpp"
#include "core/run.hpp"

namespace assay {

// Of an object, packed or not: the store and the archives hold no larger one.
inline constexpr std::uint64_t k_object_bytes = std::uint64_t{4} << 30;

enum class Form { planes, plain, delta };
inline constexpr std::array<Form, 3> k_forms = {Form::planes, Form::plain, Form::delta};  // as readers look for them
std::string_view ending_of(Form form);
// "cdef.pst.zst" -> "cdef" and planes; nothing for a name with none of the endings.
std::optional<std::pair<std::string, Form>> form_of_name(std::string_view name);

struct Packed {
    Form form = Form::plain;
    std::string bytes;
};
// As planes where they are smaller, else plain. Large content is judged by a part of it, and packed only as it is
// written: beside the content that takes memory for one frame. The content must stay until then.
struct Packing {
    Form form = Form::plain;
    GiveBytes write;
};
Packing packing_of(std::string_view content);
Packed pack_object(std::string_view content);  // the same in memory
std::string pack_plain(std::string_view content);
// Where the content's planes are smaller than it is packed plain.
std::optional<std::string> pack_planes(std::string_view content);

// `planes` as differences from `base`, the planes of object `base_sha256`; nothing where that is not worth it beside
// `stored_bytes`.
std::optional<std::string> pack_delta(std::string_view planes, std::string_view base, std::string_view base_sha256,
                                      std::uint64_t stored_bytes);

// What is stored under one name.
struct StoredObject {
    Form form = Form::plain;
    std::string name;  // in messages
    Window bytes;
};

// Of tables of tensors, tensor_table_root() each.
using TableRoots = std::set<std::string>;

// Gives the planes of another object.
using PlanesOf = std::function<std::string(const std::string& sha256)>;

// The object that a delta is one of.
std::string base_of(const StoredObject& delta);
// The planes that are stored, of whichever form but plain; of a plain one, those that it would have.
std::string planes_in(const StoredObject& stored, const PlanesOf& base);

// The content, compared with its digest. At most 4 GiB.
std::string unpack_object(const StoredObject& stored, const MemberRef& content, const PlanesOf& base);
// The same of a plain one, in an archive.
std::string unpack_plain(const Window& stored, const MemberRef& content, std::string_view name);

// Whether the stored bytes are whole: all are read, none is unpacked. Without `content_bytes` any length will do.
void check_stored(const StoredObject& stored, std::optional<std::uint64_t> content_bytes);
// Unpacks all of it and compares it with its digest, piece by piece, in memory that does not grow with it; a delta
// takes its own and its base's planes. Then its tensors, each by itself, against the tables that manifests have of
// them.
void check_content(const StoredObject& stored, const MemberRef& content, const PlanesOf& base,
                   const TableRoots& tables = {});
// Either of these two, of a plain one in an archive.
void check_plain(const Window& stored, const MemberRef& content, bool deep, std::string_view name,
                 const TableRoots& tables = {});

}  // namespace assay
