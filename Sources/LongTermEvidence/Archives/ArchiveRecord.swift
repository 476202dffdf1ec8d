internal import Audit
package import CertificateRecords
package import Cryptography
package import Groundwork

/// Everything that an archive says about one certificate: RFC 8785 JSON, one file.
package struct ArchiveRecord: Hashable, Sendable {
    package static let format = "yzt-archive-record-1"

    /// An audit event behind a line of the history, with its path to a checkpoint of the archive.
    package struct Proof: Hashable, Sendable {
        package let line: [UInt8]
        package let leaf: Int64
        package let path: [[UInt8]]
        package let checkpoint: Int64
    }

    package let serial: SerialNumber
    package let der: [UInt8]
    /// The issuer's certificate by SHA-256.
    package let issuer: [UInt8]
    /// Profile, purpose, medium, place and whatever else the store knows of it.
    package let particulars: [String: CanonicalJSON]
    package let issuedAt: Instant
    package let history: [StatusEvent]
    package let proofs: [Proof]
    /// The long-term answer for the certificate's end, or for the day of the archive.
    package let answer: CanonicalJSON
    /// The bytes of the file.
    package let body: [UInt8]

    package init(
        serial: SerialNumber, der: [UInt8], issuer: [UInt8], particulars: [String: CanonicalJSON], issuedAt: Instant,
        history: [StatusEvent], proofs: [Proof], answer: CanonicalJSON
    ) {
        self.serial = serial
        self.der = der
        self.issuer = issuer
        self.particulars = particulars
        self.issuedAt = issuedAt
        self.history = history
        self.proofs = proofs
        self.answer = answer
        body =
            CanonicalJSON.object([
                "format": .string(Self.format), "serial": .string(serial.hex),
                "certificate": .string(Base64.encode(der)), "issuer": .string(Hex.encode(issuer)),
                "particulars": .object(particulars), "issuedAt": .string(issuedAt.rfc3339),
                "history": .array(history.map(\.json)),
                "proofs": .array(proofs.map(\.json)), "answer": answer,
            ]).bytes
    }

    /// From outside; `nil` unless it is exactly what this type writes.
    package init?(body: [UInt8]) {
        guard let json = try? CanonicalJSON(parsingCanonical: body, limit: 1 << 22),
            json["format"]?.string == Self.format,
            let serial = json["serial"]?.string.flatMap({ SerialNumber(hex: $0) }),
            let der = json["certificate"]?.string.flatMap({ Base64.decode($0) }),
            let issuer = json["issuer"]?.string.flatMap({ Hex.decode($0) }), issuer.count == 32,
            let particulars = json["particulars"]?.object,
            let issuedAt = json["issuedAt"]?.string.flatMap({ Instant(rfc3339: $0) }),
            let history = json["history"]?.array, let proofs = json["proofs"]?.array, let answer = json["answer"]
        else { return nil }
        self.init(
            serial: serial, der: der, issuer: issuer, particulars: particulars, issuedAt: issuedAt,
            history: history.compactMap(StatusEvent.init(json:)), proofs: proofs.compactMap(Proof.init(json:)),
            answer: answer)
        guard self.body == body else { return nil }
    }
}

extension ArchiveRecord.Proof {
    init(_ evidence: AuditEvidence) {
        self.init(
            line: evidence.line, leaf: Int64(evidence.leaf), path: evidence.path,
            checkpoint: Int64(evidence.signed.checkpoint.number))
    }

    var json: CanonicalJSON {
        [
            "event": .string(Base64.encode(line)), "leaf": .integer(leaf),
            "path": .array(path.map { .string(Hex.encode($0)) }), "checkpoint": .integer(checkpoint),
        ]
    }

    init?(json: CanonicalJSON) {
        guard let line = json["event"]?.string.flatMap({ Base64.decode($0) }), let leaf = json["leaf"]?.integer,
            let steps = json["path"]?.array, steps.count <= 64, let checkpoint = json["checkpoint"]?.integer
        else { return nil }
        let path = steps.compactMap { $0.string.flatMap { Hex.decode($0) } }
        guard path.count == steps.count else { return nil }
        self.init(line: line, leaf: leaf, path: path, checkpoint: checkpoint)
    }
}
