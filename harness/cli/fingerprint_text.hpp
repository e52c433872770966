// Fingerprints as a person reads them, or pastes them into an issue.
#pragma once

#include <string>

#include "core/fingerprint.hpp"
#include "fingerprint/weights.hpp"

namespace assay {

std::string short_id(const std::string& id);  // 12 digits

std::string environment_text(const Fingerprint& fingerprint, std::size_t width = 80);
std::string weights_text(const WeightsFingerprint& fingerprint, std::size_t width = 80);
// Tables of GitHub's and GitLab's Markdown.
std::string environment_markdown(const Fingerprint& fingerprint);
std::string weights_markdown(const WeightsFingerprint& fingerprint);

}  // namespace assay
