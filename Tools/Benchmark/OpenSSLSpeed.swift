import Cryptography
import Foundation

/// What `openssl speed` says of one family on this machine now, in operations each second.
struct OpenSSLSpeed {
    let sign: Double
    let verify: Double
    var both: Double { 1 / (1 / sign + 1 / verify) }

    /// Reads what Tools/benchmark had `openssl speed` say just before: a child of this program would inherit the signal
    /// mask of whichever thread starts it, and `openssl speed` ends by SIGALRM alone.
    init(_ family: AlgorithmFamily, folder: String) throws {
        let text = try String(contentsOfFile: "\(folder)/speed-\(family.rawValue)", encoding: .utf8)
        // The last line's last two columns are sign/s and verify/s.
        let numbers = text.split(separator: "\n").last?.split(separator: " ").suffix(2).compactMap { Double($0) } ?? []
        guard numbers.count == 2, numbers.allSatisfy({ $0 > 0 }) else { throw Unreadable(text: text) }
        (sign, verify) = (numbers[0], numbers[1])
    }

    struct Unreadable: Error { let text: String }
}
