internal import CertificateProfiles
package import CertificateRecords
internal import Cryptography
package import Groundwork
internal import KeyCustody
internal import Officers

/// The machine without a network and without the service, where a root's key is made, and joined from its custodians'
/// shares to sign.
///
/// Everything stands in one ``CeremonyFolder``. A stage that is complete is never made again; one that was interrupted
/// begins again, for the key that it had existed in memory alone.
package struct RootMachine: Sendable {
    package let folder: CeremonyFolder
    package let script: CeremonyScript
    let scriptText: String
    let book: PolicyBook
    let hierarchy: Hierarchy
    let addresses: StatusAddresses
    let service: any CeremonyService
    let surroundings: Surroundings
    let machine: MachineFacts
    let observer: CeremonyObserver
    /// Rounds of PBKDF2 for shares' passphrases.
    let rounds: Int

    /// - Parameters:
    ///   - book: CA/ and Policies/ as they will be in force.
    ///   - rounds: fewer only in tests.
    package init(
        folder: CeremonyFolder, scriptText: String, scriptFile: String, book: PolicyBook, service: any CeremonyService,
        surroundings: Surroundings, machine: MachineFacts, rounds: Int? = nil,
        observer: @escaping CeremonyObserver = { _ in }
    ) throws(Refusal) {
        let script = try CeremonyScript.decode(scriptText, file: scriptFile)
        guard let addresses = script.addresses else {
            throw Refusal(CeremonyRefusal.ceremonyScript, facts: ["file": scriptFile])
        }
        let hierarchy = try book.hierarchy(script.family)
        guard hierarchy.root.shards == 1 else {
            throw Refusal(
                CertificateProfilesRefusal.malformedPolicy, detail: "a root that is offline has one list",
                facts: ["file": "CA/\(script.family.rawValue).yaml"])
        }
        self.folder = folder
        self.script = script
        self.scriptText = scriptText
        self.addresses = addresses
        self.book = book
        self.hierarchy = hierarchy
        self.service = service
        self.surroundings = surroundings
        self.machine = machine
        self.observer = observer
        self.rounds = rounds ?? PassphraseKey.rounds
    }

    var rootPlan: Hierarchy.Authority { hierarchy.root }

    /// Certificates and lists stand in the root key's journal, beside the stages, before they are signed; the key that
    /// an interrupted try made has its own.
    func journalled(_ signer: any Signer) -> JournalledSigner {
        JournalledSigner(
            signer,
            journal: SigningJournal(
                path: journal(of: signer.publicKey), key: signer.publicKey, surroundings: surroundings))
    }

    func journal(of key: PublicKey) -> String {
        let digits = Hex.encode(DigestAlgorithm.sha256.hash(key.spki).prefix(4))
        return "\(folder.path)/\(rootPlan.generation)-\(digits).signed"
    }

    func bodies(at now: Instant) -> AuthorityBody {
        AuthorityBody(addresses: addresses, policy: book.certificates, now: now)
    }

    func context(_ bodies: AuthorityBody, root: Certificate?) -> LintContext {
        bodies.context(root: root, rootGeneration: rootPlan.generation, rootShards: rootPlan.shards)
    }

    /// What no ceremony in earnest is held with: a network, memory that can be written out, nobody who answers.
    func refuseMachine() throws(Refusal) {
        if script.evaluation { return }
        if let reason = machine.unlockedMemory {
            throw Refusal(CeremonyRefusal.ceremonyMemory, detail: reason)
        }
        guard machine.networks.isEmpty else {
            throw Refusal(
                CeremonyRefusal.ceremonyOnline,
                facts: ["networks": machine.networks.joined(separator: ", ")])
        }
        guard !service.isUnattended else {
            throw Refusal(CeremonyRefusal.ceremonyStopped, detail: "unattended, and no evaluation")
        }
    }

    /// Opens a stage: who is there, what the machine is, what goes in; and asks whether all that is so.
    ///
    /// - Parameter lock: taken before what the stage builds on was read, so that nobody made another stage since.
    func open(_ stage: String, under lock: FolderLock) async throws -> StageRecord {
        try refuseMachine()
        let record = try await StageRecord(
            in: folder, under: lock, stage: stage, people: [script.leader] + script.witnesses, service: service,
            surroundings: surroundings)
        try await record.add(.fact, RootMachine.facts(script, scriptText, book.files, machine))
        try await checkRandomness(record)
        let now = surroundings.now()
        try await record.confirm(
            LocalisedText(
                zh: "现在是北京时间 \(now.shown)，上述人员均在场，脚本无误；请输入脚本 SHA-256 的前8位",
                en:
                    "it is \(now.rfc3339), everybody named is here, the script is right; type the first 8 digits of its SHA-256"
            ),
            expecting: RootMachine.digits(Array(scriptText.utf8)))
        try await record.artefact("script.yaml", Array(scriptText.utf8))
        try await observer(.opened)
        return record
    }

    static func facts(
        _ script: CeremonyScript, _ scriptText: String, _ files: PolicyFiles, _ machine: MachineFacts
    ) -> [String] {
        let people = script.custodians.people
        return [
            "title: \(script.title)", "place: \(script.place)", "leader: \(script.leader)",
            "witnesses: \(script.witnesses.joined(separator: ", "))",
            "custodians: \(people.map(\.name).joined(separator: ", ")); any \(script.custodians.threshold) of \(people.count)",
            "first officers: "
                + script.officers.map { "\($0.name) (\($0.roles.map(\.rawValue).joined(separator: " ")))" }
                .joined(separator: ", "),
            "script sha256 \(ArtefactView.hash(Array(scriptText.utf8)))",
            "CA/ and Policies/ sha256 \(Hex.encode(files.hash))",
        ] + machine.lines + [
            machine.networks.isEmpty
                ? "network: none is up"
                : "network: \(machine.networks.joined(separator: ", ")) is up; for evaluation only",
            machine.unlockedMemory.map { "memory: not locked (\($0)); for evaluation only" }
                ?? "memory: every page of this process is locked (mlockall)",
        ]
    }

    private func checkRandomness(_ record: StageRecord) async throws {
        // A good generator fails one check in ten thousand: so twice.
        for _ in 0..<2 {
            let check = RandomnessCheck(try SecretSharing.randomBytes(count: RandomnessCheck.bytes))
            try await record.add(.check, check.line + (check.passes ? ": good" : ": out of bounds"))
            if check.passes { return }
        }
        throw Refusal(CeremonyRefusal.randomnessFailed)
    }

    /// What people type to show that they have read a hash: its first eight digits.
    static func digits(_ bytes: [UInt8]) -> String { String(ArtefactView.hash(bytes).prefix(8)) }

    /// Lints, shows, asks, signs, verifies.
    func sign(
        _ body: CertificateBody, of name: String, in context: LintContext, with signer: any Signer,
        built: CeremonyStep, signed: CeremonyStep, _ record: StageRecord
    ) async throws -> Certificate {
        try await record.add(.show, ArtefactView.lines(body).map { "\(name): \($0)" })
        let permit = try Linter.permit(body, in: context)
        try await record.add(.check, "\(name): lint, \(Linter.rules.count) rules, nothing found")
        try await observer(built)
        try await record.confirm(
            LocalisedText(
                zh: "签发证书\(name)？请输入待签内容 SHA-256 的前8位", en: "sign \(name)? type the first 8 digits of its SHA-256"),
            expecting: RootMachine.digits(permit.body))
        let certificate = try await CertificateSigner(journalled(signer)).sign(permit)
        guard certificate.isSigned(by: signer.publicKey) else {
            throw Refusal(KeyCustodyRefusal.signatureUnverified, detail: name)
        }
        try await record.add(
            .done, "\(name): signed, and the signature verifies; sha256 \(Hex.encode(certificate.fingerprint))")
        try await observer(signed)
        return certificate
    }

    func sign(
        _ body: CertificateListBody, of name: String, root: Certificate, with signer: any Signer,
        _ record: StageRecord
    ) async throws -> CertificateList {
        try await record.add(.show, ArtefactView.lines(body).map { "\(name): \($0)" })
        let permit = try Linter.permit(
            list: body.der, in: bodies(at: body.thisUpdate).listContext(root, plan: rootPlan))
        try await record.add(.check, "\(name): lint, \(Linter.rules.count) rules, nothing found")
        try await record.confirm(
            LocalisedText(
                zh: "签发吊销列表\(name)？请输入待签内容 SHA-256 的前8位",
                en: "sign the list \(name)? type the first 8 digits of its SHA-256"),
            expecting: RootMachine.digits(permit.body))
        let signature = try await journalled(signer).sign(permit.body)
        let list = try CertificateList(
            der: CertificateList.assemble(body: permit.body, algorithm: permit.algorithm, signature: signature))
        guard list.isSigned(by: signer.publicKey), list.issuer == body.issuer, list.number == body.number else {
            throw Refusal(KeyCustodyRefusal.signatureUnverified, detail: name)
        }
        try await record.add(
            .done, "\(name): signed, and the signature verifies; sha256 \(ArtefactView.hash(list.der))")
        try await observer(.listSigned)
        return list
    }
}
