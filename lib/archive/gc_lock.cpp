#include "archive/gc_lock.hpp"

#include <unistd.h>

#include <array>

#include "base/error.hpp"

namespace assay {
namespace {

constexpr std::size_t k_lock_bytes = 4096;
constexpr std::int64_t k_lock_ns = std::int64_t{3600} * 1'000'000'000;

}  // namespace

GcLock::GcLock(Store& store) : files_(store.files()), path_(store.path() / "gc.lock") {
    const auto found = files_.read(path_, k_lock_bytes);
    if (found && files_.now_ns() - files_.info(path_).value_or(Files::Info{}).modified_ns < k_lock_ns) {
        throw Error("A0115", Exit::again,
                    "another gc or repack is at work in " + store.path().string() + " (" + *found + ")",
                    "run the same command when it has ended");
    }
    if (found) files_.remove(path_);
    std::array<char, 256> host{};
    if (::gethostname(host.data(), host.size() - 1) != 0) host[0] = '\0';
    own_ = "host " + std::string(host.data()) + ", process " + std::to_string(::getpid());
    files_.create(path_, own_);
}

GcLock::~GcLock() {
    try {
        files_.remove(path_);
    } catch (const std::exception&) {  // forgotten in an hour
    }
}

}  // namespace assay
