package import CertificateRecords
package import Cryptography
package import Groundwork

/// The answer to "was this certificate valid at that moment?", as it is signed: RFC 8785 JSON.
package struct ValidityStatement: Hashable, Sendable {
    /// The first member says what the signature is about, so that it fits nothing else.
    package static let format = "yzt-validity-answer-1"

    /// One certificate above the one that was asked about.
    package struct Link: Hashable, Sendable {
        package let subject: String
        package let sha256: [UInt8]
        package let verdict: ValidityVerdict
    }

    /// The audit's checkpoint under which the history stood when the answer was made.
    package struct CheckpointReference: Hashable, Sendable {
        package let origin: String
        package let number: Int64
        package let size: Int64
        package let sha256: [UInt8]
    }

    package let serial: SerialNumber
    /// SHA-256 of the certificate; `nil` where there is none.
    package let certificate: [UInt8]?
    package let issuer: String?
    package let chain: [Link]
    package let at: Instant
    package let finding: ValidityFinding
    package let history: [StatusEvent]
    package let checkpoint: CheckpointReference?
    /// The manifest's SHA-256 of the archive that the records came from; `nil`: they are our own.
    package let archive: [UInt8]?
    package let producedAt: Instant
    /// What is signed. Kept as it came, never encoded again.
    package let body: [UInt8]

    init(
        serial: SerialNumber, certificate: [UInt8]?, issuer: String?, chain: [Link], at: Instant,
        finding: ValidityFinding, history: [StatusEvent], checkpoint: CheckpointReference?, archive: [UInt8]?,
        producedAt: Instant
    ) {
        self.serial = serial
        self.certificate = certificate
        self.issuer = issuer
        self.chain = chain
        self.at = at
        self.finding = finding
        self.history = history
        self.checkpoint = checkpoint
        self.archive = archive
        self.producedAt = producedAt
        func time(_ instant: Instant?) -> CanonicalJSON { instant.map { .string($0.rfc3339) } ?? .null }
        func hash(_ bytes: [UInt8]?) -> CanonicalJSON { bytes.map { .string(Hex.encode($0)) } ?? .null }
        // Both dates, where there are two: who relies on it decides which of them counts.
        let dates: [String: CanonicalJSON] =
            finding.revokedAt == nil
            ? [:] : ["revokedAt": time(finding.revokedAt), "invalidSince": time(finding.invalidSince)]
        body =
            CanonicalJSON.object(
                [
                    "format": .string(Self.format), "serial": .string(serial.hex), "certificate": hash(certificate),
                    "issuer": issuer.map { .string($0) } ?? .null,
                    "chain": .array(
                        chain.map {
                            [
                                "subject": .string($0.subject), "certificate": hash($0.sha256),
                                "verdict": .string($0.verdict.rawValue),
                            ]
                        }),
                    "at": time(at), "verdict": .string(finding.verdict.rawValue), "since": time(finding.since),
                    "until": time(finding.until), "reason": finding.reason.map { .string("\($0)") } ?? .null,
                    "history": .array(history.map(\.json)),
                    "checkpoint": checkpoint.map {
                        [
                            "origin": .string($0.origin), "number": .integer($0.number), "size": .integer($0.size),
                            "sha256": hash($0.sha256),
                        ]
                    } ?? .null,
                    "archive": hash(archive), "producedAt": time(producedAt),
                ].merging(dates) { $1 }
            ).bytes
    }

    /// From outside; `nil` unless it is exactly what this type writes.
    package init?(body: [UInt8]) {
        guard let json = try? CanonicalJSON(parsingCanonical: body, limit: 1 << 20),
            json["format"]?.string == Self.format,
            let serial = json["serial"]?.string.flatMap({ SerialNumber(hex: $0) }),
            let at = json["at"]?.string.flatMap({ Instant(rfc3339: $0) }),
            let produced = json["producedAt"]?.string.flatMap({ Instant(rfc3339: $0) }),
            let verdict = json["verdict"]?.string.flatMap(ValidityVerdict.init(rawValue:)),
            let chain = json["chain"]?.array, let history = json["history"]?.array
        else { return nil }
        func hash(_ name: String, in json: CanonicalJSON) -> [UInt8]? { json[name]?.string.flatMap { Hex.decode($0) } }
        func time(_ name: String) -> Instant? { json[name]?.string.flatMap { Instant(rfc3339: $0) } }
        let links = chain.compactMap { link -> Link? in
            guard let subject = link["subject"]?.string, let sha256 = hash("certificate", in: link),
                let verdict = link["verdict"]?.string.flatMap(ValidityVerdict.init(rawValue:))
            else { return nil }
            return Link(subject: subject, sha256: sha256, verdict: verdict)
        }
        let reference = json["checkpoint"].flatMap { checkpoint -> CheckpointReference? in
            guard let origin = checkpoint["origin"]?.string, let number = checkpoint["number"]?.integer,
                let size = checkpoint["size"]?.integer, let sha256 = hash("sha256", in: checkpoint)
            else { return nil }
            return CheckpointReference(origin: origin, number: number, size: size, sha256: sha256)
        }
        let reason = json["reason"]?.string.flatMap { name in RevocationReason.allCases.first { "\($0)" == name } }
        self.init(
            serial: serial, certificate: hash("certificate", in: json), issuer: json["issuer"]?.string, chain: links,
            at: at,
            finding: ValidityFinding(
                verdict, since: time("since"), until: time("until"), reason: reason,
                revokedAt: time("revokedAt")),
            history: history.compactMap(StatusEvent.init(json:)), checkpoint: reference,
            archive: hash("archive", in: json), producedAt: produced)
        // Whatever was left out above, or written otherwise, shows here.
        guard self.body == body else { return nil }
    }
}
