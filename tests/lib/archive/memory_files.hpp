// A file system in memory that knows what would survive a power cut, and fails where it is told to.
//
// The model is the worst that POSIX allows: the content of a file is there after its fsync, not before; a change of a
// folder's names is there after that folder's fsync; until then any subset of the changes may be (each change whole).
// After ALICE (OSDI 2014) and CrashMonkey (OSDI 2018).
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "archive/files.hpp"
#include "base/error.hpp"

namespace assay::testing {

class MemoryFiles : public Files {
public:
    struct Inode {
        std::string bytes;
        bool synced = false;
        bool folder = false;
        std::int64_t modified_ns = 0;
    };
    using Tree = std::map<std::string, std::shared_ptr<Inode>>;
    struct Change {                                                         // of names, not yet durable
        std::string folder;                                                 // of the last one
        std::vector<std::pair<std::string, std::shared_ptr<Inode>>> names;  // null: the name goes
    };

    // Called at every moment at which the power may fail; also inside create().
    std::function<void()> on_moment = [] {};
    // The operation with this number fails, from 1; 0: none.
    std::size_t fail_at = 0;
    std::size_t operations = 0;
    bool failed = false;
    std::int64_t clock_ns = 1'000'000'000;

    explicit MemoryFiles(Tree tree = {}) : now_(tree), durable_(std::move(tree)) {}

    const Tree& tree() const { return now_; }
    const std::vector<Change>& pending() const { return pending_; }

    // What a power cut leaves when these changes (bit i: pending()[i]) had reached the disk. Content that was not
    // synced is `torn` then: nothing of it, or the first half.
    Tree after_power_cut(const std::vector<bool>& survived, bool torn_to_nothing) const {
        Tree tree = durable_;
        for (std::size_t i = 0; i < pending_.size(); ++i) {
            if (survived[i]) apply(pending_[i], tree);
        }
        Tree out;
        for (const auto& [name, inode] : tree) {
            auto copy = std::make_shared<Inode>(*inode);
            if (!copy->synced && !copy->folder) copy->bytes.resize(torn_to_nothing ? 0 : copy->bytes.size() / 2);
            copy->synced = true;
            out.emplace(name, std::move(copy));
        }
        return out;
    }

    std::optional<Info> info(const Path& path) override {
        step();
        const auto inode = find(path);
        if (!inode) return std::nullopt;
        return Info{inode->bytes.size(), inode->modified_ns, inode->folder};
    }
    std::optional<std::string> read(const Path& path, std::size_t) override {
        step();
        const auto inode = find(path);
        return inode ? std::optional(inode->bytes) : std::nullopt;
    }
    std::optional<Window> window(const Path& path) override {
        step();
        const auto inode = find(path);
        if (!inode) return std::nullopt;
        Window bytes = memory_window(inode->bytes);
        bytes.read = [inode, read = bytes.read](std::uint64_t at, std::span<char> into) { read(at, into); };
        return bytes;
    }
    std::vector<std::string> list(const Path& folder) override {
        step();
        std::vector<std::string> names;
        const std::string begin = folder.string() + "/";
        for (auto it = now_.lower_bound(begin); it != now_.end() && it->first.starts_with(begin); ++it) {
            if (it->first.find('/', begin.size()) == std::string::npos) names.push_back(it->first.substr(begin.size()));
        }
        return names;
    }
    using Files::create;
    void create(const Path& path, const GiveBytes& bytes) override {
        step();
        if (find(path)) fail("create " + path.string() + ": exists");
        if (!find(path.parent_path())) fail("create " + path.string() + ": no folder");
        auto inode = std::make_shared<Inode>();
        bytes([&](std::string_view piece) { inode->bytes += piece; });
        inode->modified_ns = clock_ns;
        change({path.parent_path().string(), {{path.string(), inode}}});
        try {
            step();  // the write, and the fsync
        } catch (const Error&) {
            change({path.parent_path().string(), {{path.string(), nullptr}}});
            throw;
        }
        inode->synced = true;
        on_moment();
    }
    bool link(const Path& from, const Path& to) override {
        step();
        const auto inode = find(from);
        if (!inode || !find(to.parent_path())) fail("link " + to.string() + ": no such file");
        if (find(to)) return false;
        change({to.parent_path().string(), {{to.string(), inode}}});
        return true;
    }
    bool rename(const Path& from, const Path& to) override {
        step();
        const auto inode = find(from);
        if (!inode) return false;
        if (!find(to.parent_path())) fail("rename " + to.string() + ": no folder");
        // One change: no journal splits it. It is durable when either folder is.
        change({to.parent_path().string(), {{from.string(), nullptr}, {to.string(), inode}}});
        return true;
    }
    bool remove(const Path& path) override {
        step();
        if (!find(path)) return false;
        change({path.parent_path().string(), {{path.string(), nullptr}}});
        return true;
    }
    bool make_folder(const Path& path) override {
        step();
        if (find(path)) return false;
        auto inode = std::make_shared<Inode>();
        inode->folder = inode->synced = true;
        inode->modified_ns = clock_ns;
        change({path.parent_path().string(), {{path.string(), inode}}});
        return true;
    }
    bool touch(const Path& path) override {
        step();
        const auto inode = find(path);
        if (!inode) return false;
        inode->modified_ns = clock_ns;
        return true;
    }
    void sync_folder(const Path& path) override {
        step();
        std::vector<Change> rest;
        for (Change& one : pending_) {
            // Also a name that left this folder by a rename: the order of changes of one folder is kept.
            const bool here = std::any_of(one.names.begin(), one.names.end(),
                                          [&](const auto& name) { return Path(name.first).parent_path() == path; });
            if (here) apply(one, durable_);
            if (!here) rest.push_back(std::move(one));
        }
        pending_ = std::move(rest);
        on_moment();
    }
    std::int64_t now_ns() override { return clock_ns; }

private:
    static void apply(const Change& one, Tree& tree) {
        for (const auto& [name, inode] : one.names) {
            if (inode) {
                tree[name] = inode;
            } else {
                tree.erase(name);
            }
        }
    }
    [[noreturn]] static void fail(const std::string& what) { throw Error("F0001", Exit::unreadable, "cannot " + what); }
    void step() {
        if (++operations != fail_at) return;
        failed = true;
        fail("do operation " + std::to_string(operations) + ": No space left on device");
    }
    std::shared_ptr<Inode> find(const Path& path) const {
        const auto it = now_.find(path.string());
        return it == now_.end() ? nullptr : it->second;
    }
    void change(Change one) {
        apply(one, now_);
        pending_.push_back(std::move(one));
        on_moment();
    }

    Tree now_, durable_;
    std::vector<Change> pending_;
};

// A tree with the folder "/d", for a store at "/d/s".
inline MemoryFiles::Tree empty_disk() {
    auto folder = std::make_shared<MemoryFiles::Inode>();
    folder->folder = folder->synced = true;
    return {{"/d", folder}};
}

}  // namespace assay::testing
