#include "schedule/server_pool.hpp"

namespace assay {

WarmServer& ServerPool::server(const std::vector<std::string>& command, const Variables& environment,
                               const std::filesystem::path& directory) {
    std::unique_ptr<WarmServer>& server = servers_[environment];
    if (!server || server->dead()) {
        server = std::make_unique<WarmServer>(command, environment, directory);
        ++started_;
    }
    return *server;
}

}  // namespace assay
