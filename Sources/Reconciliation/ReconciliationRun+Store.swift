internal import CertificateRecords
internal import Cryptography
internal import Groundwork
internal import LongTermEvidence
internal import Storage

/// Journals, intents, certificates, revocations and records of keys, for the serial numbers that begin with one byte.
extension ReconciliationRun {
    mutating func compareStore(_ bucket: Int) async throws {
        let signed = try signed(bucket)
        let written = try written(bucket)
        let part = try await reconciliation.database.read { try StoredPart(bucket, in: $0) }
        intents += part.intents.count
        certificates += part.certificates.count
        revocations += part.revocations.count
        try compareSigned(signed, part)
        try compareIntents(signed, part)
        try compareCertificates(signed, part)
        try compareHistories(part)
        guard reconciliation.keys != nil else { return }
        try await compareWritten(written, part)
    }

    /// What the signers say, against the intents.
    private mutating func compareSigned(_ signed: [SerialNumber: [Signed]], _ part: StoredPart) throws {
        for (serial, lines) in signed.sorted(by: { $0.key < $1.key }) {
            if lines.count > 1 { try found(.signedTwice, serial.hex, "\(lines.count) times") }
            guard let intent = part.intents[serial] else {
                // An authority's own certificate may have been made before its store was.
                if part.authorities[serial] != lines.last?.digest { try found(.signedWithoutIntent, serial.hex) }
                continue
            }
            for line in lines where journalsRead[line.journal].issuer != intent.issuer {
                try found(
                    .signedByAnother, serial.hex,
                    "intended for \(intent.issuer), signed by \(journalsRead[line.journal].issuer)")
            }
            if let certificate = part.certificates[serial], !lines.contains(where: { $0.digest == certificate.body }) {
                try found(.storedDiffers, serial.hex)
            }
        }
    }

    private mutating func compareIntents(_ signed: [SerialNumber: [Signed]], _ part: StoredPart) throws {
        let now = reconciliation.surroundings.now()
        for (serial, intent) in part.intents.sorted(by: { $0.key < $1.key }) {
            switch intent.progress {
            case .intended:
                if IntentStore.isOver(intent.leaseUntil, at: now) {
                    try found(
                        .intentLeftOpen, serial.hex,
                        signed[serial] == nil ? "nothing was signed" : "signed, never stored")
                }
            case .issued:
                guard part.certificates[serial] == nil, !part.pruned.contains(serial) else { continue }
                try found(.issuedNotStored, serial.hex)
            case .closed:
                if part.revocations[serial] == nil { try found(.closedNotRevoked, serial.hex) }
            }
        }
    }

    private mutating func compareCertificates(_ signed: [SerialNumber: [Signed]], _ part: StoredPart) throws {
        var meanwhile: [SerialNumber: Signed]?
        for (serial, certificate) in part.certificates.sorted(by: { $0.key < $1.key }) {
            if !journalsRead.contains(where: { $0.issuer == certificate.issuer }) {
                unjournalled[certificate.issuer, default: 0] += 1
            } else if signed[serial] == nil {
                if meanwhile == nil { meanwhile = try signedMeanwhile() }
                switch meanwhile?[serial] {
                case nil: try found(.storedNotSigned, serial.hex, "issuer \(certificate.issuer)")
                case .some(let line):
                    if line.digest != certificate.body { try found(.storedDiffers, serial.hex) }
                }
            }
            if part.intents[serial]?.progress != .issued { try found(.storedNotIssued, serial.hex) }
            if !certificate.namesEntity {
                try found(.subjectDiffers, serial.hex, "stored as \(certificate.entity ?? "no entity")'s")
            }
            if let intent = part.intents[serial], intent.issuer != certificate.issuer {
                try found(
                    .signedByAnother, serial.hex, "intended for \(intent.issuer), stored as \(certificate.issuer)'s")
            }
            let revocation = part.revocations[serial]?.reason
            switch (certificate.state, revocation) {
            case (.revoked, nil), (.suspended, nil):
                try found(.stateWithoutEntry, serial.hex, certificate.state.rawValue)
            case (.revoked, .certificateHold?), (.issued, _?), (.active, _?):
                try found(.entryWithoutState, serial.hex, certificate.state.rawValue)
            case (.suspended, .some(let reason)) where reason != .certificateHold:
                try found(.entryWithoutState, serial.hex, certificate.state.rawValue)
            default: break
            }
        }
    }

