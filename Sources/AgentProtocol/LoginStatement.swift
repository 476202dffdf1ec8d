package import Cryptography
package import Groundwork

/// What a person agrees to when logging in, signed by the service and shown by the agent.
///
/// One encoding (RFC 8785): what is signed, shown and kept as evidence is these bytes; nobody encodes them again.
package struct LoginStatement: Hashable, Sendable {
    package static let version: Int64 = 1
    package static let sizeLimit = 4096

    /// The identifier of the service's key (lower-case hexadecimal of RFC 5280 4.2.1.2 (1)).
    package var serviceKey: String
    /// The one Origin (RFC 6454) that the agent may serve for this statement.
    package var origin: String
    /// The relying application's client id.
    package var client: String
    /// The relying application's name as registered, which the agent shows.
    package var registeredName: String
    package var purpose: String
    package var acr: String
    /// One use, 256 bits.
    package var nonce: [UInt8]
    package var issuedAt: Instant
    package var expiresAt: Instant

    package init(
        serviceKey: String, origin: String, client: String, registeredName: String, purpose: String, acr: String,
        nonce: [UInt8], issuedAt: Instant, expiresAt: Instant
    ) {
        self.serviceKey = serviceKey
        self.origin = origin
        self.client = client
        self.registeredName = registeredName
        self.purpose = purpose
        self.acr = acr
        self.nonce = nonce
        self.issuedAt = issuedAt.truncatedToSecond
        self.expiresAt = expiresAt.truncatedToSecond
    }

    /// The one canonical encoding.
    package var bytes: [UInt8] {
        CanonicalJSON.object([
            "version": .integer(Self.version), "serviceKey": .string(serviceKey), "origin": .string(origin),
            "client": .string(client), "registeredName": .string(registeredName), "purpose": .string(purpose),
            "acr": .string(acr), "nonce": .string(Hex.encode(nonce)), "iat": .integer(issuedAt.seconds),
            "exp": .integer(expiresAt.seconds),
        ]).bytes
    }

    /// Reads the bytes of a statement: every member, none besides, in canonical form.
    /// - Throws: `agent-protocol.malformed-statement`.
    package init(bytes: [UInt8]) throws(Refusal) {
        let json: CanonicalJSON
        do { json = try CanonicalJSON(parsingCanonical: bytes, limit: Self.sizeLimit) } catch {
            throw Refusal(AgentProtocolRefusal.malformedStatement, detail: "\(error)")
        }
        guard json.object?.count == 10, json["version"]?.integer == Self.version,
            let serviceKey = json["serviceKey"]?.string, let origin = json["origin"]?.string,
            let client = json["client"]?.string, let registeredName = json["registeredName"]?.string,
            let purpose = json["purpose"]?.string, let acr = json["acr"]?.string,
            let nonce = json["nonce"]?.string.flatMap({ Hex.decode($0) }), nonce.count == 32,
            let issuedAt = json["iat"]?.integer, let expiresAt = json["exp"]?.integer, issuedAt < expiresAt,
            // A client that is not ours could say 2^53 seconds, which has no milliseconds in 64 bits.
            (0...253_402_300_799).contains(issuedAt), expiresAt <= 253_402_300_799
        else { throw Refusal(AgentProtocolRefusal.malformedStatement, detail: "a member is missing or wrong") }
        self.init(
            serviceKey: serviceKey, origin: origin, client: client, registeredName: registeredName, purpose: purpose,
            acr: acr, nonce: nonce, issuedAt: Instant(seconds: issuedAt), expiresAt: Instant(seconds: expiresAt))
        guard self.bytes == bytes else {
            throw Refusal(AgentProtocolRefusal.malformedStatement, detail: "not the one encoding")
        }
    }

    /// What the authentication key signs: see ``TaggedMessage/login(origin:statementBytes:certificate:family:)``.
    package static func signedBytes(
        origin: String, statementBytes: [UInt8], certificate: [UInt8], family: AlgorithmFamily
    ) -> [UInt8] {
        TaggedMessage.login(
            origin: origin, statementBytes: statementBytes, certificate: certificate, family: family)
    }
}
