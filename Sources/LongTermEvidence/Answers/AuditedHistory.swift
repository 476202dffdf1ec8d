package import Audit
package import CertificateRecords
package import Cryptography
package import Groundwork
package import Storage

/// A certificate's history and what the audit says of it, held against each other in both directions: each line has its
/// event, each event its line, and the certificate's row and the table of revocations say what the last line says.
///
/// Whoever can write to the database can write a history that agrees with itself. The audit's lines cannot be taken
/// back or changed without its tree telling (`yzt audit verify`): so nothing is said of a certificate that they do not
/// bear out.
package struct AuditedHistory {
    /// By version.
    package let history: [StatusEvent]
    /// In the order of the log.
    package let changes: [AuditedChange]
    /// SHA-256 of the certificate; `nil` for a serial number whose certificate never came to be.
    package let fingerprint: [UInt8]?

    package init(
        history: [StatusEvent], changes: [AuditedChange], fingerprint: [UInt8]?
    ) {
        self.history = history
        self.changes = changes
        self.fingerprint = fingerprint
    }

    /// What the store says beside the history.
    package struct Stored {
        /// `nil` where there is no certificate.
        var certificate: (state: CertificateState, version: Int64)?
        var revocation: RevocationFact?
        /// When the history of an older store began.
        var begins: Instant?

        package init(
            certificate: (state: CertificateState, version: Int64)? = nil, revocation: RevocationFact? = nil,
            begins: Instant? = nil
        ) {
            self.certificate = certificate
            self.revocation = revocation
            self.begins = begins
        }
    }

    package struct Fault: Hashable {
        package enum Kind { case line, event, state }
        package let kind: Kind
        package let detail: String
    }

    /// The event behind each line; nothing where there is none.
    ///
    /// A line without the name of an event was made when an older store got its history, and only then: the audit knew
    /// the act already, so it is looked for there. That a line names none spares it nothing.
    private func witnesses() -> [AuditedChange?] {
        var free = changes
        return history.map { line in
            let index = free.firstIndex { change in
                line.event == nil ? change.couldHaveMade(line, of: fingerprint) : change.bearsOut(line, of: fingerprint)
            }
            return index.map { free.remove(at: $0) }
        }
    }

    /// - Parameter isArchived: the certificate's row and the table of revocations have nothing to say any more.
    package func faults(_ stored: Stored, isArchived: Bool = false) -> [Fault] {
        let witnesses = witnesses()
        var faults: [Fault] = []
        for (line, evidenceSigner) in zip(history, witnesses) {
            let isOld = stored.begins.map { line.recordedAt < $0 } ?? false
            guard evidenceSigner == nil || line.event == nil && !isOld else { continue }
            faults.append(Fault(kind: .line, detail: "line \(line.version), \(line.state.rawValue)"))
        }
        let found = Set(witnesses.compactMap { $0?.identifier })
        for (index, change) in changes.enumerated() where !found.contains(change.identifier) {
            if isHoldBefore(stored.begins, index) { continue }
            faults.append(
                Fault(kind: .event, detail: "\(change.act.rawValue) \(change.identifier.shown) at \(change.at.rfc3339)")
            )
        }
        if let detail = (isArchived ? nil : otherwise(stored)) ?? history.unlawfulStep {
            faults.append(Fault(kind: .state, detail: detail))
        }
        return faults
    }

    /// A hold that had ended when an older store got its history: no line knows of it, and no answer reaches back
    /// there.
    private func isHoldBefore(_ begins: Instant?, _ index: Int) -> Bool {
        guard let begins, changes[index].at < begins, history.contains(where: { $0.event == nil }) else { return false }
        return changes[index].act == .resumed || changes[index].act == .suspended && index < changes.count - 1
    }

    /// How the certificate's row and the table of revocations differ from the last line.
    private func otherwise(_ stored: Stored) -> String? {
        guard let last = history.last else {
            // An authority's own certificate that a ceremony brought has none until something happens to it.
            guard let certificate = stored.certificate else { return nil }
            return certificate.state == .active && certificate.version == 1 && stored.revocation == nil
                ? nil : "\(certificate.state.rawValue), without a history"
        }
        if let certificate = stored.certificate {
            guard certificate.state == last.state else {
                return "\(certificate.state.rawValue), its history ends as \(last.state.rawValue)"
            }
            guard certificate.version == last.version || last.event == nil else {
                return "version \(certificate.version), its history ends with \(last.version)"
            }
        }
        guard last.state == .revoked || last.state == .suspended else {
            return stored.revocation.map { "\($0.reason) in the table of revocations, its history ends otherwise" }
        }
        guard let entry = stored.revocation else { return "\(last.state.rawValue), not in the table of revocations" }
        let since = min(entry.invalidSince ?? entry.revokedAt, entry.revokedAt)
        guard entry.reason == last.reason, since.truncatedToSecond == last.since.truncatedToSecond,
            entry.revokedAt.truncatedToSecond == (last.revokedAt ?? last.since).truncatedToSecond
        else { return "another reason or date in the table of revocations" }
        return nil
    }
}

