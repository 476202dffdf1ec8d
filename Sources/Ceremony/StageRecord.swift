internal import Cryptography
internal import Groundwork
internal import KeyCustody

/// One stage of a ceremony while it goes on: every line is shown, kept, and at its end signed.
actor StageRecord {
    private let folder: CeremonyFolder
    private let service: any CeremonyService
    private let surroundings: Surroundings
    private var transcript: Transcript
    private let lock: FolderLock
    /// Who answers each question: the leader, then every witness.
    private let people: [String]

    init(
        in folder: CeremonyFolder, under lock: FolderLock, stage: String, people: [String],
        service: any CeremonyService,
        surroundings: Surroundings
    ) async throws {
        self.folder = folder
        self.people = people
        self.service = service
        self.surroundings = surroundings
        self.lock = lock
        let earlier = try folder.open()
        transcript = Transcript(resuming: earlier)
        if earlier != nil {
            try await add(.resumed, "an earlier try stopped here; what it made was thrown away, and it begins again")
        }
        try await add(.stage, stage)
        let last = folder.stages().last
        let hash = try last.map { try ArtefactView.hash($0.bytes(Transcript.file)) }
        try await add(.previous, last.map { "\($0.name) sha256 \(hash ?? "")" } ?? "none")
    }

    func add(_ kind: Transcript.Kind, _ words: String) async throws {
        let line = transcript.add(kind, words, at: surroundings.now())
        try folder.store(transcript.bytes, as: Transcript.file)
        await service.show(line)
    }

    /// Many lines at once, kept together.
    func add(_ kind: Transcript.Kind, _ lines: [String]) async throws {
        var added: [String] = []
        for words in lines { added.append(transcript.add(kind, words, at: surroundings.now())) }
        try folder.store(transcript.bytes, as: Transcript.file)
        for line in added { await service.show(line) }
    }

    /// Asks the leader, then each witness, to type `expected`; three tries each, then the ceremony stops. Each answer
    /// stands in the transcript under its name.
    func confirm(_ question: LocalisedText, expecting expected: String) async throws {
        for person in people {
            guard try await isConfirmed(question, expecting: expected, by: person) else {
                try await add(.done, "stopped: the answer of \(person) was another one")
                throw Refusal(CeremonyRefusal.ceremonyStopped, detail: person)
            }
        }
    }

    private func isConfirmed(
        _ question: LocalisedText, expecting expected: String, by person: String
    ) async throws -> Bool {
        for _ in 0..<3 {
            try await add(.ask, "\(person): \(question.zh) · \(question.en): \(expected)")
            let typed = try await service.answer(question, expected: expected, by: person)
            try await add(.answer, "\(person): \(typed)\(service.isUnattended ? " (unattended)" : "")")
            if typed.lowercased() == expected.lowercased() { return true }
        }
        return false
    }

    /// Whether an earlier line of this stage names this hash.
    func names(_ hash: String) -> Bool { transcript.text.contains(hash) }

    func artefact(_ name: String, _ bytes: [UInt8]) async throws {
        try folder.store(bytes, as: name)
        try await add(.artefact, "\(name) sha256 \(ArtefactView.hash(bytes)) size \(bytes.count)")
    }

    /// The last line, the signature over everything, and the one step that makes the stage complete.
    func finish(_ name: String, signer: any Signer, observer: CeremonyObserver) async throws -> CeremonyFolder.Stage {
        let unlocked = SecretBytes.unlockedSoFar
        try await add(
            .check,
            unlocked == 0
                ? "memory: every secret of this process had its pages locked (mlock)"
                : "memory: \(unlocked) secrets of this process had pages that could not be locked (mlock)")
        try await add(
            .end,
            "signed with \(signer.algorithm.rawValue) by the key with sha256 \(ArtefactView.hash(signer.publicKey.spki))"
        )
        let signature = try await signer.sign(transcript.bytes)
        guard
            signer.publicKey.verifies(signature, over: transcript.bytes, digest: signer.algorithm.digest)
        else { throw Refusal(KeyCustodyRefusal.signatureUnverified, detail: Transcript.file) }
        try folder.store(signature, as: Transcript.signatureFile)
        try await observer(.transcriptSigned)
        let stage = try folder.commit(name)
        try await observer(.committed)
        return stage
    }
}
