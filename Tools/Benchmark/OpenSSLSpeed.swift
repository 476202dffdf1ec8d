import Cryptography
import Foundation

/// What `openssl speed` says of one family on this machine now, in operations each second.
struct OpenSSLSpeed {
    let sign: Double
    let verify: Double
    var both: Double { 1 / (1 / sign + 1 / verify) }

    init(_ family: AlgorithmFamily) throws {
        let name =
            switch family {
            case .sm2: "sm2"
            case .p256: "ecdsap256"
            case .rsa2048: "rsa2048"
            }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["openssl", "speed", "-seconds", "2", name]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        // The last line's last two columns are sign/s and verify/s.
        let numbers = text.split(separator: "\n").last?.split(separator: " ").suffix(2).compactMap { Double($0) } ?? []
        guard numbers.count == 2, numbers.allSatisfy({ $0 > 0 }) else { throw Unreadable(text: text) }
        (sign, verify) = (numbers[0], numbers[1])
    }

    struct Unreadable: Error { let text: String }
}
