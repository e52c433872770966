// Keys for tests only: they sign nothing that anyone should believe. `openssl genpkey -algorithm ed25519`
#pragma once

#include <string>

namespace assay::testing {

inline const std::string k_test_key =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIPKeJKaVygXjCmKLY/823K78kPbEVdJLMbkzwgHs0Rb9\n"
    "-----END PRIVATE KEY-----\n";

// The same kind, under the passphrase "x".
inline const std::string k_encrypted_key =
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
    "MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAj9OZBerO2oJAICCAAw\n"
    "DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEENXzMpxNW7W5+zfS4tNzM6YEQFqk\n"
    "jiYL5a8hZ6PSytw+sAs6nNYix6+rhoPdKYUQdIHcMGAk17uwNDfI30Uu3QdNGcvi\n"
    "bVn0RevOjOv6rDCek1c=\n"
    "-----END ENCRYPTED PRIVATE KEY-----\n";

// Another curve.
inline const std::string k_p256_key =
    "-----BEGIN EC PRIVATE KEY-----\n"
    "MHcCAQEEIEMnE6P2h7TqQAHRLJkkCX57CovEv3oLHNiWhDPryImeoAoGCCqGSM49\n"
    "AwEHoUQDQgAEv+7p8QZ76Tcn8y3AnRNyLxbQO1dj0wA/RX7aYhtJYsVik5We9u0W\n"
    "4M2M5LeJwFk/1z9FKLz5jT6lQLj6vIbKkQ==\n"
    "-----END EC PRIVATE KEY-----\n";

}  // namespace assay::testing
