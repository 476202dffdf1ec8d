import Cryptography
import Foundation
import OtherPrograms
import Testing

/// What third parties are asked about an authority.
extension Stranger {
    /// A machine that trusts these roots where SSL_CERT_DIR is `machine`, and the root of somebody else, `another.pem`.
    func trustOnTheMachine(_ certificates: [Certificate]) throws {
        try FileManager.default.createDirectory(
            at: folder.appending(path: "machine"), withIntermediateDirectories: true)
        for (index, certificate) in certificates.enumerated() {
            try write(Array(certificate.pem.utf8), "machine/\(index).pem")
        }
        try run("openssl rehash machine")
        try run(
            """
            openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=another -days 9 \
            -keyout another.key -out another.pem
            """)
    }

    /// Runs the lines for openssl that a folder's README gives, as they stand there. OpenSSL 3.0 knows no SM2 paths or
    /// tokens: of those lines, only what is said to hold runs.
    @discardableResult
    func runByHand(_ family: AlgorithmFamily, readMe: String, in slot: String? = nil) throws -> String {
        let file = slot.map { URL(filePath: $0 + "/" + readMe) } ?? folder.appending(path: readMe)
        let text = try String(contentsOf: file, encoding: .utf8)
        let lines = text.split(separator: "\n").map(String.init).filter { line in
            line.hasPrefix("openssl ")
                && (family != .sm2 || !["openssl verify ", "openssl ts "].contains { line.hasPrefix($0) })
        }
        #expect(lines.count >= (family == .sm2 ? 2 : 4), "\(text)")
        try write(Array(lines.joined(separator: "\n").utf8), "by-hand.sh")
        return try run("env -C \(slot ?? folder.path) sh -e \(folder.path)/by-hand.sh")
    }
}
