// Signatures that OpenSSH made: `ssh-keygen -Y sign -f KEY -n run manifest.json` leaves manifest.json.sig, which a run
// may carry. Pure. (OpenSSH, PROTOCOL.sshsig)
//
//   file   := "-----BEGIN SSH SIGNATURE-----" newline, base64 in lines, "-----END SSH SIGNATURE-----" newline
//   blob   := "SSHSIG" u32 1, str public key, str namespace, str reserved, str hash, str signature
//   signed := "SSHSIG" str namespace, str reserved, str hash, str HASH(message)
//   str    := u32 length, big-endian; bytes. key := str "ssh-ed25519", str 32 bytes; signature likewise, 64 bytes
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "archive/dsse.hpp"

namespace assay {

inline constexpr std::string_view k_ssh_namespace = "run";

struct SshSignature {
    std::optional<PublicKey> key;  // nothing: of another kind than Ed25519, which only ssh-keygen checks
    std::string name_space, reserved, hash, signature;
};
// Error A0401 (74) when it is none. `name` stands in messages.
SshSignature parse_ssh_signature(std::string_view text, std::string_view name);
// Whether its own key signed the message, for whatever namespace. False without a key.
bool verify_ssh_signature(const SshSignature& signature, std::string_view message);

// The 32 bytes of "ssh-ed25519 AAAA... comment"; nothing when it is no such line.
std::optional<std::string> ssh_public_key(std::string_view line);

}  // namespace assay
