import Cryptography
import Groundwork
import LegalEntities

/// Bytes on the REST surface: standard Base64 with padding (RFC 4648, section 4).
package struct WireBytes: Hashable, Sendable, Codable {
    package var bytes: [UInt8]

    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let bytes = Base64.decode(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "expected Base64")
        }
        self.bytes = bytes
    }
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(Base64.encode(bytes))
    }
}

/// `POST /api/v1/auth/challenges`: an application's page asks for a login.
package struct ChallengeRequest: Hashable, Sendable, Codable {
    package var client: String
    package var origin: String
    package var purpose: String?
    /// Seconds, within what the policy allows.
    package var lifetime: Int64?

    package init(client: String, origin: String, purpose: String? = nil, lifetime: Int64? = nil) {
        self.client = client
        self.origin = origin
        self.purpose = purpose
        self.lifetime = lifetime
    }
}

/// The answer: a statement to show and sign, and the service's signature over it. The session token that binds it goes
/// back in a host-only cookie, never in this body.
package struct ChallengeAnswer: Hashable, Sendable, Codable {
    package var challenge: String
    /// The exact bytes to show and sign.
    package var statement: WireBytes
    /// The service key's signature over ``statement``.
    package var serviceSignature: WireBytes
    package var serviceKeyID: String
    /// RFC 3339, UTC.
    package var expires: String

    enum CodingKeys: String, CodingKey {
        case challenge, statement, expires
        case serviceSignature = "service_signature"
        case serviceKeyID = "service_key_id"
    }

    package init(
        challenge: String, statement: WireBytes, serviceSignature: WireBytes, serviceKeyID: String, expires: String
    ) {
        self.challenge = challenge
        self.statement = statement
        self.serviceSignature = serviceSignature
        self.serviceKeyID = serviceKeyID
        self.expires = expires
    }
}

/// `POST /api/v1/auth/verifications`: what the key agent gave back, with the origin that the browser told the agent.
package struct VerificationRequest: Hashable, Sendable, Codable {
    package var challenge: String
    package var client: String
    package var origin: String
    package var statement: WireBytes
    package var signature: WireBytes
    package var certificate: WireBytes

    package init(
        challenge: String, client: String, origin: String, statement: WireBytes, signature: WireBytes,
        certificate: WireBytes
    ) {
        self.challenge = challenge
        self.client = client
        self.origin = origin
        self.statement = statement
        self.signature = signature
        self.certificate = certificate
    }
}

/// The answer: who logged in. The names of the members are OpenID Connect's where it has one.
package struct VerificationAnswer: Hashable, Sendable, Codable {
    package var login: String
    package var sub: String
    package var uscc: String
    package var name: String
    package var holder: String
    package var acr: String
    package var amr: [String]
    package var certificateSerial: String
    package var authTime: Int64

    enum CodingKeys: String, CodingKey {
        case login, sub, uscc, name, holder, acr, amr
        case certificateSerial = "certificate_serial"
        case authTime = "auth_time"
    }

    package init(_ login: Login) {
        self.login = login.id.shown
        self.sub = login.subject.text
        self.uscc = login.uscc
        self.name = login.name
        self.holder = Hex.encode(login.holder.bytes)
        self.acr = login.acr
        self.amr = login.amr
        self.certificateSerial = login.certificateSerial.hex
        self.authTime = login.at.seconds
    }
}
