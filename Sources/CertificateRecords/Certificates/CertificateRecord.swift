package import CertificateProfiles
package import Cryptography
package import Groundwork
package import Storage

/// A certificate that we issued, with what we know about it: one row, and its revocation if there is one.
package struct CertificateRecord: Sendable, Hashable {
    package let serialNumber: SerialNumber
    package let der: [UInt8]
    /// The issuing generation.
    package let issuer: String
    package let profile: String
    package let purpose: CertificatePurpose
    package let family: AlgorithmFamily
    /// As stored; what counts at a moment is ``state(at:)``.
    package let storedState: CertificateState
    package let statusVersion: Int64
    /// The unified social credit code of the legal entity, if it names one.
    package let creditCode: String?
    /// The medium number that holds the key.
    package let medium: [UInt8]?
    /// Where on the medium: a PIV slot's number. Data, never a meaning.
    package let slot: UInt8?
    package let model: String?
    /// The delivery and the service point that the medium was stocked with.
    package let batch: String?
    package let servicePoint: String?
    /// The division of the entity's code (GB/T 2260, its places 3 to 8).
    package let district: String?
    /// `attested`, `witnessed` or `unproved`, and what stands behind it.
    package let origin: String
    package let shard: Int
    package let notBefore: Instant
    package let notAfter: Instant
    package let issuedAt: Instant
    package let activateBy: Instant?
    package let activatedAt: Instant?
    package let revocation: RevocationFact?
    /// Whether every authority above it stands: where one is revoked nothing below it is good, whatever is stored here.
    package let issuerIsValid: Bool

    /// The certificate, read anew from its bytes.
    package func certificate() throws(Refusal) -> Certificate { try Certificate(der: der) }

    package func state(at instant: Instant) -> CertificateState {
        storedState != .revoked && instant.truncatedToSecond > notAfter ? .expired : storedState
    }

    /// Whether login and sealing may rely on it at this moment.
    package func isUsable(at instant: Instant) -> Bool {
        state(at: instant) == .active && instant >= notBefore && issuerIsValid
    }
}

/// Since when and why a serial number stands on a list. A suspension is one with reason `certificateHold`.
package struct RevocationFact: Sendable, Hashable {
    package let reason: RevocationReason
    package let revokedAt: Instant
    /// Since when the key is known or suspected to have been misused (RFC 5280, 5.3.2).
    package let invalidSince: Instant?

    package init(reason: RevocationReason, revokedAt: Instant, invalidSince: Instant? = nil) {
        self.reason = reason
        self.revokedAt = revokedAt
        self.invalidSince = invalidSince
    }
}

extension CertificateRecord {
    static let columns = """
        c.serial AS serial, c.der AS der, c.issuer AS issuer, c.profile AS profile, c.purpose AS purpose,
        c.family AS family, c.state AS state, c.status_version AS status_version, c.credit_code AS credit_code,
        c.medium AS medium, c.place AS place, c.model AS model, c.origin AS origin, c.shard AS shard,
        c.not_before AS not_before, c.not_after AS not_after, c.issued_at AS issued_at,
        c.activate_by AS activate_by, c.activated_at AS activated_at, c.batch AS batch,
        c.service_point AS service_point, c.district AS district, r.reason AS reason,
        r.revoked_at AS revoked_at, r.invalid_since AS invalid_since,
        \(IssuerStatus.condition(issuer: "c.issuer", exceptFor: "c.serial")) AS authority_stands
        """
    /// Places 3 to 8 of a code; `nil` where they are not the six digits of a division.
    static func district(of creditCode: String) -> String? {
        let digits = creditCode.utf8.dropFirst(2).prefix(6)
        guard digits.count == 6, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return String(decoding: digits, as: UTF8.self)
    }

    static let source = "certificate c LEFT JOIN revocation r ON r.serial = c.serial"

    init(_ row: Row) throws(Refusal) {
        serialNumber = try row.serial("serial")
        der = try row.blob("der")
        issuer = try row.text("issuer")
        profile = try row.text("profile")
        purpose = try row.choice("purpose")
        family = try row.choice("family")
        storedState = try row.choice("state")
        statusVersion = try row.integer("status_version")
        creditCode = try row.optionalText("credit_code")
        medium = try row.optionalBlob("medium")
        slot = try row.optionalInteger("place").flatMap { UInt8(exactly: $0) }
        model = try row.optionalText("model")
        batch = try row.optionalText("batch")
        servicePoint = try row.optionalText("service_point")
        district = try row.optionalText("district")
        origin = try row.text("origin")
        shard = Int(try row.integer("shard"))
        notBefore = try row.instant("not_before")
        notAfter = try row.instant("not_after")
        issuedAt = try row.instant("issued_at")
        activateBy = try row.optionalInstant("activate_by")
        activatedAt = try row.optionalInstant("activated_at")
        revocation = try RevocationFact(optional: row)
        issuerIsValid = try row.integer("authority_stands") == 1
    }
}

extension RevocationFact {
    /// From the columns `reason`, `revoked_at` and `invalid_since`; `nil` where the first is NULL.
    package init?(optional row: Row) throws(Refusal) {
        guard let raw = try row.optionalInteger("reason") else { return nil }
        guard let reason = RevocationReason(rawValue: Int(raw)) else {
            throw Refusal(StorageRefusal.unexpectedValue, detail: "revocation reason \(raw)")
        }
        self.init(
            reason: reason, revokedAt: try row.instant("revoked_at"),
            invalidSince: try row.optionalInstant("invalid_since"))
    }
}

extension Row {
    package func serial(_ column: String) throws(Refusal) -> SerialNumber {
        guard let serial = SerialNumber(try blob(column)) else {
            throw Refusal(StorageRefusal.unexpectedValue, detail: "column \(column): not a serial number")
        }
        return serial
    }
}

extension [Row] {
    /// The column `serial` of each.
    package func serials() throws(Refusal) -> [SerialNumber] {
        try map { row throws(Refusal) in try row.serial("serial") }
    }
}
