internal import CertificateProfiles
internal import CertificateRecords
package import Cryptography
internal import Groundwork
internal import Issuance
internal import Revocation

extension RootMachine {
    /// Signs the certificate of an issuing generation whose key was made on the service's machine. Made already for the
    /// same request, it is only named.
    package func certifyIssuing(
        _ generation: String, request der: [UInt8], shares: [BroughtShare]
    ) async throws -> CeremonyFolder.Stage {
        guard let plan = hierarchy.issuing(generation) else {
            throw Refusal(CertificateRecordsRefusal.unknownIssuer, facts: ["issuer": generation])
        }
        let lock = try lockRoot()
        if let stage = folder.stage("issuing-\(generation)") {
            guard try stage.bytes("\(generation).p10") == der else {
                throw Refusal(
                    CeremonyRefusal.ceremonyRequest, detail: "\(stage.name) certified another key",
                    facts: ["generation": generation])
            }
            await service.show("\(generation) 已签发 · is there already: \(stage.name)")
            return stage
        }
        let root = try root()
        try checkClock(after: root)
        let request = try checked(der, plan)
        try check(shares, of: root)

        let record = try await open("issuing \(generation)", under: lock)
        try await record.add(.show, ArtefactView.lines(request).map { "\(generation).p10: \($0)" })
        try await record.confirm(
            LocalisedText(
                zh: "证书申请与服务机上所示一致？请输入其 SHA-256 的前8位",
                en: "the request is the one that the service's machine showed? type the first 8 digits of its SHA-256"),
            expecting: RootMachine.digits(der))
        let key = try await join(shares, of: root, record)
        let signer = SoftwareSigner(key)
        let bodies = bodies(at: surroundings.now())
        let certificate = try await sign(
            bodies.issuing(
                plan, key: request.publicKey, serial: SerialNumber.random(in: surroundings), root: root.certificate,
                rootGeneration: rootPlan.generation, rootShards: rootPlan.shards),
            of: generation, in: context(bodies, root: root.certificate), with: signer,
            built: .issuingBuilt, signed: .issuingSigned, record)

        try await record.artefact("\(generation).p10", der)
        try await record.artefact("\(generation).cer", certificate.der)
        try await record.artefact("\(rootPlan.generation).cer", root.certificate.der)
        try await record.artefact("\(rootPlan.generation).crl", root.list.der)
        try await observer(.artefactsWritten)
        return try await record.finish("issuing-\(generation)", signer: signer, observer: observer)
    }

    private func checked(_ der: [UInt8], _ plan: Hierarchy.Authority) throws(Refusal) -> CertificateRequest {
        func refused(_ detail: String) -> Refusal {
            Refusal(
                CeremonyRefusal.ceremonyRequest, detail: detail, facts: ["generation": plan.generation])
        }
        let request = try CertificateRequest(der: der)
        try IssuanceService.requireProof(request)
        guard request.publicKey.family == script.family else { throw refused("the key is of another family") }
        guard request.subject == plan.name.distinguishedName else { throw refused("its subject is \(request.subject)") }
        let defects = WeakKey.defects(of: request.publicKey, policy: book.certificates.keys)
        guard defects.isEmpty else {
            throw Refusal(IssuanceRefusal.weakKey, facts: ["defect": defects.joined(separator: ", ")])
        }
        return request
    }

    /// An authority's certificate that the root revokes.
    package struct Revoking: Sendable {
        package let serialNumber: SerialNumber
        package let reason: RevocationReason

        package init(serialNumber: SerialNumber, reason: RevocationReason) {
            self.serialNumber = serialNumber
            self.reason = reason
        }
    }

    /// Signs the root's next list: everything that the last one named, and what is revoked now.
    package func publishList(_ shares: [BroughtShare], revoking: [Revoking] = []) async throws -> CeremonyFolder.Stage {
        let lock = try lockRoot()
        let root = try root()
        let name = "\(rootPlan.generation).crl"
        let now = surroundings.now()
        try checkClock(after: root)
        let before = root.list.number ?? 0
        var entries = root.list.entries
        for each in revoking {
            guard let certificate = try certified(each.serialNumber, by: root.certificate) else {
                throw Refusal(
                    CertificateRecordsRefusal.unknownCertificate, facts: ["serial": each.serialNumber.hex])
            }
            guard ![.certificateHold, .removeFromCRL, .affiliationChanged].contains(each.reason) else {
                throw Refusal(RevocationRefusal.wrongReason, facts: ["reason": "\(each.reason)"])
            }
            guard !entries.contains(where: { $0.serialNumber == certificate.serialNumber }) else { continue }
            entries.append(
                RevokedEntry(serialNumber: each.serialNumber, revokedAt: now.truncatedToSecond, reason: each.reason))
        }
        entries.sort { $0.serialNumber.bytes.lexicographicallyPrecedes($1.serialNumber.bytes) }
        try check(shares, of: root)

        let record = try await open("list \(rootPlan.generation) \(before + 1)", under: lock)
        let key = try await join(shares, of: root, record)
        let signer = SoftwareSigner(key)
        let list = try await sign(
            bodies(at: surroundings.now()).list(
                root.certificate, plan: rootPlan, number: before + 1, entries: entries), of: name,
            root: root.certificate, with: signer, record)
        try await record.artefact(name, list.der)
        try await record.artefact("\(rootPlan.generation).cer", root.certificate.der)
        try await observer(.artefactsWritten)
        return try await record.finish("list-\(before + 1)", signer: signer, observer: observer)
    }

    /// A clock that is behind what the root signed last would date a certificate or a list before it.
    func checkClock(after root: Root) throws(Refusal) {
        guard surroundings.now().truncatedToSecond >= root.list.thisUpdate else {
            throw Refusal(CeremonyRefusal.ceremonyClock, facts: ["before": root.list.thisUpdate.rfc3339])
        }
    }

    /// The certificate with this number among those that this folder's stages made.
    private func certified(_ serial: SerialNumber, by root: Certificate) throws(Refusal) -> Certificate? {
        for stage in folder.stages() {
            guard let generation = stage.name.firstRange(of: "-issuing-").map({ stage.name[$0.upperBound...] }) else {
                continue
            }
            let certificate = try Certificate(der: stage.bytes("\(generation).cer"))
            if certificate.serialNumber == serial, certificate.isSigned(by: root.publicKey) { return certificate }
        }
        return nil
    }
}
