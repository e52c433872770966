// Every operation of the store on files, as one small interface: the system's, or in tests one that crashes, fails and
// forgets what was not synced. Errors are F0001 (74), naming path and reason.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "archive/window.hpp"

namespace assay {

class Files {
public:
    using Path = std::filesystem::path;
    struct Info {
        std::uint64_t size_bytes = 0;
        std::int64_t modified_ns = 0;  // since 1970
        bool folder = false;
    };
    virtual ~Files() = default;

    // Nothing where there is no such name. Links are not followed.
    virtual std::optional<Info> info(const Path& path) = 0;
    virtual std::optional<std::string> read(const Path& path, std::size_t limit_bytes) = 0;
    virtual std::optional<Window> window(const Path& path) = 0;
    virtual std::vector<std::string> list(const Path& folder) = 0;  // sorted; empty where there is none

    // A new file that may only be read. Its content is durable; its name is when its folder was synced.
    virtual void create(const Path& path, const GiveBytes& bytes) = 0;
    void create(const Path& path, std::string_view bytes) {
        create(path, [bytes](const TakeBytes& take) { take(bytes); });
    }
    // A second name for a file. False: somebody has made `to` already.
    virtual bool link(const Path& from, const Path& to) = 0;
    virtual bool rename(const Path& from, const Path& to) = 0;  // replaces; false: there is no `from`
    virtual bool remove(const Path& path) = 0;                  // a file or a folder; false: none, or not empty
    virtual bool make_folder(const Path& path) = 0;             // false: it is there
    virtual bool touch(const Path& path) = 0;                   // modified now; false: there is none
    virtual void sync_folder(const Path& path) = 0;
    virtual std::int64_t now_ns() = 0;
};

std::shared_ptr<Files> system_files();

}  // namespace assay
