package import Audit
package import Cryptography
package import Groundwork

/// What a store that was set back is proved to lack, and what two officers order by it.
package struct RestorationPlan: Sendable {
    /// A serial number that an issuing key was about to sign with, and that the store never drew.
    package struct Certificate: Sendable, Hashable {
        package let serial: SerialNumber
        package let issuer: String
        /// SHA-256 of the TBSCertificate.
        package let digest: [UInt8]
        package let signedAt: Instant
    }

    /// What a published list, or an archive, says of a serial number and the store does not.
    package struct Revocation: Sendable, Hashable {
        package let issuer: String
        package let entry: RevokedEntry
    }

    /// A list that an issuing key was about to sign, and that the store does not know.
    package struct List: Sendable, Hashable {
        package let issuer: String
        /// SHA-256 of the TBSCertList.
        package let digest: [UInt8]
        /// `nil` in lines of before lists had their number there.
        package let number: Int?
        package let signedAt: Instant
    }

    package internal(set) var certificates: [Certificate] = []
    package internal(set) var revocations: [Revocation] = []
    package internal(set) var lists: [List] = []
    /// By generation, the highest number that any list of it may have had: the next ones are higher. Only of
    /// generations of which something is missing.
    package internal(set) var numbers: [String: Int] = [:]
    /// The kept checkpoint that the store contradicts, and how.
    package internal(set) var held: Checkpoint?
    package internal(set) var contradiction: CheckpointContradiction?
    /// The store's own head.
    package let stored: AuditHead

    init(stored: AuditHead) { self.stored = stored }

    package var isNothing: Bool {
        certificates.isEmpty && revocations.isEmpty && lists.isEmpty && numbers.isEmpty && contradiction == nil
    }

    /// How many events of the audit are proved to be gone.
    package var eventsMissing: Int {
        if case .shorter(let held, let stored) = contradiction { return held - stored }
        return 0
    }

    /// SHA-256 of all that it says, in hexadecimal: what the order is about.
    package var digest: String {
        let body: [String: CanonicalJSON] = [
            "format": "yzt-restoration-1",
            "certificates": .array(
                certificates.map {
                    .array([.string($0.issuer), .string($0.serial.hex), .string(Hex.encode($0.digest))])
                }
            ),
            "revocations": .array(
                revocations.map { each in
                    .array([
                        .string(each.issuer), .string(each.entry.serialNumber.hex),
                        .integer(Int64(each.entry.reason.rawValue)), .integer(each.entry.revokedAt.milliseconds),
                        each.entry.invalidSince.map { .integer($0.milliseconds) } ?? .null,
                    ])
                }),
            "lists": .array(lists.map { .array([.string($0.issuer), .string(Hex.encode($0.digest))]) }),
            "numbers": .object(numbers.mapValues { .integer(Int64($0)) }),
            "held": held.map { .string(Hex.encode($0.hash)) } ?? .null,
            "stored": .array([.integer(Int64(stored.size)), .string(Hex.encode(stored.root))]),
        ]
        return Hex.encode(DigestAlgorithm.sha256.hash(CanonicalJSON.object(body).bytes))
    }

    /// What an order binds beside the digest.
    var parameters: [String: CanonicalJSON] {
        [
            "certificates": .integer(Int64(certificates.count)), "revocations": .integer(Int64(revocations.count)),
            "lists": .integer(Int64(lists.count)), "events": .integer(Int64(eventsMissing)),
        ]
    }
}
