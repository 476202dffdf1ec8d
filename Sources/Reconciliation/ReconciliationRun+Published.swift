internal import CertificateRecords
internal import CertificateStatus
internal import Cryptography
internal import Groundwork
internal import Storage

/// What relying parties are told, against what is stored.
extension ReconciliationRun {
    mutating func compareLists() async throws {
        let now = reconciliation.surroundings.now()
        let names = try await reconciliation.database.read { try StoredCRL.names(in: $0) }
        for name in names {
            let list = try await reconciliation.database.read { try PublishedCRL(name, in: $0) }
            guard let list else { continue }
            lists += 1
            let subject = name.text
            let issuer = reconciliation.journals.first { $0.issuer == name.issuer }?.certificate
            guard let issuer, let read = try? CertificateList(der: list.stored.der, kind: name.parsedKind),
                read.isSigned(by: issuer.publicKey)
            else {
                try found(.listNotSigned, subject, "the signature is not \(name.issuer)'s")
                continue
            }
            listsToFind[DigestAlgorithm.sha256.hash(read.tbs)] = (subject, name.issuer)
            if let end = read.nextUpdate, end <= now { try found(.listOverdue, subject, "since \(end.rfc3339)") }
            listEntries += read.entries.count
            guard read.number == list.stored.number, read.baseNumber == list.stored.baseNumber else {
                try found(.listMisfiled, subject, "it says number \(read.number ?? 0), base \(read.baseNumber ?? 0)")
                continue
            }
            switch list.content {
            case .complete(let entries, let mayStillName): try compare(read, list, entries, mayStillName, subject)
            case .delta(let changes): try compare(read, list, changes, subject)
            case .withoutBase: continue
            }
        }
    }

    /// A delta names every change after its base and up to its own making, and nothing that did not change then. What
    /// changed once more since is for the next one.
    private mutating func compare(
        _ read: CertificateList, _ list: PublishedCRL, _ changes: PublishedCRL.Changes, _ subject: String
    ) throws {
        var listed: [SerialNumber: RevokedEntry] = [:]
        for entry in read.entries { listed[entry.serialNumber] = entry }
        for (entry, change) in changes.entries where change <= list.stored.change {
            let serial = entry.serialNumber.hex
            guard let named = listed.removeValue(forKey: entry.serialNumber) else {
                // What ended before the delta was made need not be let go any more.
                if entry.reason == .removeFromCRL {
                    if !changes.mayBeLeftOut.contains(entry.serialNumber) {
                        try found(.removalNotListed, serial, subject)
                    }
                } else {
                    try found(.revokedNotListed, serial, subject)
                }
                continue
            }
            try compare(named, with: entry, read, subject)
        }
        let later = Set(changes.entries.filter { $0.change > list.stored.change }.map(\.entry.serialNumber))
        for serial in listed.keys.sorted() where !later.contains(serial) {
            try found(.listedNotRevoked, serial.hex, subject)
        }
    }

    /// A list that was made after the last change must say exactly what the table says. One that waits for its next
    /// turn must name all that was revoked before it.
    private mutating func compare(
        _ read: CertificateList, _ list: PublishedCRL, _ entries: [RevokedEntry], _ mayStillName: Set<SerialNumber>,
        _ subject: String
    ) throws {
        var listed: [SerialNumber: RevokedEntry] = [:]
        for entry in read.entries { listed[entry.serialNumber] = entry }
        for entry in entries {
            if let named = listed.removeValue(forKey: entry.serialNumber) {
                if list.stored.isCurrent { try compare(named, with: entry, read, subject) }
            } else if list.stored.isCurrent || entry.revokedAt < read.thisUpdate {
                try found(.revokedNotListed, entry.serialNumber.hex, subject)
            }
        }
        guard list.stored.isCurrent else { return }
        for serial in listed.keys.sorted() where !mayStillName.contains(serial) {
            try found(.listedNotRevoked, serial.hex, subject)
        }
    }

    private mutating func compare(
        _ named: RevokedEntry, with stored: RevokedEntry, _ list: CertificateList, _ subject: String
    ) throws {
        guard named != stored.told(at: list.thisUpdate) else { return }
        try found(
            .listedOtherwise, stored.serialNumber.hex,
            "\(subject): \(named.reason) since \(named.revokedAt.rfc3339), stored \(stored.reason) since "
                + stored.revokedAt.rfc3339)
    }

    mutating func compareAnswers() async throws {
        var cursor: StoredResponseRecord.Cursor?
        while true {
            let page = try await reconciliation.database.read { [cursor] transaction in
                try StoredResponseRecord.page(after: cursor, limit: 500, in: transaction).map { response in
                    try PublishedResponse(response, in: transaction)
                }
            }
            if page.isEmpty { return }
            cursor = page.last?.response.cursor
            for answer in page {
                answers += 1
                try compare(answer)
            }
        }
    }

    /// An answer of an older status version is never given again; one of the present version must say the status.
    private mutating func compare(_ answer: PublishedResponse) throws {
        let serial = answer.serial.hex
        guard let version = answer.fact.version else {
            return try found(.answerStale, serial, "an answer about what is not stored")
        }
        guard answer.response.version == version else {
            if answer.response.version > version {
                try found(.answerStale, serial, "it has version \(answer.response.version), the status \(version)")
            }
            return
        }
        guard let responses = try? OCSPResponse(der: answer.response.der).basic?.responses,
            let response = responses.first(where: { $0.certificate.serialNumber == answer.serial })
        else { return try found(.answerUnreadable, serial) }
        let expected = answer.fact.ocsp(at: response.thisUpdate)
        if response.status != expected {
            try found(.answerStale, serial, "it says \(response.status), the store \(expected)")
        }
    }
}

/// A stored OCSP response, and the status at the same moment.
private struct PublishedResponse: Sendable {
    let response: StoredResponseRecord
    let serial: SerialNumber
    let fact: StatusFact

    init(_ response: StoredResponseRecord, in transaction: any ReadTransaction) throws(Refusal) {
        guard let serial = SerialNumber(response.cursor.serial) else {
            throw Refusal(StorageRefusal.unexpectedValue, detail: "a stored response about no serial number")
        }
        self.response = response
        self.serial = serial
        fact = try StatusFact(serial, issuer: nil, in: transaction)
    }
}
