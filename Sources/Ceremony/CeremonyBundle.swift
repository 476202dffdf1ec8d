package import Cryptography
internal import Foundation
package import Groundwork
package import Officers

/// What a stage of the ceremony brings to the machine of the service: the stage's folder, whole, its transcript signed
/// by the root that it brings.
package struct CeremonyBundle: Sendable {
    package let rootGeneration: String
    package let root: Certificate
    package let list: CertificateList
    /// The issuing generation and its certificate; `nil` where only a list is brought.
    package let issuing: Issued?
    /// The statement that reopens the bootstrap, with the root's signature.
    package let reopening: Reopening?
    package let script: CeremonyScript
    package let transcript: TranscriptReading
    /// The stages before this one, newest first, as far back as their folders were brought beside it: each signed by
    /// the root and named by its successor's transcript.
    let earlier: [TranscriptReading]

    package struct Issued: Sendable {
        package let generation: String
        package let certificate: Certificate
    }

    package struct Reopening: Sendable {
        package let statement: BootstrapStatement
        package let signature: [UInt8]
    }

    /// - Parameter path: the stage's folder, such as `002-issuing-sm2-entity-1`.
    package static func read(_ path: String) throws(Refusal) -> CeremonyBundle {
        let stage = CeremonyFolder.Stage(name: URL(filePath: path).lastPathComponent, path: path)
        func refused(_ detail: String) -> Refusal {
            Refusal(CeremonyRefusal.ceremonyTranscript, detail: detail, facts: ["stage": stage.name])
        }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        guard let listName = names.filter({ $0.hasSuffix(".crl") }).only, names.contains("script.yaml") else {
            throw refused("the folder does not hold one list and the script")
        }
        let rootGeneration = String(listName.dropLast(4))
        let root = try Certificate(der: stage.bytes("\(rootGeneration).cer"))
        let transcript = try TranscriptReading.verify(stage, key: root.publicKey)
        let words = transcript.purpose.split(separator: " ").map(String.init)
        var needed = ["script.yaml", listName, "\(rootGeneration).cer"]
        var issuing: Issued?
        var reopening: Reopening?
        switch words.first {
        case "issuing" where words.count == 2:
            needed.append("\(words[1]).cer")
            issuing = Issued(generation: words[1], certificate: try Certificate(der: stage.bytes("\(words[1]).cer")))
        case "list" where words.count == 3, "root" where words.count == 2:
            guard words[1] == rootGeneration else { throw refused("it is of \(words[1])") }
        case "officers" where words.count == 2:
            let files = (RootMachine.ReopeningFile.statement, RootMachine.ReopeningFile.signature)
            needed += [files.0, files.1]
            reopening = Reopening(
                statement: try BootstrapStatement(bytes: stage.bytes(files.0)), signature: try stage.bytes(files.1))
        default: throw refused("it is of no kind that can be installed")
        }
        // Only what the signed transcript names is taken.
        for name in needed where transcript.artefacts[name] == nil { throw refused("it does not name \(name)") }
        return CeremonyBundle(
            rootGeneration: rootGeneration, root: root, list: try CertificateList(der: stage.bytes(listName)),
            issuing: issuing, reopening: reopening,
            script: try CeremonyScript.decode(stage.text("script.yaml"), file: "script.yaml"),
            transcript: transcript, earlier: earlier(than: transcript, beside: stage, root))
    }

    private static func earlier(
        than transcript: TranscriptReading, beside stage: CeremonyFolder.Stage, _ root: Certificate
    ) -> [TranscriptReading] {
        let folder = CeremonyFolder(path: URL(filePath: stage.path).deletingLastPathComponent().path)
        var readings: [TranscriptReading] = []
        var named = transcript.previous
        for stage in folder.stages().reversed() {
            guard let wanted = named, wanted.hasPrefix("\(stage.name) sha256 "),
                let reading = try? TranscriptReading.verify(stage, key: root.publicKey),
                wanted == "\(stage.name) sha256 \(Hex.encode(reading.hash))"
            else { continue }
            readings.append(reading)
            named = reading.previous
        }
        return readings
    }
}

extension Array {
    fileprivate var only: Element? { count == 1 ? first : nil }
}
