package import AgentProtocol
package import Groundwork

package enum ChallengeKind: IdentifierKind { package static let prefix = "challenge" }
package typealias ChallengeIdentifier = Identifier<ChallengeKind>

/// What the holder is asked to agree to. The statement says it and the agent shows it.
package enum LoginPurpose: String, Sendable, CaseIterable, Codable {
    case login
}

/// A challenge as it is handed out, once.
package struct IssuedChallenge: Sendable {
    package let id: ChallengeIdentifier
    package let statement: SignedStatement
    package let serviceKeyID: String
    /// To be set as the session cookie.
    package let session: SessionToken
    package let expiresAt: Instant

    package var answer: ChallengeAnswer {
        ChallengeAnswer(
            challenge: id.shown, statement: WireBytes(statement.bytes),
            serviceSignature: WireBytes(statement.signature), serviceKeyID: serviceKeyID, expires: expiresAt.rfc3339)
    }
}

/// A challenge as it is kept: hashes, never the nonce or the session's token.
struct StoredChallenge: Sendable {
    var id: ChallengeIdentifier
    var sessionHash: [UInt8]
    var statementHash: [UInt8]
    var serviceSignature: [UInt8]
    var client: String
    var origin: String
    var expiresAt: Instant
    var isSpent: Bool
}
