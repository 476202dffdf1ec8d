internal import Cryptography
internal import Foundation
internal import Groundwork
internal import KeyCustody
internal import Officers

/// Holds the stages of a ceremony's folder against the root key's own journal, before the key signs again.
///
/// A folder that was put back from an older copy would sign a number twice, or a list that names fewer than the one
/// before: then the journal knows of more than the transcripts, or the stages of more than the journal.
struct RootHistory {
    let folder: CeremonyFolder
    let root: Certificate
    let readings: [TranscriptReading]
    /// The journal's path.
    let journal: String

    func check() throws(Refusal) {
        let signed = try signedDigests()
        var transcripts = ""
        for reading in readings {
            guard let stage = folder.stages().first(where: { $0.name == reading.stage }) else { continue }
            transcripts += try stage.text(Transcript.file)
            for name in reading.artefacts.keys.sorted() {
                guard let body = try body(of: name, in: stage) else { continue }
                guard signed.contains(DigestAlgorithm.sha256.hash(body)) else {
                    throw refused("\(stage.name)/\(name)", "the root key's journal does not name it")
                }
            }
        }
        if let bytes = try? CeremonyFile.read("\(folder.pending)/\(Transcript.file)") {
            transcripts += String(decoding: bytes, as: UTF8.self)
        }
        // What is about to be signed stands in the transcript before it stands in the journal.
        for digest in signed where !transcripts.contains(Hex.encode(digest)) {
            throw refused(
                URL(filePath: journal).lastPathComponent,
                "the key signed \(Hex.encode(digest)), which no transcript here names")
        }
    }

    /// What the root signed of an artefact; `nil` for what is none of its certificates, lists and statements.
    private func body(of name: String, in stage: CeremonyFolder.Stage) throws(Refusal) -> [UInt8]? {
        if name.hasSuffix(".cer") {
            let certificate = try Certificate(der: stage.bytes(name))
            return certificate.isSigned(by: root.publicKey) ? certificate.tbs : nil
        }
        if name == RootMachine.ReopeningFile.statement {
            return try BootstrapStatement(bytes: stage.bytes(name)).signedBytes
        }
        guard name.hasSuffix(".crl") else { return nil }
        let list = try CertificateList(der: stage.bytes(name))
        return list.isSigned(by: root.publicKey) ? list.tbs : nil
    }

    private func signedDigests() throws(Refusal) -> Set<[UInt8]> {
        var reader = try SigningJournalReader(path: journal, key: root.publicKey)
        var digests: Set<[UInt8]> = []
        while let item = try reader.next() {
            switch item {
            case .record(let record): digests.insert(record.digest)
            case .interrupted: break
            case .broken(let line):
                throw refused(URL(filePath: journal).lastPathComponent, "line \(line) does not follow")
            }
        }
        return digests
    }

    private func refused(_ artefact: String, _ detail: String) -> Refusal {
        Refusal(CeremonyRefusal.ceremonyArtefact, detail: detail, facts: ["artefact": artefact])
    }
}
