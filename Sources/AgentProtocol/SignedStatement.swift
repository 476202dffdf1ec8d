package import Cryptography
package import Groundwork

/// A login statement's bytes with the signature of the service's key, over `"YZT-STATEMENT-1" ‖ 0x00 ‖ bytes`.
package struct SignedStatement: Hashable, Sendable {
    package let bytes: [UInt8]
    package let signature: [UInt8]

    /// As received: nothing is checked before ``verified(by:at:)``.
    package init(bytes: [UInt8], signature: [UInt8]) {
        self.bytes = bytes
        self.signature = signature
    }

    /// Signs a statement. Its `serviceKey` should be the signer's ``Cryptography/PublicKey/keyIdentifier``.
    package static func sign(_ statement: LoginStatement, with signer: any Signer) async throws -> SignedStatement {
        let bytes = statement.bytes
        return SignedStatement(bytes: bytes, signature: try await signer.sign(DomainTag.statement.prefix + bytes))
    }

    /// The statement, if the pinned service key signed it and it is valid now.
    /// - Throws: `agent-protocol.malformed-statement`, `.untrusted-service`, `.statement-expired`.
    package func verified(by serviceKey: PublicKey, at now: Instant) throws(Refusal) -> LoginStatement {
        let statement = try LoginStatement(bytes: bytes)
        guard statement.serviceKey == Hex.encode(serviceKey.keyIdentifier),
            serviceKey.verifies(signature, over: DomainTag.statement.prefix + bytes)
        else { throw Refusal(AgentProtocolRefusal.untrustedService) }
        // A minute of difference between two clocks is borne at the beginning, none at the end.
        guard statement.issuedAt <= now.adding(seconds: 60), now < statement.expiresAt else {
            throw Refusal(AgentProtocolRefusal.statementExpired)
        }
        return statement
    }
}

/// The holder's answer to a statement: what a login is verified from, and what is kept as evidence.
package struct LoginProof: Hashable, Sendable {
    package var statement: SignedStatement
    /// The origin as the browser gave it.
    package var origin: String
    /// DER.
    package var certificate: [UInt8]
    package var signature: [UInt8]

    package init(statement: SignedStatement, origin: String, certificate: [UInt8], signature: [UInt8]) {
        self.statement = statement
        self.origin = origin
        self.certificate = certificate
        self.signature = signature
    }
}
