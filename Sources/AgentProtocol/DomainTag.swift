package import Cryptography

/// What the first bytes of a signed message say that it is, so that no structure is accepted for another purpose.
///
/// Each is followed by a zero byte. None can be the start of a DER structure (`Y` is 0x59, an application tag that no
/// standard structure of ours begins with), so a tagged message is never a PKCS#10 or a set of signed attributes.
package enum DomainTag: String, CaseIterable, Sendable {
    /// The holder's answer to a login statement.
    case login = "YZT-LOGIN-1"
    /// The holder's proof, within a plan, that a key belongs to a certificate.
    case proof = "YZT-PROOF-1"
    /// The service's signature over a login statement.
    case statement = "YZT-STATEMENT-1"
    /// The service's signature over a plan.
    case plan = "YZT-PLAN-1"
    /// An officer's signature under an order; the room of officers states the same tag.
    case authorisation = "YZT-AUTHORISATION-1"

    package var prefix: [UInt8] { Array(rawValue.utf8) + [0] }
}

/// The messages that an authentication key signs, each built here by both sides.
package enum TaggedMessage {
    /// `"YZT-LOGIN-1" ‖ 0x00 ‖ H(origin) ‖ H(statement bytes) ‖ H(certificate DER)`; H is SHA-256 for P-256 and RSA,
    /// plain SM3 for SM2.
    package static func login(
        origin: String, statementBytes: [UInt8], certificate: [UInt8], family: AlgorithmFamily
    ) -> [UInt8] {
        let digest = family.digest
        return DomainTag.login.prefix + digest.hash(Array(origin.utf8)) + digest.hash(statementBytes)
            + digest.hash(certificate)
    }

    /// `"YZT-PROOF-1" ‖ 0x00 ‖ H(plan id ‖ step as 4 bytes) ‖ H(certificate DER)`.
    package static func proof(
        plan: [UInt8], step: UInt32, certificate: [UInt8], family: AlgorithmFamily
    ) -> [UInt8] {
        let digest = family.digest
        let number = (0..<4).map { UInt8(truncatingIfNeeded: step >> (24 - 8 * UInt32($0))) }
        return DomainTag.proof.prefix + digest.hash(plan + number) + digest.hash(certificate)
    }
}
