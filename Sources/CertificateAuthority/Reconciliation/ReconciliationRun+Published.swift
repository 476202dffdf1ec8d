internal import Cryptography
internal import Groundwork
internal import Storage

/// What relying parties are told, against what is stored.
extension ReconciliationRun {
    mutating func compareLists() async throws {
        let now = reconciliation.surroundings.now()
        let names = try await reconciliation.database.read { try PublishedList.names(in: $0) }
        for name in names {
            let list = try await reconciliation.database.read { try PublishedList(name, in: $0) }
            guard let list else { continue }
            lists += 1
            let subject = "\(name.issuer)/\(name.scope < 0 ? "full" : String(name.scope))"
            let issuer = reconciliation.journals.first { $0.issuer == name.issuer }?.certificate
            guard let issuer, let read = try? CertificateList(der: list.der), read.isSigned(by: issuer.publicKey) else {
                try found(.listNotSigned, subject, "the signature is not \(name.issuer)'s")
                continue
            }
            listsToFind[DigestAlgorithm.sha256.hash(read.tbs)] = (subject, name.issuer)
            if let end = read.nextUpdate, end <= now { try found(.listOverdue, subject, "since \(end.rfc3339)") }
            listEntries += read.entries.count
            try compare(read, list, subject)
        }
    }

    /// A list that was made after the last change must say exactly what the table says. One that waits for its next
    /// turn must name all that was revoked before it.
    private mutating func compare(_ read: CertificateList, _ list: PublishedList, _ subject: String) throws {
        var listed: [SerialNumber: RevokedEntry] = [:]
        for entry in read.entries { listed[entry.serialNumber] = entry }
        for entry in list.entries {
            if let named = listed.removeValue(forKey: entry.serialNumber) {
                guard list.isCurrent, named != entry else { continue }
                try found(
                    .listedOtherwise, entry.serialNumber.hex,
                    "\(subject): \(named.reason) since \(named.revokedAt.rfc3339), stored \(entry.reason) since "
                        + entry.revokedAt.rfc3339)
            } else if list.isCurrent || entry.revokedAt < read.thisUpdate {
                try found(.revokedNotListed, entry.serialNumber.hex, subject)
            }
        }
        guard list.isCurrent else { return }
        for serial in listed.keys.sorted() where !list.mayStillName.contains(serial) {
            try found(.listedNotRevoked, serial.hex, subject)
        }
    }

    mutating func compareAnswers() async throws {
        var cursor: PublishedAnswer.Cursor?
        while true {
            let page = try await reconciliation.database.read { [cursor] in
                try PublishedAnswer.page(after: cursor, limit: 500, in: $0)
            }
            if page.isEmpty { return }
            cursor = page.last?.cursor
            for answer in page {
                answers += 1
                try compare(answer)
            }
        }
    }

    /// An answer of an older status version is never given again; one of the present version must say the status.
    private mutating func compare(_ answer: PublishedAnswer) throws {
        let serial = answer.cursor.serial.hex
        guard let version = answer.fact.version else {
            return try found(.answerStale, serial, "an answer about what is not stored")
        }
        guard answer.version == version else {
            if answer.version > version {
                try found(.answerStale, serial, "it has version \(answer.version), the status \(version)")
            }
            return
        }
        guard let responses = try? OCSPResponse(der: answer.der).basic?.responses,
            let response = responses.first(where: { $0.certificate.serialNumber == answer.cursor.serial })
        else { return try found(.answerUnreadable, serial) }
        if response.status != answer.fact.ocsp {
            try found(.answerStale, serial, "it says \(response.status), the store \(answer.fact.ocsp)")
        }
    }
}

/// A list as it is served, and what the table says at the same moment.
private struct PublishedList: Sendable {
    struct Name: Sendable {
        let issuer: String
        /// A shard's number, or -1 for the list of all.
        let scope: Int
    }

    let der: [UInt8]
    /// Whether nothing changed since it was made.
    let isCurrent: Bool
    let entries: [RevokedEntry]
    /// Ended before the list was made, and on it once more (RFC 5280, 3.3).
    let mayStillName: Set<SerialNumber>

    static func names(in transaction: any ReadTransaction) throws(Refusal) -> [Name] {
        var names: [Name] = []
        for row in try transaction.query(
            "SELECT issuer, scope FROM revocation_list WHERE kind = 'complete' ORDER BY issuer, scope")
        { names.append(Name(issuer: try row.text("issuer"), scope: Int(try row.integer("scope")))) }
        return names
    }

    init?(_ name: Name, in transaction: any ReadTransaction) throws(Refusal) {
        guard
            let row = try transaction.first(
                """
                SELECT l.der AS der, l.this_update AS this_update,
                    l.change_number >= coalesce(s.change_number, 0) AS is_current
                FROM revocation_list l LEFT JOIN list_scope s ON s.issuer = l.issuer AND s.scope = l.scope
                WHERE l.issuer = $1 AND l.scope = $2 AND l.kind = 'complete'
                """, name.issuer, name.scope)
        else { return nil }
        der = try row.blob("der")
        let thisUpdate = try row.instant("this_update")
        isCurrent = try row.bool("is_current")
        entries = try RevocationStore.named(
            issuer: name.issuer, scope: name.scope, endingAfter: thisUpdate, in: transaction)
        var ended = Set<SerialNumber>()
        for row in try transaction.query(
            "SELECT serial FROM revocation WHERE issuer = $1 AND ($2 = -1 OR shard = $2) AND not_after < $3",
            name.issuer, name.scope, thisUpdate)
        { ended.insert(try row.serial("serial")) }
        mayStillName = ended
    }
}

/// A stored OCSP answer, and the status at the same moment.
private struct PublishedAnswer: Sendable {
    struct Cursor: Sendable {
        let serial: SerialNumber
        let digest: String
        let responder: [UInt8]
    }

    let cursor: Cursor
    let version: Int64
    let der: [UInt8]
    let fact: StatusFact

    static func page(
        after cursor: Cursor?, limit: Int, in transaction: any ReadTransaction
    ) throws(Refusal) -> [PublishedAnswer] {
        var page: [PublishedAnswer] = []
        for row in try transaction.query(
            """
            SELECT serial, digest, responder, status_version, der FROM ocsp_answer
            WHERE (serial, digest, responder) > ($1, $2, $3) ORDER BY serial, digest, responder LIMIT $4
            """, cursor?.serial.bytes ?? [], cursor?.digest ?? "", cursor?.responder ?? [], limit)
        {
            let serial = try row.serial("serial")
            page.append(
                PublishedAnswer(
                    cursor: Cursor(
                        serial: serial, digest: try row.text("digest"), responder: try row.blob("responder")),
                    version: try row.integer("status_version"), der: try row.blob("der"),
                    fact: try StatusFact(serial, issuer: nil, in: transaction)))
        }
        return page
    }
}