extension AuditedHistory {
    /// What is wrong with our own records of a serial number. Where they went into an archive, what that told us is
    /// held against our audit in their place, for the audit stays; a tombstone over records that are still there says
    /// nothing.
    package static func faults(of serial: SerialNumber, in transaction: any ReadTransaction) throws(Refusal) -> [Fault]
    {
        let record = try CertificateStore.certificate(serial, in: transaction)
        let history = try StatusHistory.events(of: serial, in: transaction)
        if record == nil, history.isEmpty, try PrunedRecords.find(serial, in: transaction) != nil {
            guard let taken = try ImportedCertificates.records(.serial(serial), in: transaction)?.records else {
                return []
            }
            return AuditedHistory(
                history: taken.history, changes: try AuditedChange.all(of: serial, in: transaction),
                fingerprint: taken.certificate?.fingerprint
            ).faults(Stored(begins: try StatusHistory.begins(in: transaction)), isArchived: true)
        }
        let audited = AuditedHistory(
            history: history, changes: try AuditedChange.all(of: serial, in: transaction),
            fingerprint: record.map { DigestAlgorithm.sha256.hash($0.der) })
        let faults = audited.faults(
            Stored(
                certificate: record.map { ($0.storedState, $0.statusVersion) },
                revocation: try RevocationStore.fact(of: serial, in: transaction),
                begins: try StatusHistory.begins(in: transaction)))
        guard let record, let fault = try otherIssuer(record, in: transaction) else { return faults }
        return faults + [fault]
    }

    /// Whether the row names the authority that the certificate itself names: what is above decides too.
    private static func otherIssuer(
        _ record: CertificateRecord, in transaction: any ReadTransaction
    ) throws(Refusal) -> Fault? {
        let certificate = try record.certificate()
        if let issuer = try HierarchyStore.certificate(of: record.issuer, in: transaction).map({
            der throws(Refusal) in try Certificate(der: der)
        }),
            certificate.issuer == issuer.subject,
            certificate.facts.authorityKeyIdentifier.map({ $0 == issuer.keyIdentifier }) ?? true
        {
            return nil
        }
        return Fault(kind: .state, detail: "stored as issued by \(record.issuer)")
    }

    /// The events behind a history, those of lines that name none too.
    package static func events(
        behind history: [StatusEvent], of record: CertificateRecord, in transaction: any ReadTransaction
    ) throws(Refusal) -> [AuditEventIdentifier] {
        guard history.contains(where: { $0.event == nil }) else { return history.compactMap(\.event) }
        let audited = AuditedHistory(
            history: history, changes: try AuditedChange.all(of: record.serialNumber, in: transaction),
            fingerprint: DigestAlgorithm.sha256.hash(record.der))
        return audited.witnesses().compactMap { $0?.identifier }
    }
}