    /// Each line of a certificate's history against its event in the audit, each such event against the history, and
    /// the state as it is against the last line.
    private mutating func compareHistories(_ part: StoredPart) throws {
        let serials = Set(part.histories.keys).union(part.changes.keys).union(part.certificates.keys)
        // A tombstone over records that are still there hides nothing.
        let gone = part.pruned.filter { part.histories[$0] == nil && part.certificates[$0] == nil }
        for serial in serials.subtracting(gone).sorted() {
            let (history, certificate) = (part.histories[serial] ?? [], part.certificates[serial])
            historyLines += history.count
            let audited = AuditedHistory(
                history: history, changes: part.changes[serial] ?? [], fingerprint: certificate?.fingerprint)
            let stored = AuditedHistory.Stored(
                certificate: certificate.map { ($0.state, $0.version) }, revocation: part.revocations[serial],
                begins: part.historyBegins)
            for fault in audited.faults(stored) {
                switch fault.kind {
                case .line: try found(.lineWithoutEvent, serial.hex, fault.detail)
                case .event: try found(.eventWithoutLine, serial.hex, fault.detail)
                case .state: try found(.stateNotLastLine, serial.hex, fault.detail)
                }
            }
        }
    }

    private mutating func compareWritten(
        _ written: [SerialNumber: [WrittenCertificate]], _ part: StoredPart
    ) async throws {
        for (serial, records) in written.sorted(by: { $0.key < $1.key }) {
            for record in records {
                guard let certificate = part.certificates[serial] else {
                    if part.pruned.contains(serial) { continue }
                    try found(.keyRecordUnknown, serial.hex, "medium \(Hex.encode(record.medium))")
                    continue
                }
                try await compare(record, certificate, serial)
            }
        }
        guard let keys = reconciliation.keys else { return }
        for (serial, certificate) in part.certificates.sorted(by: { $0.key < $1.key }) {
            guard let medium = certificate.medium, written[serial] == nil else { continue }
            // It was stored after the keys were read, or its plan is on the way.
            if try await keys.record(fingerprint: certificate.fingerprint) != nil { continue }
            if try await keys.isInWork(medium) { continue }
            // A certificate that was never recorded was never activated; revoked, nothing is left to say.
            if certificate.state == .revoked { continue }
            try found(.keyRecordMissing, serial.hex, "medium \(Hex.encode(medium))")
        }
    }

    private mutating func compare(
        _ record: WrittenCertificate, _ certificate: StoredPart.StoredCertificate, _ serial: SerialNumber
    ) async throws {
        let medium = Hex.encode(record.medium)
        if record.fingerprint != certificate.fingerprint {
            try found(.keyRecordDiffers, serial.hex, "medium \(medium)")
        } else if certificate.medium != record.medium || certificate.slot != record.slot {
            try found(
                .keyRecordElsewhere, serial.hex,
                "recorded on \(medium) at \(Hex.encode([record.slot])), stored for "
                    + "\(certificate.medium.map { Hex.encode($0) } ?? "no medium") at "
                    + "\(certificate.slot.map { Hex.encode([$0]) } ?? "no place")")
        }
        // A key that went to another holder keeps the records of what was revoked before.
        guard certificate.state != .revoked, record.entity != certificate.entity, let keys = reconciliation.keys,
            try await !keys.isInWork(record.medium),
            try await keys.record(fingerprint: record.fingerprint)?.entity == record.entity
        else { return }
        try found(
            .holderDiffers, serial.hex,
            "medium \(medium) is held by \(record.entity ?? "no entity"), certified for "
                + "\(certificate.entity ?? "no entity")")
    }
}
