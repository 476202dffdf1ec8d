internal import Foundation
package import Cryptography
internal import Groundwork
package import Storage

/// The files of an export.
package enum AuditExport {
    /// Each event's stored bytes and a line feed, in the order of the leaves.
    package static let events = "events.jsonl"
    /// Each leaf's hash as stored in the tree, 64 hexadecimal digits and a line feed: they tell which event is bad.
    package static let leaves = "leaves.hex"
    /// ``SignedCheckpoint/line`` of each checkpoint, in order.
    package static let checkpoints = "checkpoints.jsonl"
    /// Consistency proofs between neighbouring checkpoints, then inclusion proofs under the newest.
    package static let proofs = "proofs.jsonl"
    /// ``Countersignature/line`` of each, in order.
    package static let countersignatures = "countersignatures.jsonl"
    /// Each personal datum that an event committed to, and whether it was deleted since.
    package static let personal = "personal.jsonl"
    /// The audit's public keys, the newest first, each with its end; see ``CheckpointKey/text``.
    package static let publicKey = "key.pem"
    /// The roots under which time stamps and officers' certificates stand, PEM.
    package static let anchors = "anchors.pem"
    /// The certificates between, PEM.
    package static let intermediates = "intermediates.pem"
    /// The newest checkpoint again, as files that other programs take.
    package static let newestBody = "newest.json"
    package static let newestSignature = "newest.sig"
    package static let newestToken = "newest.tst"
    /// How to check all this by hand.
    package static let readMe = "README.txt"

    static let explanation = """
        An export of the audit log.

        events.jsonl       one event a line (RFC 8785 JSON). Leaf n is line n, counted from 0, without its line feed.
        leaves.hex         SHA-256(0x00 || line) of each event, as the log has stored it.
        checkpoints.jsonl  one checkpoint a line: {"body", "signature", "token"}, each Base64. The body is JSON
                           {format, number, origin, previous, root, size, time}: root is the Merkle tree hash
                           (RFC 6962, 2.1) of the first `size` events, previous the SHA-256 of the body before, time
                           milliseconds since 1970 UTC. The signature is over the body, by key.pem. The token, if any, is
                           an RFC 3161 time stamp over body || signature, made within five minutes of `time`.
        proofs.jsonl       {"kind": "consistency", "from", "to", "path"} between neighbouring checkpoints (RFC 9162,
                           2.1.4) and {"kind": "inclusion", "leaf", "size", "path"} (RFC 9162, 2.1.3); hashes in hex.
        countersignatures.jsonl   {"number", "request", "signatures": [{"certificate", "signature"}], "chain"}, Base64.
                           The request is the audit administrator's order (JSON); its parameters hold the body of
                           checkpoint `number`, and with it everything before. Signed is
                           "YZT-AUTHORISATION-1" || 0x00 || H(request) || H(certificate), H = SM3 for SM2, else SHA-256.
                           An event audit.checkpoint.countersigned names SHA-256(request). By the events officer.*
                           before it the first certificate is then that of an officer who is an audit administrator.
        personal.jsonl     {"commitment", "event", "leaf", "name", "state"}: each personal datum is in its event only
                           as SHA-256(salt || datum). "deleted" means that salt and datum were destroyed, as an event
                           audit.personal.forgotten says; the tree stays as it was.
        key.pem, anchors.pem, intermediates.pem   the audit's keys (newest first); roots; certificates between.
                           Before the block of a key that was exchanged stands a line "Ended: 2026-11-21T10:00:00Z", for
                           others may have it: a checkpoint that it signed counts if its time stamp is of that second or
                           earlier, or if a later one in checkpoints.jsonl counts. Any other line is a fault.
        newest.json, newest.sig, newest.tst   the newest checkpoint's body, signature and token:
            openssl dgst -sha256 -verify key.pem -signature newest.sig newest.json            (P-256, RSA)
            openssl dgst -sm3 -sigopt distid:1234567812345678 -verify key.pem -signature newest.sig newest.json   (SM2)

        Tools/verify-audit (Python, the standard library and openssl alone) checks all of it. Take key.pem and
        anchors.pem from where you trust them, and start from a checkpoint that you already hold: it must be one of
        these, byte for byte. Without one, an authority that rewrote everything would not be found out.

        """
}

