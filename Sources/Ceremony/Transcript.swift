internal import Cryptography
internal import Groundwork

/// What was done, shown, asked and answered at one stage of a ceremony, line by line: text that people read and
/// `openssl` verifies.
///
/// Each line is `<RFC 3339 time>  <kind>  <text>`. The last line is of kind `end`; the signature covers every byte
/// before it and itself. A line of kind `artefact` names a file of the stage with its SHA-256.
package struct Transcript: Sendable {
    package static let file = "transcript.txt"
    package static let signatureFile = "transcript.sig"
    static let heading = "一证通密钥仪式记录 · transcript of a key ceremony · version 1"

    enum Kind: String, CaseIterable {
        /// What the stage is, and what it follows.
        case stage, previous
        /// What is so: people, machine, inputs.
        case fact
        /// What was seen before it was signed.
        case show
        case check, ask, answer, done, artefact
        case resumed, end
    }

    private(set) var text: String

    /// Goes on with what an interrupted try left, or begins.
    init(resuming earlier: String?) {
        if let earlier, earlier.hasPrefix(Self.heading) {
            // A line that was cut off is closed.
            text = earlier.hasSuffix("\n") ? earlier : earlier + "\n"
        } else {
            text = Self.heading + "\n"
        }
    }

    /// The line as it was added.
    mutating func add(_ kind: Kind, _ words: String, at now: Instant) -> String {
        let padding = String(repeating: " ", count: max(0, 8 - kind.rawValue.count))
        let line = "\(now.rfc3339)  \(kind.rawValue)\(padding)  \(TranscriptText.oneLine(words))"
        text += line + "\n"
        return line
    }

    var bytes: [UInt8] { Array(text.utf8) }
    var hash: [UInt8] { DigestAlgorithm.sha256.hash(bytes) }
}

/// Text that cannot forge a line of its own.
package enum TranscriptText {
    package static func isOneLine(_ text: String) -> Bool { oneLine(text) == text }

    static func oneLine(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    switch scalar.properties.generalCategory {
                    case .control, .lineSeparator, .paragraphSeparator, .format, .surrogate: Unicode.Scalar(0x20)
                    default: scalar
                    }
                }))
    }
}
