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
    /// The audit's public key, PEM.
    package static let publicKey = "key.pem"
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
                           an RFC 3161 time stamp over body || signature.
        proofs.jsonl       {"kind": "consistency", "from", "to", "path"} between neighbouring checkpoints (RFC 9162,
                           2.1.4) and {"kind": "inclusion", "leaf", "size", "path"} (RFC 9162, 2.1.3); hashes in hex.
        newest.json, newest.sig, newest.tst   the newest checkpoint's body, signature and token:
            openssl dgst -sha256 -verify key.pem -signature newest.sig newest.json            (P-256, RSA)
            openssl dgst -sm3 -sigopt distid:1234567812345678 -verify key.pem -signature newest.sig newest.json   (SM2)

        A personal datum appears only as SHA-256(salt || datum); salts and data stay with the authority.
        Start from a checkpoint that you already hold: it must be one of these, byte for byte.

        """
}

extension AuditLog {
    /// Which events get an inclusion proof in an export.
    package enum Proved: Sendable {
        /// The newest ones, at most so many.
        case newest(Int)
        case these([AuditEventIdentifier])
    }

    /// Writes the whole log to a directory, which is made when it is not there, from one consistent state.
    ///
    /// Events after the newest checkpoint are exported too: make a checkpoint before.
    package func export(
        to directory: String, database: Database, publicKey: PublicKey, proving proved: Proved = .newest(4096)
    ) async throws {
        try await database.read { transaction in
            try AuditExportWriter(directory: directory, transaction: transaction)
                .write(publicKey: publicKey, proving: proved)
        }
    }
}

/// Writes one export, a few thousand rows at a time.
private struct AuditExportWriter {
    let directory: String
    let transaction: any ReadTransaction

    func write(publicKey: PublicKey, proving proved: AuditLog.Proved) throws {
        do {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        } catch {
            throw failed(directory, error)
        }
        let size = try AuditTree.head(in: transaction)?.size ?? 0
        let checkpoints = try CheckpointStore.all(in: transaction)
        try stream(AuditExport.events, size) { from, to in
            let query = "SELECT line FROM audit_event WHERE leaf >= $1 AND leaf < $2 ORDER BY leaf"
            return lines(try transaction.query(query, from, to).map { try $0.blob("line") })
        }
        try stream(AuditExport.leaves, size) { from, to in
            let query = """
                SELECT hash FROM audit_node WHERE level = 0 AND position >= $1 AND position < $2 ORDER BY position
                """
            return lines(
                try transaction.query(query, from, to).map { Array(Hex.encode(try $0.blob("hash")).utf8) })
        }
        try put(lines(checkpoints.map(\.line)), AuditExport.checkpoints)
        try put(lines(proofs(checkpoints, proved)), AuditExport.proofs)
        try put(Array(publicKey.pem.utf8), AuditExport.publicKey)
        try put(Array(AuditExport.explanation.utf8), AuditExport.readMe)
        if let newest = checkpoints.last {
            try put(newest.checkpoint.body, AuditExport.newestBody)
            try put(newest.signature, AuditExport.newestSignature)
            if let token = newest.token { try put(token, AuditExport.newestToken) }
        }
    }

    private func proofs(_ checkpoints: [SignedCheckpoint], _ proved: AuditLog.Proved) throws -> [[UInt8]] {
        let prover = AuditTree.prover(in: transaction)
        var found: [AuditExportedProof] = []
        for (old, new) in zip(checkpoints, checkpoints.dropFirst()) {
            let (from, to) = (old.checkpoint.size, new.checkpoint.size)
            found.append(.consistency(from: from, to: to, path: try prover.consistency(from: from, to: to)))
        }
        guard let size = checkpoints.last?.checkpoint.size else { return [] }
        for leaf in try leaves(proved, under: size) {
            found.append(.inclusion(leaf: leaf, size: size, path: try prover.inclusion(of: leaf, size: size)))
        }
        return found.map(\.line)
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
        try put([], name)
        let file: FileHandle
        do {
            file = try FileHandle(forWritingTo: URL(fileURLWithPath: "\(directory)/\(name)"))
        } catch {
            throw failed(name, error)
        }
        defer { try? file.close() }
        for from in stride(from: 0, to: size, by: 4096) {
            let bytes = try part(from, min(size, from + 4096))
            do {
                try file.write(contentsOf: Data(bytes))
            } catch {
                throw failed(name, error)
            }
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
                "path": .array(path.map { .string(Hex.encode($0)) }),
            ]).bytes
        case .inclusion(let leaf, let size, let path):
            CanonicalJSON.object([
                "kind": "inclusion", "leaf": .integer(Int64(leaf)), "size": .integer(Int64(size)),
                "path": .array(path.map { .string(Hex.encode($0)) }),
            ]).bytes
        }
    }

    init?(line: [UInt8]) {
        guard let json = try? CanonicalJSON(parsingCanonical: line), let steps = json["path"]?.array,
            steps.count <= 128
        else { return nil }
        let path = steps.compactMap { $0.string.flatMap(Hex.decode) }
        guard path.count == steps.count, path.allSatisfy({ $0.count == 32 }) else { return nil }
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
