package import Cryptography
package import Groundwork

/// A stage's transcript as anybody reads it: whole, signed by the root, naming artefacts that are as they were.
package struct TranscriptReading: Sendable {
    package let stage: String
    /// What the stage was, such as `issuing sm2-entity-1`; the last one where the stage was resumed.
    package let purpose: String
    /// SHA-256 of the transcript.
    package let hash: [UInt8]
    /// The stage before and its transcript's SHA-256; `nil` for the first.
    package let previous: String?
    /// SHA-256 by file name, in hexadecimal digits.
    package let artefacts: [String: String]
    package let resumptions: Int

    /// - Parameter key: the root's, or that of the service's machine.
    /// - Throws: `ceremony-transcript` with what is wrong, `ceremony-artefact` for a file that is another one.
    package static func verify(_ stage: CeremonyFolder.Stage, key: PublicKey) throws(Refusal) -> TranscriptReading {
        func refused(_ detail: String) -> Refusal {
            Refusal(CeremonyRefusal.ceremonyTranscript, detail: detail, facts: ["stage": stage.name])
        }
        let bytes = try stage.bytes(Transcript.file)
        let signature = try stage.bytes(Transcript.signatureFile)
        guard let family = key.family, key.verifies(signature, over: bytes, digest: family.digest) else {
            throw refused("its signature does not verify")
        }
        let reading = try read(bytes, stage: stage.name)
        for (name, hash) in reading.artefacts {
            guard try ArtefactView.hash(stage.bytes(name)) == hash else {
                throw Refusal(
                    CeremonyRefusal.ceremonyArtefact, facts: ["artefact": "\(stage.name)/\(name)"])
            }
        }
        return reading
    }

    /// What a transcript says, line by line; nothing is checked but its form.
    static func read(_ bytes: [UInt8], stage: String) throws(Refusal) -> TranscriptReading {
        func refused(_ detail: String) -> Refusal {
            Refusal(CeremonyRefusal.ceremonyTranscript, detail: detail, facts: ["stage": stage])
        }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.first.map(String.init) == Transcript.heading, lines.last == "" else { throw refused("its form") }
        var purpose: String?
        var previous: String?
        var artefacts: [String: String] = [:]
        var resumptions = 0
        var last: Transcript.Kind?
        for line in lines.dropFirst().dropLast() {
            guard let match = line.wholeMatch(of: /([0-9TZ:.\-]{24})  ([a-z]+) *  (.*)/),
                let kind = Transcript.Kind(rawValue: String(match.2)), last != .end || kind == .resumed
            else { throw refused("the line \(line.prefix(40))") }
            let words = String(match.3)
            last = kind
            switch kind {
            case .stage: purpose = words
            case .previous: previous = words == "none" ? nil : words
            case .resumed:
                resumptions += 1
                artefacts = [:]
            case .artefact:
                guard let parts = words.wholeMatch(of: /([A-Za-z0-9._-]+) sha256 ([0-9a-f]{64}) size [0-9]+/) else {
                    throw refused("the line \(line.prefix(40))")
                }
                artefacts[String(parts.1)] = String(parts.2)
            default: break
            }
        }
        guard let purpose, last == .end else { throw refused("it has no end") }
        return TranscriptReading(
            stage: stage, purpose: purpose, hash: DigestAlgorithm.sha256.hash(bytes), previous: previous,
            artefacts: artefacts, resumptions: resumptions)
    }

    /// Every stage of a ceremony's folder in order, each naming the one before.
    ///
    /// - Parameter anchor: the root that the verifier knows; `nil` takes the folder's own, whose fingerprint is to be
    ///   compared.
    /// - Returns: the root, and the stages.
    package static func verify(
        _ folder: CeremonyFolder, anchor: Certificate? = nil
    ) throws(Refusal) -> (root: Certificate, stages: [TranscriptReading]) {
        let stages = folder.stages()
        guard let first = stages.first else {
            throw Refusal(
                CeremonyRefusal.ceremonyTranscript, detail: "no stage", facts: ["stage": folder.path])
        }
        let root: Certificate
        if let anchor {
            root = anchor
        } else {
            let text = try first.text(Transcript.file)
            guard let generation = text.firstMatch(of: /\ \ stage     root ([a-z0-9-]+)\n/)?.1 else {
                throw Refusal(
                    CeremonyRefusal.ceremonyTranscript, detail: "the first stage is not a root's",
                    facts: ["stage": first.name])
            }
            root = try Certificate(der: first.bytes("\(generation).cer"))
        }
        var readings: [TranscriptReading] = []
        for stage in stages {
            let reading = try verify(stage, key: root.publicKey)
            let expected = readings.last.map { "\($0.stage) sha256 \(Hex.encode($0.hash))" }
            guard reading.previous == expected else {
                throw Refusal(
                    CeremonyRefusal.ceremonyTranscript, detail: "it follows another stage",
                    facts: ["stage": stage.name])
            }
            readings.append(reading)
        }
        return (root, readings)
    }
}
