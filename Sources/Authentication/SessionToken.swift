package import Groundwork

import Cryptography

/// What binds a challenge to the browser that asked for it: 256 random bits in a host-only cookie. The store knows its
/// hash alone, so that nobody who reads the store can answer in somebody's place.
package struct SessionToken: Hashable, Sendable {
    private let bytes: [UInt8]

    package init(in surroundings: Surroundings) { bytes = surroundings.randomBytes(32) }

    /// A token as the cookie carries it: Base64url without padding.
    package init?(cookie text: some StringProtocol) {
        guard text.utf8.count == 43, let bytes = Base64URL.decode(text), bytes.count == 32 else { return nil }
        self.bytes = bytes
    }

    package var cookie: String { Base64URL.encode(bytes) }
    var hash: [UInt8] { DigestAlgorithm.sha256.hash(bytes) }
}

extension SessionToken: CustomStringConvertible {
    package var description: String { "session token" }
}
