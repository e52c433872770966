// The warm servers of one command: whoever asks first starts one, whoever comes later finds it loaded. So the servers
// that plan asks what their libraries make of a hardware block are those that train the runs afterwards.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "schedule/warm_server.hpp"

namespace assay {

using Variables = std::map<std::string, std::string>;

class ServerPool {
public:
    // The server whose libraries have read these variables; a new one when there is none, or when it has died. Error
    // R0101 when it cannot be started. Valid until the next call with the same variables, and while the pool lives.
    WarmServer& server(const std::vector<std::string>& command, const Variables& environment,
                       const std::filesystem::path& directory);

    const std::map<Variables, std::unique_ptr<WarmServer>>& servers() const { return servers_; }
    std::size_t started() const { return started_; }  // since the pool was made

private:
    std::map<Variables, std::unique_ptr<WarmServer>> servers_;
    std::size_t started_ = 0;
};

}  // namespace assay
