// A run of the store as a person names it.
#pragma once

#include <optional>
#include <string>

namespace assay {

struct RunReference {
    std::string audit = "last";
    int number = 0;
};

// "013" of the last audit, "AUDIT/013"; nothing when the part behind the last slash is no number from 1.
std::optional<RunReference> run_reference(const std::string& text);

}  // namespace assay
