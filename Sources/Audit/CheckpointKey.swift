package import Cryptography
package import Groundwork

/// A key that signs or signed checkpoints, as a verifier trusts it.
///
/// A key that was exchanged may be known to others. The end of its time stands here, beside the key, and not in the
/// log: who has the key and an older state of the log could cut the log back to before any word of the exchange.
package struct CheckpointKey: Hashable, Sendable {
    package let key: PublicKey
    /// What it signed counts by itself if its time stamp is of this second or earlier; `nil` while the key is in use.
    package let endsAt: Instant?

    package init(_ key: PublicKey, endsAt: Instant? = nil) {
        self.key = key
        self.endsAt = endsAt
    }

    /// Whether what it signed was signed in its time, given what its time stamp says.
    func covers(_ stamp: Instant?) -> Bool {
        guard let endsAt else { return true }
        return stamp.map { $0.seconds <= endsAt.seconds } ?? false
    }
}

/// `key.pem`: one PEM block a key, and before that of an ended one a line `Ended: 2026-11-21T10:00:00Z`, which other
/// programs pass over (RFC 7468, 2: explanatory text).
extension CheckpointKey {
    private static let mark = "Ended: "
    private static let label = "PUBLIC KEY"
    /// No file of keys is longer.
    private static let limit = 1 << 20

    package var text: String {
        let pem = PEM.encode(CheckpointKey.label, key.spki)
        guard let endsAt else { return pem }
        return CheckpointKey.mark + CheckpointKey.written(endsAt) + "\n" + pem
    }

    /// A moment to the second, in one way.
    private static func written(_ moment: Instant) -> String { String(moment.rfc3339.prefix(19)) + "Z" }

    /// The keys of such a text, in order. Nothing else may stand in it: an end that is overlooked is a stolen key that
    /// is trusted.
    /// - Throws: `audit.malformed-keys`, with the line.
    package static func keys(in text: [UInt8]) throws(Refusal) -> [CheckpointKey] {
        guard text.count <= limit, text.last == 0x0A, text.allSatisfy({ $0 < 0x80 }) else { throw malformed(1) }
        let lines = text.dropLast().split(separator: 0x0A, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        var keys: [CheckpointKey] = []
        var next = 0
        func line() -> String? { next < lines.count ? lines[next] : nil }
        while let first = line() {
            var endsAt: Instant?
            if first.hasPrefix(mark) {
                let moment = first.dropFirst(mark.count)
                guard let end = Instant(rfc3339: moment), written(end) == moment else { throw malformed(next + 1) }
                endsAt = end
                next += 1
            }
            guard line() == "-----BEGIN \(label)-----" else { throw malformed(next + 1) }
            let begin = next + 1
            next += 1
            var body = ""
            while let line = line(), !line.hasPrefix("-") {
                body += line
                next += 1
            }
            guard line() == "-----END \(label)-----" else { throw malformed(next + 1) }
            next += 1
            guard let spki = Base64.decode(body), let key = try? PublicKey(spki: spki), key.spki == spki,
                !keys.contains(where: { $0.key == key })
            else { throw malformed(begin) }
            keys.append(CheckpointKey(key, endsAt: endsAt))
        }
        return keys
    }

    private static func malformed(_ line: Int) -> Refusal {
        Refusal(AuditRefusal.malformedKeys, facts: ["line": String(line)])
    }
}
