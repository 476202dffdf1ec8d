package import CertificateRecords
package import Cryptography
package import Groundwork
internal import KeyCustody
internal import Storage

/// Everything that is known about one certificate's validity, whether it is our own or was imported.
package struct ValidityRecords: Sendable {
    package let serial: SerialNumber
    /// `nil` for a serial number whose certificate never came to be.
    package let certificate: Certificate?
    package let issuedAt: Instant
    package let history: [StatusEvent]
    /// From the issuer up to the root.
    package let issuers: [IssuerRecords]
    /// The manifest's SHA-256 of the archive that brought it; `nil`: our own.
    package let archive: [UInt8]?

    /// A certificate above: with its own history, where we have one.
    package struct IssuerRecords: Sendable {
        package let certificate: Certificate
        package let history: [StatusEvent]

        package init(certificate: Certificate, history: [StatusEvent]) {
            self.certificate = certificate
            self.history = history
        }

        package func verdict(at instant: Instant) -> ValidityFinding {
            // An authority's history begins with its first change: until then it was good.
            if let first = history.map(\.since).min(), first <= instant {
                return ValidityFinding.at(
                    instant, issuedAt: certificate.notBefore, notBefore: certificate.notBefore,
                    notAfter: certificate.notAfter, history: history)
            }
            if instant.truncatedToSecond < certificate.notBefore { return ValidityFinding(.notYetValid) }
            return ValidityFinding(instant.truncatedToSecond > certificate.notAfter ? .expired : .good)
        }
    }

    package init(
        serial: SerialNumber, certificate: Certificate?, issuedAt: Instant, history: [StatusEvent],
        issuers: [IssuerRecords], archive: [UInt8]?
    ) {
        self.serial = serial
        self.certificate = certificate
        self.issuedAt = issuedAt
        self.history = history
        self.issuers = issuers
        self.archive = archive
    }

    /// The certificate's own verdict, unless an authority above it was revoked then: nothing below it is good.
    package func finding(at instant: Instant) -> ValidityFinding {
        guard let certificate else {
            let line = history.last
            return ValidityFinding(.revoked, since: line?.since, reason: line?.reason)
        }
        let own = ValidityFinding.at(
            instant, issuedAt: issuedAt, notBefore: certificate.notBefore, notAfter: certificate.notAfter,
            history: history)
        guard own.verdict == .good || own.verdict == .suspended else { return own }
        for issuer in issuers {
            let above = issuer.verdict(at: instant)
            if above.verdict == .revoked {
                return ValidityFinding(
                    .revoked, since: above.since, reason: .caCompromise, revokedAt: above.revokedAt)
            }
        }
        return own
    }
}

extension ValidityRecords {
    /// Our own records; `nil` if this serial number was never ours, or its records have gone.
    static func own(
        _ serial: SerialNumber, issuers directory: IssuerDirectory, in transaction: any ReadTransaction
    ) throws(Refusal) -> ValidityRecords? {
        let history = try StatusHistory.events(of: serial, in: transaction)
        guard let record = try CertificateStore.certificate(serial, in: transaction) else {
            guard let first = history.first else { return nil }
            return ValidityRecords(
                serial: serial, certificate: nil, issuedAt: first.since, history: history, issuers: [], archive: nil)
        }
        return ValidityRecords(
            serial: serial, certificate: try record.certificate(), issuedAt: record.issuedAt, history: history,
            issuers: try above(record, directory, in: transaction), archive: nil)
    }

    /// The issuer, and what stands above it.
    private static func above(
        _ record: CertificateRecord, _ directory: IssuerDirectory, in transaction: any ReadTransaction
    ) throws(Refusal) -> [IssuerRecords] {
        var found: [IssuerRecords] = []
        var next: Certificate? = try directory.issuer(generation: record.issuer).certificate
        while let certificate = next, found.count < 8, certificate.der != record.der {
            let isKnown = found.contains { $0.certificate == certificate }
            if isKnown { break }
            found.append(
                IssuerRecords(
                    certificate: certificate,
                    history: try StatusHistory.events(of: certificate.serialNumber, in: transaction)))
            next =
                certificate.isSelfIssued
                ? nil : directory.issuers.first { $0.certificate.subject == certificate.issuer }?.certificate
        }
        return found
    }
}
