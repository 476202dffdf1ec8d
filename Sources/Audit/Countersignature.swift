internal import Cryptography
package import Groundwork

/// The audit administrator's word for a checkpoint, and so for everything before it: an officer's order
/// (``request``) that carries the checkpoint's signed bytes, with the signatures of the officers who gave it.
///
/// The form is that of every order (`Policies/dual-control.md`), written down here once more because whoever verifies
/// an export has nothing but the export.
package struct Countersignature: Hashable, Sendable {
    package struct Signature: Hashable, Sendable {
        /// DER.
        package let certificate: [UInt8]
        package let signature: [UInt8]

        package init(certificate: [UInt8], signature: [UInt8]) {
            self.certificate = certificate
            self.signature = signature
        }
    }

    /// The act that the order names.
    package static let act = "countersignCheckpoint"
    /// The first bytes of everything that an officer's key signs.
    package static let domainTag = "YZT-AUTHORISATION-1"

    /// The checkpoint's number.
    package let number: Int
    /// The order, RFC 8785 JSON, as it was signed.
    package let request: [UInt8]
    /// The requester first.
    package let signatures: [Signature]
    /// Certificates between the officers' and the root, DER.
    package let chain: [[UInt8]]

    package init(number: Int, request: [UInt8], signatures: [Signature], chain: [[UInt8]]) {
        self.number = number
        self.request = request
        self.signatures = signatures
        self.chain = chain
    }

    /// What the order says of the checkpoint, beside its subject: ``Checkpoint/hash`` in hexadecimal digits.
    package static func parameters(for checkpoint: Checkpoint) -> [String: CanonicalJSON] {
        ["checkpoint": .string(Base64.encode(checkpoint.body)), "number": .integer(Int64(checkpoint.number))]
    }

    package static func subject(for checkpoint: Checkpoint) -> String { Hex.encode(checkpoint.hash) }

    /// SHA-256 of the order: by this the log's own event names it.
    package var requestHash: String { Hex.encode(DigestAlgorithm.sha256.hash(request)) }

    /// When the order says it was signed.
    package var time: Instant? {
        (try? CanonicalJSON(parsingCanonical: request, limit: 64 << 10))?["issuedAt"]?.integer.map {
            Instant(milliseconds: $0)
        }
    }

    /// Whether this is an order to counter-sign exactly that checkpoint, signed by keys whose certificates stand under
    /// a trusted root at that time.
    package func holds(for checkpoint: Checkpoint, trust: AuditTrust) -> Bool {
        guard number == checkpoint.number, let time, !signatures.isEmpty, signatures.count <= 2,
            let order = try? CanonicalJSON(parsingCanonical: request, limit: 64 << 10),
            order["act"]?.string == Countersignature.act,
            order["subject"]?.string == Countersignature.subject(for: checkpoint),
            order["parameters"] == .object(Countersignature.parameters(for: checkpoint))
        else { return false }
        let others = chain.compactMap { try? Certificate(der: $0) }
        return others.count == chain.count
            && signatures.allSatisfy { signature in
                guard let certificate = try? Certificate(der: signature.certificate),
                    let family = certificate.publicKey.family
                else { return false }
                let signed =
                    Array(Countersignature.domainTag.utf8) + [0] + family.digest.hash(request)
                    + family.digest.hash(signature.certificate)
                return certificate.publicKey.verifies(signature.signature, over: signed)
                    && trust.reaches(certificate, through: others, at: time)
            }
    }

    /// One line of an export's `countersignatures.jsonl`.
    package var line: [UInt8] {
        CanonicalJSON.object([
            "number": .integer(Int64(number)), "request": .string(Base64.encode(request)),
            "signatures": .array(
                signatures.map {
                    [
                        "certificate": .string(Base64.encode($0.certificate)),
                        "signature": .string(Base64.encode($0.signature)),
                    ]
                }), "chain": .array(chain.map { .string(Base64.encode($0)) }),
        ]).bytes
    }

    /// A line from outside; `nil` unless it is exactly one that this type writes. Nothing is checked yet but the form.
    package init?(line: [UInt8]) {
        guard let json = try? CanonicalJSON(parsingCanonical: line), let number = json["number"]?.integer,
            (0..<CanonicalJSON.largestInteger).contains(number),
            let request = json["request"]?.string.flatMap(Base64.decode),
            let written = json["signatures"]?.array, let links = json["chain"]?.array, links.count <= 8
        else { return nil }
        let signatures = written.compactMap { json -> Signature? in
            guard let certificate = json["certificate"]?.string.flatMap(Base64.decode),
                let signature = json["signature"]?.string.flatMap(Base64.decode)
            else { return nil }
            return Signature(certificate: certificate, signature: signature)
        }
        let chain = links.compactMap { $0.string.flatMap(Base64.decode) }
        self.init(number: Int(number), request: request, signatures: signatures, chain: chain)
        guard self.line == line else { return nil }
    }
}
