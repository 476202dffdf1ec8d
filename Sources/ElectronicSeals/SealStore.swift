import Audit
import Cryptography
import Groundwork
import Storage

/// The SQL of seals and stamps.
struct SealStore: Sendable {
    func insert(_ seal: Seal, in transaction: any Transaction) throws(Refusal) {
        try transaction.execute(
            """
            INSERT INTO seal (seal_id, es_id, uscc, kind, name, family, certificate_serial, certificate_hash,
                valid_from, valid_until, made_at, status, replaces, seal_data, drawing, width_micrometres,
                height_micrometres)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
            """, seal.id, seal.esID, seal.uscc, seal.kind.text, seal.name, seal.family.rawValue,
            seal.certificateSerial.bytes, seal.certificateHash, seal.validFrom, seal.validUntil, seal.madeAt,
            seal.status.rawValue, seal.replaces, seal.data.der, seal.drawing.content, seal.drawing.widthMicrometres,
            seal.drawing.heightMicrometres)
    }

    func note(
        _ status: SealStatus, of seal: SealIdentifier, at: Instant, event: AuditEventIdentifier,
        in transaction: any Transaction
    ) throws(Refusal) {
        try transaction.execute(
            """
            INSERT INTO seal_event (seal_id, number, status, at, audit_event)
            VALUES ($1, (SELECT coalesce(max(number), 0) + 1 FROM seal_event WHERE seal_id = $1), $2, $3, $4)
            """, seal, status.rawValue, at, event)
    }

    /// Moves the seal on if it still stands where the caller saw it.
    func move(
        _ seal: SealIdentifier, from: SealStatus, to: SealStatus, in transaction: any Transaction
    ) throws(Refusal) {
        let changed = try transaction.execute(
            "UPDATE seal SET status = $3 WHERE seal_id = $1 AND status = $2", seal, from.rawValue, to.rawValue)
        guard changed == 1 else { throw Refusal(ElectronicSealsRefusal.sealUnknown) }
    }

    func seal(_ id: SealIdentifier, in transaction: any ReadTransaction) throws(Refusal) -> Seal {
        guard let row = try transaction.first("\(Self.select) WHERE seal_id = $1", id) else {
            throw Refusal(ElectronicSealsRefusal.sealUnknown)
        }
        return try Self.seal(row)
    }

    func seal(esID: String, in transaction: any ReadTransaction) throws(Refusal) -> Seal? {
        guard let row = try transaction.first("\(Self.select) WHERE es_id = $1", esID) else { return nil }
        return try Self.seal(row)
    }

    func seals(of uscc: String, in transaction: any ReadTransaction) throws(Refusal) -> [Seal] {
        var seals: [Seal] = []
        for row in try transaction.query("\(Self.select) WHERE uscc = $1 ORDER BY made_at, seal_id LIMIT 200", uscc) {
            seals.append(try Self.seal(row))
        }
        return seals
    }

    /// Seals bound to one certificate.
    func seals(certificate: SerialNumber, in transaction: any ReadTransaction) throws(Refusal) -> [Seal] {
        var seals: [Seal] = []
        let rows = try transaction.query(
            "\(Self.select) WHERE certificate_serial = $1 ORDER BY made_at, seal_id LIMIT 200", certificate.bytes)
        for row in rows { seals.append(try Self.seal(row)) }
        return seals
    }

    /// The seal's status at a time, from its events; `nil` before it was made.
    func status(
        of seal: SealIdentifier, at instant: Instant, in transaction: any ReadTransaction
    ) throws(Refusal) -> SealStatus? {
        try transaction.first(
            "SELECT status FROM seal_event WHERE seal_id = $1 AND at <= $2 ORDER BY number DESC LIMIT 1", seal, instant
        )?.choice("status")
    }

    func insertStamp(
        _ stamp: StampIdentifier, seal: SealIdentifier, document: [UInt8], sealed: [UInt8], at: Instant,
        event: AuditEventIdentifier, in transaction: any Transaction
    ) throws(Refusal) {
        try transaction.execute(
            """
            INSERT INTO stamp (stamp_id, seal_id, document_hash, sealed_hash, stamped_at, audit_event)
            VALUES ($1, $2, $3, $4, $5, $6)
            """, stamp, seal, document, sealed, at, event)
    }

    /// The seal that sealed the document with this SHA-256, if this authority's service did it.
    func sealOfStamp(sealed: [UInt8], in transaction: any ReadTransaction) throws(Refusal) -> Seal? {
        guard
            let row = try transaction.first(
                "\(Self.select) WHERE seal_id = (SELECT seal_id FROM stamp WHERE sealed_hash = $1)", sealed)
        else { return nil }
        return try Self.seal(row)
    }

    private static let select = """
        SELECT seal_id, es_id, uscc, kind, name, family, certificate_serial, certificate_hash, valid_from, valid_until,
            made_at, status, replaces, seal_data, drawing, width_micrometres, height_micrometres
        FROM seal
        """

    private static func seal(_ row: Row) throws(Refusal) -> Seal {
        guard let serial = SerialNumber(try row.blob("certificate_serial")) else {
            throw Refusal(StorageRefusal.unexpectedValue, detail: "certificate_serial")
        }
        return Seal(
            id: try row.identifier("seal_id"), esID: try row.text("es_id"), uscc: try row.text("uscc"),
            kind: SealKindName(try row.text("kind")), name: try row.text("name"), family: try row.choice("family"),
            certificateSerial: serial, certificateHash: try row.blob("certificate_hash"),
            validFrom: try row.instant("valid_from"), validUntil: try row.instant("valid_until"),
            madeAt: try row.instant("made_at"), status: try row.choice("status"),
            replaces: try row.optionalIdentifier("replaces"), data: try SealData(der: try row.blob("seal_data")),
            drawing: SealDrawing(
                content: try row.blob("drawing"), widthMicrometres: try row.integer("width_micrometres"),
                heightMicrometres: try row.integer("height_micrometres")))
    }
}
