import CertificateRecords
import Cryptography
import Groundwork
import KeyCustody
import Storage

/// Rows by the tens of thousands, made by SQL itself out of one template.
struct Shape: Sendable {
    let issuer: String
    let shards: Int64
    let family: AlgorithmFamily
    let template: [UInt8]
    /// SQL for a certificate's bytes: the template `$5` with a row's serial number and its entity's code in their places.
    let bytesOfRow: String
    let notBefore: Int64
    let notAfter: Int64
    let now: Int64

    init(issuer: Issuer, template record: CertificateRecord, offset: Int, now: Instant) {
        self.issuer = issuer.generation
        shards = Int64(issuer.shards)
        template = record.der
        family = record.family
        let (der, code) = (record.der, Array(Room.code.utf8))
        let codes = (0...(der.count - code.count)).filter {
            der[$0] == code[0] && der[$0..<($0 + code.count)].elementsEqual(code)
        }
        let replaced = ([(offset, 16, "serial")] + codes.map { ($0, code.count, "holder") }).sorted { $0.0 < $1.0 }
        var (pieces, end) = ([String](), 0)
        for (start, length, value) in replaced {
            pieces += ["substr($5, \(end + 1), \(start - end))", value]
            end = start + length
        }
        bytesOfRow = "CAST(\((pieces + ["substr($5, \(end + 1))"]).joined(separator: " || ")) AS BLOB)"
        notBefore = record.notBefore.milliseconds
        notAfter = record.notAfter.milliseconds
        self.now = now.milliseconds
    }

    private static let bytes = [UInt8](0...255)

    /// Ascending serial numbers below 0x78…: four bytes that count, eleven random ones, and one that tells the shard.
    private static let numbers = """
        WITH RECURSIVE
        count(i) AS (SELECT $1 UNION ALL SELECT i + 1 FROM count WHERE i + 1 < $2),
        place(i, head) AS (SELECT i, 16777216 + i * (1979711488 / $3) FROM count),
        serials(i, serial, shard) AS (SELECT i, CAST(
            substr($4, 1 + (head >> 24), 1) || substr($4, 1 + (head >> 16 & 255), 1)
            || substr($4, 1 + (head >> 8 & 255), 1) || substr($4, 1 + (head & 255), 1) || randomblob(11)
            || substr($4, 1 + i % $5, 1) AS BLOB), i % $5 FROM place)
        """

    /// An intent, a certificate, its first status and the audit's event of it for each number of the range.
    func insert(_ range: Range<Int>, of total: Int, in transaction: any Transaction) throws {
        let (first, end) = (Int64(range.lowerBound), Int64(range.upperBound))
        try transaction.execute(
            """
            \(Self.numbers)
            INSERT INTO issuance_intent (serial, issuer, profile, purpose, key_hash, medium, holder, reference, owner,
                lease_until, shard, not_after, progress, created_at)
            SELECT serial, $6, 'entity-authentication', 'authentication', CAST(serial || randomblob(16) AS BLOB),
                CAST(substr(serial, 1, 6) || randomblob(10) AS BLOB), printf('913101%02dMA1%07d', i % 16, i), NULL,
                X'00', 0, shard, $7, 'issued', $8 FROM serials
            """, first, end, Int64(total), Self.bytes, shards, issuer, notAfter, now)
        try transaction.execute(
            """
            INSERT INTO certificate (serial, issuer, profile, purpose, family, state, status_version, credit_code,
                medium, place, model, origin, shard, not_before, not_after, issued_at, activate_by, activated_at, der,
                batch, service_point, district)
            SELECT serial, issuer, profile, purpose, $1, 'active', 1, holder, medium, 154, 'virtual-key', 'witnessed',
                shard, $2, $3 + (rowid % 104) * 604800000, $4, NULL, $4,
                \(bytesOfRow), 'B-' || (rowid % 40),
                'SP-' || (rowid % 22), substr(holder, 3, 6)
            FROM issuance_intent i WHERE owner = X'00' AND progress = 'issued' AND rowid > (
                SELECT max(rowid) - $6 FROM issuance_intent)
            """, family.rawValue, notBefore, notAfter, now, template, end - first)
        try transaction.execute(
            """
            INSERT INTO certificate_status_event (serial, version, state, since, recorded_at, event)
            SELECT serial, 1, 'active', $1, $1, serial FROM certificate
            WHERE rowid > (SELECT max(rowid) - $2 FROM certificate)
            """, now, end - first)
        for row in try transaction.query(
            "SELECT serial, der FROM certificate WHERE rowid > (SELECT max(rowid) - $1 FROM certificate)", end - first)
        {
            let sha256 = Hex.encode(DigestAlgorithm.sha256.hash(try row.blob("der")))
            try record(
                "certificate.issue.done", of: try row.blob("serial"),
                ["origin": "witnessed", "place": 154, "sha256": .string(sha256), "state": "active"], at: now,
                in: transaction)
        }
    }

    /// The audit's event behind a line of a history, named by the serial number.
    private func record(
        _ act: String, of serial: [UInt8], _ facts: [String: CanonicalJSON], at moment: Int64,
        in transaction: any Transaction
    ) throws {
        let line: CanonicalJSON = [
            "version": 1, "id": .string("audit_" + Hex.encode(serial)), "time": .integer(moment), "act": .string(act),
            "actor": ["kind": "system"], "subject": .string(Hex.encode(serial)),
            "facts": .object(facts.merging(["since": .integer(moment)]) { $1 }), "personal": [:],
        ]
        try transaction.execute("INSERT INTO audit_event (id, line) VALUES ($1, $2)", serial, line.bytes)
    }

    /// Closed serial numbers, each revoked, with its line and event.
    func insertRevocations(_ range: Range<Int>, of total: Int, in transaction: any Transaction) throws {
        let (first, end) = (Int64(range.lowerBound), Int64(range.upperBound))
        try transaction.execute(
            """
            \(Self.numbers)
            INSERT INTO issuance_intent (serial, issuer, profile, purpose, key_hash, medium, holder, reference, owner,
                lease_until, shard, not_after, progress, created_at)
            SELECT serial, $6, 'entity-authentication', 'authentication', CAST(serial || randomblob(16) AS BLOB), NULL,
                NULL, NULL, X'01', 0, shard, $7, 'closed', $8 FROM serials
            """, first, end, Int64(total), Self.bytes, shards, issuer, notAfter, now)
        try transaction.execute(
            """
            INSERT INTO revocation (serial, issuer, shard, reason, revoked_at, not_after)
            SELECT serial, issuer, shard, rowid % 6, $1, not_after FROM issuance_intent
            WHERE owner = X'01' AND rowid > (SELECT max(rowid) - $2 FROM issuance_intent)
            """, now - now % 1000, end - first)
        try transaction.execute(
            """
            INSERT INTO certificate_status_event (serial, version, state, reason, since, recorded_at, event)
            SELECT serial, 1, 'revoked', reason, revoked_at, revoked_at, serial FROM revocation
            WHERE rowid > (SELECT max(rowid) - $1 FROM revocation)
            """, end - first)
        for row in try transaction.query(
            "SELECT serial, reason FROM revocation WHERE rowid > (SELECT max(rowid) - $1 FROM revocation)", end - first)
        {
            let reason = RevocationReason(rawValue: Int(try row.integer("reason"))) ?? .unspecified
            try record(
                "certificate.revoked", of: try row.blob("serial"), ["reason": .string("\(reason)"), "version": 1],
                at: now - now % 1000, in: transaction)
        }
    }
}
