#include "archive/packed.hpp"

#include "archive/object.hpp"
#include "base/digest.hpp"
#include "base/error.hpp"

namespace assay {
namespace {

[[noreturn]] void refuse(const std::string& message) {
    throw Error("A0102", Exit::unreadable, message,
                "restore this file from a copy of the store; run the audit again to make the run anew");
}

// One code for a damaged object, whatever its reader found.
template <class Action>
auto guarded(Action action) {
    try {
        return action();
    } catch (const Error& error) {
        if (!error.code().starts_with("A02")) throw;
        refuse(error.what());
    }
}

ObjectReader reader_of(const Window& stored, const MemberRef& content, std::string_view name) {
    return {std::string(name), stored.size_bytes, stored.read, content.size_bytes};
}

void compare(const std::string& sha256, const MemberRef& content, std::string_view name) {
    if (sha256 != content.sha256) refuse(std::string(name) + " is damaged: its content does not match its name");
}

}  // namespace

std::string pack_object(std::string_view content) { return encode_object(content); }

std::string unpack_object(std::string_view stored, const MemberRef& content, std::string_view name) {
    std::string bytes = guarded([&] { return decode_object(stored, name, content.size_bytes, k_object_bytes); });
    compare(sha256_hex(bytes), content, name);
    return bytes;
}

void check_stored(const Window& stored, const MemberRef& content, std::string_view name) {
    guarded([&] { reader_of(stored, content, name).check_stored(); });
}

void check_content(const Window& stored, const MemberRef& content, std::string_view name) {
    Sha256 digest;
    guarded([&] {
        ObjectReader reader = reader_of(stored, content, name);
        reader.check_stored();
        reader.each_frame([&](std::string_view piece) { digest.update(piece); });
    });
    compare(to_hex(digest.finish()), content, name);
}

}  // namespace assay
