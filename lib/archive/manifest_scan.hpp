// A look into a manifest without reading all of it: for lists of very many runs. `object` is canonical JSON, as a
// manifest is; of any other bytes nothing sensible comes out, and nothing bad either.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace assay {

// A member that is sought, and the bytes of its value; empty when there is none.
struct SoughtMember {
    std::string_view key;
    std::string_view value = {};
};

// In one pass, which ends with the last member that is sought; they are in the order of their keys.
void find_members(std::string_view object, std::span<SoughtMember> sought);

// What a value holds that is a string without escapes; else "".
std::string plain_text(std::string_view value);

// Of one member.
std::string text_in(std::string_view object, std::string_view key);

}  // namespace assay
