internal import Cryptography
package import Groundwork

/// What the log promises to be at one moment: its size and root, chained to the checkpoint before.
///
/// Who holds one can tell later whether anything before it was altered, removed or put in another order.
package struct Checkpoint: Hashable, Sendable {
    /// The first member of each body says what the signature is about, so that it fits nothing else.
    package static let format = "yzt-audit-checkpoint-1"

    /// Which log: no two have the same.
    package let origin: String
    /// 0 for the first.
    package let number: Int
    package let size: Int
    package let root: [UInt8]
    package let time: Instant
    /// SHA-256 of the previous checkpoint's body; `nil` for the first.
    package let previous: [UInt8]?

    /// What is signed: RFC 8785 JSON. Kept as it came, never encoded again.
    package let body: [UInt8]

    init(origin: String, number: Int, size: Int, root: [UInt8], time: Instant, previous: [UInt8]?) {
        self.origin = origin
        self.number = number
        self.size = size
        self.root = root
        self.time = time
        self.previous = previous
        let members: [String: CanonicalJSON] = [
            "format": .string(Checkpoint.format), "origin": .string(origin), "number": .integer(Int64(number)),
            "size": .integer(Int64(size)), "root": .string(Hex.encode(root)), "time": .integer(time.milliseconds),
            "previous": previous.map { .string(Hex.encode($0)) } ?? .null,
        ]
        body = CanonicalJSON.object(members).bytes
    }

    /// A body from outside; `nil` unless it is exactly one that this type writes.
    package init?(body: [UInt8]) {
        guard let json = try? CanonicalJSON(parsingCanonical: body, limit: 4096),
            json["format"]?.string == Checkpoint.format, let origin = json["origin"]?.string,
            let number = json["number"]?.integer, number >= 0, let size = json["size"]?.integer, size > 0,
            let root = json["root"]?.string.flatMap(Hex.decode), root.count == 32, let time = json["time"]?.integer,
            let previous = json["previous"]
        else { return nil }
        self.init(
            origin: origin, number: Int(number), size: Int(size), root: root, time: Instant(milliseconds: time),
            previous: previous.string.flatMap(Hex.decode))
        guard self.body == body else { return nil }
    }

    package var hash: [UInt8] { Checkpoint.hash(of: body) }

    static func hash(of body: [UInt8]) -> [UInt8] { DigestAlgorithm.sha256.hash(body) }
}

/// A checkpoint with what makes it count.
package struct SignedCheckpoint: Hashable, Sendable {
    package let checkpoint: Checkpoint
    /// Over the body, by the audit's key.
    package let signature: [UInt8]
    /// A time stamp token (RFC 3161) over ``stamped(body:signature:)``, if the log was given a time stamp authority.
    package let token: [UInt8]?

    package init(checkpoint: Checkpoint, signature: [UInt8], token: [UInt8]?) {
        self.checkpoint = checkpoint
        self.signature = signature
        self.token = token
    }

    /// What the time stamp is about: body ‖ signature, so that it dates the signature too.
    package static func stamped(body: [UInt8], signature: [UInt8]) -> [UInt8] { body + signature }

    /// `{body, signature, token}`, each Base64.
    package var json: CanonicalJSON {
        [
            "body": .string(Base64.encode(checkpoint.body)), "signature": .string(Base64.encode(signature)),
            "token": token.map { .string(Base64.encode($0)) } ?? .null,
        ]
    }

    /// One line of an export's `checkpoints.jsonl`.
    package var line: [UInt8] { json.bytes }

    /// A line from outside; `nil` unless every member is there and well formed. The signature is not yet checked.
    package init?(line: [UInt8]) {
        guard let json = try? CanonicalJSON(parsingCanonical: line),
            let body = json["body"]?.string.flatMap(Base64.decode), let checkpoint = Checkpoint(body: body),
            let signature = json["signature"]?.string.flatMap(Base64.decode), let token = json["token"]
        else { return nil }
        let bytes = token.string.flatMap(Base64.decode)
        guard token == .null || bytes != nil else { return nil }
        self.init(checkpoint: checkpoint, signature: signature, token: bytes)
    }
}
