internal import CertificateRecords
internal import Cryptography
internal import Groundwork

/// One custodian's share as it is brought: where from, and what is in it.
package struct BroughtShare: Sendable {
    package let file: String
    package let bytes: [UInt8]

    package init(file: String, bytes: [UInt8]) {
        self.file = file
        self.bytes = bytes
    }
}

extension RootMachine {
    /// The root that this folder's ceremony made.
    struct Root {
        let certificate: Certificate
        let sealed: SealedRoot
        let list: CertificateList
    }

    /// Keeps others out from before the root is read: what the next stage builds on stays as it was read.
    func lockRoot() throws(Refusal) -> FolderLock {
        guard folder.newest(holding: "\(rootPlan.generation).sealed.yaml") != nil else {
            throw Refusal(CeremonyRefusal.ceremonyWithoutRoot, facts: ["generation": rootPlan.generation])
        }
        return try folder.lock()
    }

    /// Read from stages whose transcripts follow from each other and from what the root's key signed.
    func root() throws(Refusal) -> Root {
        let generation = rootPlan.generation
        guard let stage = folder.newest(holding: "\(generation).sealed.yaml"),
            let listed = folder.newest(holding: "\(generation).crl")
        else { throw Refusal(CeremonyRefusal.ceremonyWithoutRoot, facts: ["generation": generation]) }
        let certificate = try Certificate(der: stage.bytes("\(generation).cer"))
        let sealed = try SealedRoot.decode(stage.text("\(generation).sealed.yaml"), file: "\(generation).sealed.yaml")
        let list = try CertificateList(der: listed.bytes("\(generation).crl"))
        guard certificate.isSigned(by: certificate.publicKey), list.isSigned(by: certificate.publicKey),
            sealed.publicKey == ArtefactView.hash(certificate.publicKey.spki), sealed.generation == generation
        else { throw Refusal(CeremonyRefusal.ceremonyArtefact, facts: ["artefact": generation]) }
        let readings = try TranscriptReading.verify(folder, anchor: certificate).stages
        try RootHistory(
            folder: folder, root: certificate, readings: readings, journal: journal(of: certificate.publicKey)
        ).check()
        try refuseOtherScript(CeremonyScript.decode(stage.text("script.yaml"), file: "\(stage.name)/script.yaml"))
        return Root(certificate: certificate, sealed: sealed, list: list)
    }

    /// A root stays what its own ceremony said: later scripts name others who are there, not another seriousness,
    /// other custodians, another address.
    private func refuseOtherScript(_ first: CeremonyScript) throws(Refusal) {
        func refused(_ part: String) -> Refusal {
            Refusal(CeremonyRefusal.ceremonyOtherScript, facts: ["part": part])
        }
        guard script.evaluation == first.evaluation else { throw refused("evaluation") }
        guard script.family == first.family else { throw refused("family") }
        guard script.statusAddress == first.statusAddress else { throw refused("statusAddress") }
        guard script.custodians.threshold == first.custodians.threshold,
            script.custodians.people.map(\.name) == first.custodians.people.map(\.name)
        else { throw refused("custodians") }
    }

    /// Joins the root's key from the shares that are brought. The key is gone when the caller lets go of it.
    func join(_ brought: [BroughtShare], of root: Root, _ record: StageRecord) async throws -> PrivateKey {
        let joining = RootJoining(sealed: root.sealed)
        var files: [(file: String, share: CustodianShare)] = []
        for each in brought { files.append((each.file, try CustodianShare.decode(each.bytes, file: each.file))) }
        try joining.check(files)
        var shares: [SecretShare] = []
        for (file, share) in files {
            shares.append(try await open(share, file: file, with: joining, record))
            try await record.add(.done, "share \(share.share) of \(share.custodian) opened")
        }
        let key = try joining.join(shares)
        guard key.publicKey == root.certificate.publicKey else {
            throw Refusal(
                CeremonyRefusal.sharesDoNotJoin, facts: ["generation": rootPlan.generation])
        }
        try await record.add(.done, "root key joined in memory from \(shares.count) shares")
        try await observer(.sharesJoined)
        return key
    }

    /// A slip of one custodian does not send the others home: three tries, where people are there to make them.
    private func open(
        _ share: CustodianShare, file: String, with joining: RootJoining, _ record: StageRecord
    ) async throws -> SecretShare {
        for _ in 1..<(service.isUnattended ? 1 : 3) {
            switch try await tried(share, file: file, with: joining) {
            case .success(let opened): return opened
            case .failure(let refusal):
                guard refusal.isBecause(CeremonyRefusal.sharePassphrase) else { throw refusal }
                try await record.add(.done, "the passphrase of \(share.custodian) was another one")
            }
        }
        return try await tried(share, file: file, with: joining).get()
    }

    private func tried(
        _ share: CustodianShare, file: String, with joining: RootJoining
    ) async throws -> Result<SecretShare, Refusal> {
        let passphrase = try await service.passphrase(of: share.custodian)
        do throws(Refusal) { return .success(try joining.open(share, file: file, passphrase: passphrase)) } catch {
            return .failure(error)
        }
    }

    /// Refuses shares that cannot work before a stage is opened and people are asked.
    func check(_ brought: [BroughtShare], of root: Root) throws(Refusal) {
        var files: [(file: String, share: CustodianShare)] = []
        for each in brought { files.append((each.file, try CustodianShare.decode(each.bytes, file: each.file))) }
        try RootJoining(sealed: root.sealed).check(files)
    }
}