extension AuditLog {
    /// Which events get an inclusion proof in an export.
    package enum Proved: Sendable {
        /// The newest ones, at most so many.
        case newest(Int)
        case these([AuditEventIdentifier])
    }

    /// The same where one key is all that is trusted.
    package func export(
        to directory: String, database: Database, publicKey: PublicKey, proving proved: Proved = .newest(4096)
    ) async throws {
        try await export(
            to: directory, database: database, trust: AuditTrust(keys: [publicKey]), proving: proved)
    }

    /// Writes the whole log to a directory, which is made when it is not there, from one consistent state.
    ///
    /// Events after the newest checkpoint are exported too: make a checkpoint before.
    package func export(
        to directory: String, database: Database, trust: AuditTrust, proving proved: Proved = .newest(4096)
    ) async throws {
        try await database.read { transaction in
            try AuditExportWriter(directory: directory, transaction: transaction).write(trust: trust, proving: proved)
        }
    }
}

/// Writes one export, a few thousand rows at a time.
private struct AuditExportWriter {
    let directory: String
    let transaction: any ReadTransaction

    func write(trust: AuditTrust, proving proved: AuditLog.Proved) throws {
        do {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        } catch {
            throw failed(directory, error)
        }
        let size = try AuditTree.head(in: transaction)?.size ?? 0
        var personal = PersonalRecord()
        var leaf = 0
        try stream(AuditExport.events, size) { from, to in
            let query = "SELECT line FROM audit_event WHERE leaf >= $1 AND leaf < $2 ORDER BY leaf"
            let events = try transaction.query(query, from, to).map { try $0.blob("line") }
            for event in events {
                if let json = try? CanonicalJSON(parsingCanonical: event, limit: AuditLog.lineLimit) {
                    personal.note(json, at: leaf)
                }
                leaf += 1
            }
            return lines(events)
        }
        try stream(AuditExport.leaves, size) { from, to in
            let query = """
                SELECT hash FROM audit_node WHERE level = 0 AND position >= $1 AND position < $2 ORDER BY position
                """
            return lines(
                try transaction.query(query, from, to).map { Array(Hex.encode(try $0.blob("hash")).utf8) })
        }
        let newest = try writeCheckpoints(proved)
        try put(lines(CountersignatureStore.lines(in: transaction)), AuditExport.countersignatures)
        try put(lines(personal.lines), AuditExport.personal)
        try put(Array(trust.checkpointKeys.map(\.text).joined().utf8), AuditExport.publicKey)
        try put(Array(trust.anchors.map(\.pem).joined().utf8), AuditExport.anchors)
        try put(Array(trust.intermediates.map(\.pem).joined().utf8), AuditExport.intermediates)
        try put(Array(AuditExport.explanation.utf8), AuditExport.readMe)
        if let newest {
            try put(newest.checkpoint.body, AuditExport.newestBody)
            try put(newest.signature, AuditExport.newestSignature)
            if let token = newest.token { try put(token, AuditExport.newestToken) }
        }
    }

    /// The checkpoints, the proofs between neighbours and those under the newest, page by page.
    private func writeCheckpoints(_ proved: AuditLog.Proved) throws -> SignedCheckpoint? {
        let prover = AuditTree.prover(in: transaction)
        let checkpoints = try opened(AuditExport.checkpoints)
        let proofs = try opened(AuditExport.proofs)
        defer { for file in [checkpoints, proofs] { try? file.close() } }
        var newest: SignedCheckpoint?
        while true {
            let page = try CheckpointStore.page(after: newest?.checkpoint.number ?? -1, limit: 500, in: transaction)
            if page.isEmpty { break }
            try append(lines(page.map(\.line)), to: checkpoints, AuditExport.checkpoints)
            var found: [AuditExportedProof] = []
            for signed in page {
                if let from = newest?.checkpoint.size {
                    let to = signed.checkpoint.size
                    found.append(
                        .consistency(from: from, to: to, path: try prover.consistency(from: from, to: to)))
                }
                newest = signed
            }
            try append(lines(found.map(\.line)), to: proofs, AuditExport.proofs)
        }
        guard let size = newest?.checkpoint.size else { return nil }
        for leaf in try leaves(proved, under: size) {
            let proof = AuditExportedProof.inclusion(
                leaf: leaf, size: size, path: try prover.inclusion(of: leaf, size: size))
            try append(lines([proof.line]), to: proofs, AuditExport.proofs)
        }
        return newest
    }

