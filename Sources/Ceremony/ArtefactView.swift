internal import Cryptography
internal import Groundwork
internal import Officers

/// What is about to be signed, in lines that witnesses read.
enum ArtefactView {
    static func lines(_ body: CertificateBody) -> [String] {
        var lines = [
            "serial number: \(body.serialNumber.hex)", "signature: \(body.signatureAlgorithm.rawValue)",
            "issuer: \(body.issuer)", "subject: \(body.subject)",
            "valid: \(body.notBefore.rfc3339) to \(body.notAfter.rfc3339)", key(body.publicKey),
        ]
        lines += meaning(body)
        lines += body.extensions.map { each in
            "extension \(each.oid)\(each.critical ? " critical" : ""): \(Hex.encode(each.value))"
        }
        return lines + [digest(body.der)]
    }

    /// What the extensions say, read back as a relying party will read them.
    private static func meaning(_ body: CertificateBody) -> [String] {
        guard
            let read = try? Certificate.assemble(
                body: body.der, algorithm: body.signatureAlgorithm, signature: [0], publicKey: body.publicKey)
        else { return [] }
        let facts = read.facts
        let constraints =
            switch facts.basicConstraints {
            case .certificateAuthority(let length)?: "authority, path length \(length.map(String.init) ?? "any")"
            default: "end entity"
            }
        let usage = (facts.keyUsage ?? []).map(\.rawValue).sorted().joined(separator: " ")
        return [
            "is: \(constraints); key usage: \(usage)",
            "policies: \(facts.certificatePolicies.map(\.description).joined(separator: " "))",
            "list: \(facts.crlAddresses.joined(separator: " ")); issuer: \(facts.issuerAddresses.joined(separator: " "))",
        ]
    }

    static func lines(_ body: CertificateListBody) -> [String] {
        var lines = [
            "issuer: \(body.issuer)", "signature: \(body.signatureAlgorithm.rawValue)", "number: \(body.number)",
            "this update: \(body.thisUpdate.rfc3339), next update: \(body.nextUpdate.rfc3339)",
            "scope: \(body.issuingDistributionPoint ?? "all")", "entries: \(body.entries.count)",
        ]
        lines += body.entries.values.map {
            "revoked: \($0.serialNumber.hex) at \($0.revokedAt.rfc3339), reason \($0.reason)"
        }
        return lines + [digest(body.der)]
    }

    static func lines(_ request: CertificateRequest) -> [String] {
        ["subject: \(request.subject)", key(request.publicKey), "request sha256: \(hash(request.der))"]
    }

    static func lines(_ statement: BootstrapStatement) -> [String] {
        [
            "number: \(statement.number)", "root certificate sha256: \(Hex.encode(statement.root))",
            "reason: \(statement.reason)",
            statement.isRegardless
                ? "taken in although officers on record could order: their keys are lost or blocked"
                : "taken in only while nobody is left who may enrol officers",
            "good: \(statement.issuedAt.rfc3339) to \(statement.expiresAt.rfc3339), once",
        ]
            + statement.officers.map { officer in
                "officer: \(officer.name) (\(officer.roles.sorted().map(\.rawValue).joined(separator: " ")))"
            } + [digest(statement.signedBytes)]
    }

    static func key(_ key: PublicKey) -> String {
        "key: \(key.family?.rawValue ?? "?"), sha256 \(hash(key.spki))"
    }

    static func digest(_ body: [UInt8]) -> String { "to be signed sha256: \(hash(body))" }

    static func hash(_ bytes: [UInt8]) -> String { Hex.encode(DigestAlgorithm.sha256.hash(bytes)) }
}
