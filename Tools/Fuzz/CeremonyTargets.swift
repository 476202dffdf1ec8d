@testable import Ceremony
import Cryptography
import Foundation
import Groundwork

/// What people bring to a ceremony, and what it leaves.
enum CeremonyTargets {
    /// A custodian's file or the sealed root, opened with a passphrase that costs nothing.
    static func share(_ bytes: [UInt8]) {
        if let share = try? CustodianShare.decode(bytes, file: "share"), share.rounds <= 10 {
            _ = try? share.open(with: SecretBytes(copying: Array("seed".utf8)))
        }
        if let root = try? SealedRoot.decode(String(decoding: bytes, as: UTF8.self), file: "root") {
            _ = try? root.open(with: SecretBytes(copying: [UInt8](repeating: 0, count: 32)))
        }
    }

    /// Shares of any number and content: `[length of each] ([number] [value])…`. What was divided is what is joined.
    static func joining(_ bytes: [UInt8]) {
        guard let length = bytes.first.map({ Int($0 % 65) }) else { return }
        var rest = bytes.dropFirst()
        var shares: [SecretShare] = []
        while let number = rest.popFirst() {
            shares.append(SecretShare(number: number, value: SecretBytes(copying: Array(rest.prefix(length)))))
            rest = rest.dropFirst(length)
        }
        _ = try? SecretSharing.join(shares)
        for share in shares.prefix(2) { _ = share.commitment(context: bytes) }
        let secret = SecretBytes(copying: bytes.dropFirst())
        let count = Int(bytes[0] >> 3)
        guard let divided = try? SecretSharing.divide(secret, among: count, threshold: Int(bytes[0] & 7)),
            let joined = try? SecretSharing.join(Array(divided.suffix(Int(bytes[0] & 7))))
        else { return }
        precondition(joined.equals(secret), "a secret that is joined as another one")
    }

    static func script(_ bytes: [UInt8]) {
        let script = try? CeremonyScript.decode(String(decoding: bytes, as: UTF8.self), file: "script")
        _ = script?.addresses
    }

    static func transcript(_ bytes: [UInt8]) {
        _ = try? TranscriptReading.read(bytes, stage: "stage")
        // What an interrupted try left goes on as text that holds one line more.
        var transcript = Transcript(resuming: String(decoding: bytes, as: UTF8.self))
        let line = transcript.add(.fact, String(decoding: bytes.prefix(64), as: UTF8.self), at: Instant(seconds: 0))
        precondition(!line.contains("\n") && transcript.text.hasSuffix(line + "\n"), "a line that forges another")
    }
}
