internal import Audit
internal import CertificateRecords
internal import CertificateStatus
internal import Cryptography
internal import Groundwork
package import Officers
internal import Storage

extension CeremonyInstallation {
    /// Takes over the root's next list: what it revokes is revoked here, then the list is served. The same list again
    /// changes nothing.
    package func importList(_ bundle: CeremonyBundle, by order: Authorisation? = nil) async throws {
        try refuseEvaluation(bundle)
        let book = try await policies.current()
        guard let hierarchy = book.hierarchies.first(where: { $0.root.generation == bundle.rootGeneration }) else {
            throw Refusal(CertificateRecordsRefusal.unknownIssuer, facts: ["issuer": bundle.rootGeneration])
        }
        let check = BundleCheck(
            bundle: bundle, hierarchy: hierarchy, addresses: try await statusAddresses(), policy: book.certificates)
        let now = surroundings.now()
        try check.checkRoot(at: now)
        try check.checkList(at: now)
        try await observer(.bundleChecked)
        let generation = bundle.rootGeneration
        let isNew = try await database.write { [self] transaction in
            guard try ImportedAuthority.isStored(generation, bundle.root, in: transaction) else {
                throw Refusal(CertificateRecordsRefusal.unknownIssuer, facts: ["issuer": generation])
            }
            if let stored = try StatusService.storedList(issuer: generation, shard: 0, in: transaction) {
                if stored == bundle.list.der { return false }
                let before = try CertificateList(der: stored).number ?? 0
                guard bundle.list.number ?? 0 > before else {
                    throw Refusal(
                        CeremonyRefusal.ceremonyArtefact, detail: "a list with number \(before) is here",
                        facts: ["artefact": "\(generation).crl"])
                }
            }
            try RootListContinuity(list: bundle.list, issuer: generation).check(in: transaction)
            let actor = try spend(
                order, for: .list(generation: generation, list: bundle.list.der), in: transaction)
            for entry in bundle.list.entries {
                try revoke(entry, issuer: generation, actor: actor, in: transaction)
            }
            try StoredAuthority.touch(in: transaction)
            // Officers whose certificates stand below a revoked authority order nothing more.
            try order?.requireSomebodyIsLeft(in: transaction)
            try StatusService.store(bundle.list, issuer: generation, shard: 0, in: transaction)
            try CeremonyHistory(bundle: bundle, audit: audit).record(by: actor, in: transaction)
            try audit.record(
                AuditEvent(
                    act: CeremonyAct.ceremonyListImported, actor: actor, subject: generation,
                    facts: [
                        "number": .integer(Int64(bundle.list.number ?? 0)),
                        "list": .string(ArtefactView.hash(bundle.list.der)),
                        "transcript": .string(Hex.encode(bundle.transcript.hash)),
                    ]), in: transaction)
            return true
        }
        if isNew { try await observer(.completed) }
    }

    /// What the root's list names, and this authority knows as good, is revoked here too.
    private func revoke(
        _ entry: RevokedEntry, issuer: String, actor: AuditActor, in transaction: any Transaction
    ) throws(Refusal) {
        guard let record = try CertificateStore.certificate(entry.serialNumber, in: transaction),
            record.issuer == issuer, record.storedState != .revoked
        else { return }
        try RevocationStore.insert(
            serial: record.serialNumber, issuer: issuer, shard: record.shard,
            fact: RevocationFact(
                reason: entry.reason, revokedAt: entry.revokedAt, invalidSince: entry.invalidSince),
            notAfter: record.notAfter, in: transaction)
        _ = try CertificateRegister.change(
            record, to: .revoked, by: .revoked, of: actor,
            facts: ["grounds": .string("the root's list"), "reason": .string(entry.reason.name)],
            at: surroundings.now(), audit: audit, in: transaction)
    }
}
