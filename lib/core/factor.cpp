#include "core/factor.hpp"

#include <algorithm>

namespace assay {

const std::vector<std::string>& kind_names() {
    static const std::vector<std::string> names = {"seed",     "hyperparameter", "architecture", "hardware",
                                                   "software", "environment",    "data"};
    return names;
}

std::string_view kind_name(FactorKind kind) { return kind_names()[static_cast<std::size_t>(kind)]; }

std::optional<FactorKind> kind_from_name(std::string_view name) {
    const auto& names = kind_names();
    const auto it = std::find(names.begin(), names.end(), name);
    if (it == names.end()) return std::nullopt;
    return static_cast<FactorKind>(it - names.begin());
}

const std::vector<std::string>& seed_streams() {
    static const std::vector<std::string> streams = {"init", "shuffle", "dropout", "augment", "data"};
    return streams;
}

std::string full_name(const Factor& factor) { return std::string(kind_name(factor.kind)) + "." + factor.name; }

std::string level_text(const Json& level) { return scalar_text(level); }

}  // namespace assay