    private func leaves(_ proved: AuditLog.Proved, under size: Int) throws -> [Int] {
        switch proved {
        case .newest(let count): return Array(max(0, size - max(0, count))..<size)
        case .these(let events):
            return try events.compactMap { event in
                let row = try transaction.first("SELECT leaf FROM audit_event WHERE id = $1", event)
                guard let row else { throw Refusal(AuditRefusal.unknownEvent, detail: event.shown) }
                return try row.optionalInteger("leaf").map(Int.init).flatMap { $0 < size ? $0 : nil }
            }
        }
    }

    private func lines(_ lines: [[UInt8]]) -> [UInt8] {
        lines.reduce(into: []) { bytes, line in
            bytes += line
            bytes.append(0x0A)
        }
    }

    private func put(_ bytes: [UInt8], _ name: String) throws {
        do {
            try Data(bytes).write(to: URL(fileURLWithPath: "\(directory)/\(name)"))
        } catch {
            throw failed(name, error)
        }
    }

    private func stream(_ name: String, _ size: Int, _ part: (Int, Int) throws -> [UInt8]) throws {
        let file = try opened(name)
        defer { try? file.close() }
        for from in stride(from: 0, to: size, by: 4096) {
            try append(try part(from, min(size, from + 4096)), to: file, name)
        }
    }

    /// An empty file, open for writing.
    private func opened(_ name: String) throws -> FileHandle {
        try put([], name)
        do {
            return try FileHandle(forWritingTo: URL(fileURLWithPath: "\(directory)/\(name)"))
        } catch {
            throw failed(name, error)
        }
    }

    private func append(_ bytes: [UInt8], to file: FileHandle, _ name: String) throws {
        do {
            try file.write(contentsOf: Data(bytes))
        } catch {
            throw failed(name, error)
        }
    }

    private func failed(_ name: String, _ error: any Error) -> Refusal {
        Refusal(AuditRefusal.exportFailed, detail: "\(name): \(error.localizedDescription)")
    }
}

/// One line of `proofs.jsonl`.
enum AuditExportedProof: Hashable {
    case consistency(from: Int, to: Int, path: [[UInt8]])
    case inclusion(leaf: Int, size: Int, path: [[UInt8]])

    var line: [UInt8] {
        switch self {
        case .consistency(let from, let to, let path):
            CanonicalJSON.object([
                "kind": "consistency", "from": .integer(Int64(from)), "to": .integer(Int64(to)),
                "path": AuditProof.json(path),
            ]).bytes
        case .inclusion(let leaf, let size, let path):
            CanonicalJSON.object([
                "kind": "inclusion", "leaf": .integer(Int64(leaf)), "size": .integer(Int64(size)),
                "path": AuditProof.json(path),
            ]).bytes
        }
    }

    init?(line: [UInt8]) {
        guard let json = try? CanonicalJSON(parsingCanonical: line), let path = AuditProof.path(json["path"]) else {
            return nil
        }
        switch json["kind"]?.string {
        case "consistency":
            guard let from = json["from"]?.integer, let to = json["to"]?.integer else { return nil }
            self = .consistency(from: Int(from), to: Int(to), path: path)
        case "inclusion":
            guard let leaf = json["leaf"]?.integer, let size = json["size"]?.integer else { return nil }
            self = .inclusion(leaf: Int(leaf), size: Int(size), path: path)
        default: return nil
        }
    }
}
