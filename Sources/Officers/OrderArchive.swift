internal import Audit
package import Groundwork
package import Storage

/// Spent orders as an archive takes them: they themselves stay for ever.
package enum OrderArchive {
    /// Which orders are meant.
    package enum Wanted: Hashable, Sendable {
        case about(String)
        /// Those about the subject that name something else among their parameters.
        case naming(String, about: String)
    }

    /// The orders that are meant, each once, with its signatures, in the order in which they were spent.
    package static func lines(
        _ wanted: [Wanted], in transaction: any ReadTransaction
    ) throws(Refusal) -> [CanonicalJSON] {
        var found: [(spentAt: Instant, nonce: [UInt8], line: CanonicalJSON)] = []
        var seen = Set<[UInt8]>()
        for requested in wanted {
            let (subject, name): (String, String?) =
                switch requested {
                case .about(let subject): (subject, nil)
                case .naming(let name, let subject): (subject, name)
                }
            for row in try transaction.query(
                "SELECT nonce, request, spent_at FROM officer_authorisation WHERE subject = $1", subject)
            {
                let (nonce, request) = (try row.blob("nonce"), try row.blob("request"))
                guard name.map({ names($0, request) }) ?? true, seen.insert(nonce).inserted else { continue }
                let spentAt = try row.instant("spent_at")
                found.append((spentAt, nonce, try line(nonce, request, spentAt, in: transaction)))
            }
        }
        return found.sorted { ($0.spentAt, Hex.encode($0.nonce)) < ($1.spentAt, Hex.encode($1.nonce)) }.map(\.line)
    }

    /// The orders by which the certificate became an officer's: its enrolment, or the change of the officer's key.
    package static func aboutOfficer(
        certificate der: [UInt8], fingerprint: String, in transaction: any ReadTransaction
    ) throws(Refusal) -> [Wanted] {
        guard
            let row = try transaction.first("SELECT officer FROM officer_certificate WHERE certificate = $1", der)
        else { return [] }
        let officer: OfficerIdentifier = try row.identifier("officer")
        return [.about(fingerprint), .naming(fingerprint, about: officer.shown)]
    }

    private static func names(_ name: String, _ request: [UInt8]) -> Bool {
        let parameters = (try? CanonicalRequest(bytes: request))?.parameters.object ?? [:]
        return parameters.values.contains { $0.string == name }
    }

    private static func line(
        _ nonce: [UInt8], _ request: [UInt8], _ spentAt: Instant, in transaction: any ReadTransaction
    ) throws(Refusal) -> CanonicalJSON {
        var signatures: [CanonicalJSON] = []
        for signature in try transaction.query(
            "SELECT certificate, signature FROM officer_authorisation_signature WHERE nonce = $1 ORDER BY place", nonce)
        {
            signatures.append([
                "certificate": .string(Base64.encode(try signature.blob("certificate"))),
                "signature": .string(Base64.encode(try signature.blob("signature"))),
            ])
        }
        return [
            "request": .string(Base64.encode(request)), "signatures": .array(signatures),
            "spentAt": .string(spentAt.rfc3339),
        ]
    }
}
