internal import CertificateRecords
internal import Cryptography
internal import Foundation
internal import Groundwork

extension RootMachine {
    /// Makes the root: key, certificate, first list, shares. Made already, it is only named.
    package func makeRoot() async throws -> CeremonyFolder.Stage {
        if let stage = await made() { return stage }
        try refuseMachine()
        let lock = try folder.lock()
        if let stage = await made() { return stage }
        let record = try await open("root \(rootPlan.generation)", under: lock)
        let key = try PrivateKey.generate(script.family)
        let signer = SoftwareSigner(key)
        try await record.add(.done, "root key made in memory; \(ArtefactView.key(key.publicKey))")
        try await observer(.rootKeyMade)

        let bodies = bodies(at: surroundings.now())
        let certificate = try await sign(
            bodies.root(rootPlan, key: key.publicKey, serial: SerialNumber.random(in: surroundings)),
            of: rootPlan.generation, in: context(bodies, root: nil), with: signer,
            built: .rootBuilt, signed: .rootSigned, record)
        let list = try await sign(
            bodies.list(certificate, plan: rootPlan, number: 1, entries: []), of: "\(rootPlan.generation).crl",
            root: certificate, with: signer, record)
        let sealed = try await divide(key, record)

        try await record.artefact("\(rootPlan.generation).cer", certificate.der)
        try await record.artefact("\(rootPlan.generation).crl", list.der)
        try await record.artefact("\(rootPlan.generation).sealed.yaml", sealed.encoded())
        try await record.artefact(
            "\(rootPlan.generation).pub.pem", Array(PEM.encode("PUBLIC KEY", key.publicKey.spki).utf8))
        try await observer(.artefactsWritten)
        return try await record.finish("root", signer: signer, observer: observer)
    }

    private func made() async -> CeremonyFolder.Stage? {
        guard let stage = folder.newest(holding: "\(rootPlan.generation).cer") else { return nil }
        await service.show("\(rootPlan.generation) 已建立 · is there already: \(stage.name)")
        return stage
    }

    /// Divides the key among the custodians: each share goes to its own file under its custodian's own passphrase, is
    /// read back, and must open.
    private func divide(_ key: PrivateKey, _ record: StageRecord) async throws -> SealedRoot {
        let people = script.custodians.people
        let threshold = script.custodians.threshold
        let identifier = try SecretSharing.randomBytes(count: 16)
        let name = Hex.encode(identifier)
        let generation = rootPlan.generation
        let encryption = try SecretSharing.randomSecret(count: AuthenticatedEncryption.keyLength)
        let shares = try SecretSharing.divide(encryption, among: people.count, threshold: threshold)
        guard try RootJoining.everySubsetJoins(shares, threshold: threshold, to: encryption) else {
            throw Refusal(CeremonyRefusal.sharesDoNotJoin, facts: ["generation": generation])
        }
        let context = SealedRoot.context(key: name, generation: generation)
        let division = SealedRoot.Division(
            threshold: threshold, shares: people.count, custodians: people.map(\.name),
            commitments: shares.map { Hex.encode($0.commitment(context: context)) })
        let sealed = try SealedRoot.seal(
            key, generation: generation, key: identifier, under: encryption, division: division)
        _ = try sealed.open(with: encryption)
        try await record.add(
            .check,
            "key \(name) divided into \(people.count) shares; every \(threshold) of them join it, and it opens the sealed root"
        )
        try await observer(.keyDivided)
        for (person, share) in zip(people, shares) {
            try await write(share, of: division, key: name, for: person, sealed, record)
            try await observer(.shareWritten)
        }
        try await record.add(.check, "each share was read back from its file and opens with its passphrase")
        try await observer(.sharesProved)
        return sealed
    }

    private func write(
        _ share: SecretShare, of division: SealedRoot.Division, key: String, for person: CeremonyScript.Custodian,
        _ sealed: SealedRoot, _ record: StageRecord
    ) async throws {
        let path = sharePath(person)
        if FileManager.default.fileExists(atPath: path) {
            // Only what an interrupted try of this stage wrote is written over.
            guard await record.names(ArtefactView.hash(try CeremonyFile.read(path))) else {
                throw Refusal(CeremonyRefusal.shareExists, facts: ["path": path])
            }
        }
        let passphrase = try await service.newPassphrase(of: person.name)
        try CustodianPassphrase.check(passphrase)
        let file = try CustodianShare.seal(
            share, of: division, key: key, generation: rootPlan.generation, custodian: person.name,
            passphrase: passphrase, rounds: rounds)
        let bytes = try file.encoded()
        // The line comes first: a file that is there without it would be a third party's.
        try await record.add(
            .done,
            "share \(share.number) of \(division.shares) for \(person.name): \(path) sha256 \(ArtefactView.hash(bytes))"
        )
        try CeremonyFile.makeFolder(URL(filePath: path).deletingLastPathComponent().path)
        try folder.write(bytes, path)
        let read = try CustodianShare.decode(CeremonyFile.read(path), file: path)
        _ = try RootJoining(sealed: sealed).open(read, file: path, passphrase: passphrase)
    }

    private func sharePath(_ person: CeremonyScript.Custodian) -> String {
        person.share.hasPrefix("/") ? person.share : "\(folder.path)/\(person.share)"
    }
}
