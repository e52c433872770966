// What the dynamic loader has mapped, as far as it can be asked without looking through the tables of its objects:
// dladdr reads every symbol of a library, which costs a process that has just been forked a page fault for each 4 KiB.
#pragma once

#include <string_view>

namespace assay {

// How often the loader added and removed an object: while neither changes, the same objects are loaded.
struct LoaderState {
    unsigned long long added = 0, removed = 0;
    friend bool operator==(const LoaderState&, const LoaderState&) = default;
};
LoaderState loader_state();

// Whether the address lies in a segment of the object that the loader knows by this name.
bool is_in_object(const void* address, std::string_view name);

}  // namespace assay
