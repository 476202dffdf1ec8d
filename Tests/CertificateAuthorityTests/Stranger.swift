import Cryptography
import Foundation
import Testing

/// Another program that judges what we made. A missing program fails the test.
struct Stranger {
    let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "yzt-authority-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    func clean() { try? FileManager.default.removeItem(at: folder) }

    func write(_ bytes: [UInt8], _ name: String) throws { try Data(bytes).write(to: folder.appending(path: name)) }
    func read(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: folder.appending(path: name))) }

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
    func runByHand(_ family: AlgorithmFamily, readMe: String, in place: String? = nil) throws -> String {
        let file = place.map { URL(filePath: $0 + "/" + readMe) } ?? folder.appending(path: readMe)
        let text = try String(contentsOf: file, encoding: .utf8)
        let lines = text.split(separator: "\n").map(String.init).filter { line in
            line.hasPrefix("openssl ")
                && (family != .sm2 || !["openssl verify ", "openssl ts "].contains { line.hasPrefix($0) })
        }
        #expect(lines.count >= (family == .sm2 ? 2 : 4), "\(text)")
        try write(Array(lines.joined(separator: "\n").utf8), "by-hand.sh")
        return try run("env -C \(place ?? folder.path) sh -e \(folder.path)/by-hand.sh")
    }

    /// Runs the command line in the folder; words are separated by spaces.
    @discardableResult
    func run(_ line: String, expecting status: Int32 = 0, sourceLocation: SourceLocation = #_sourceLocation) throws
        -> String
    {
        let log = folder.appending(path: "log-\(UUID().uuidString)")
        _ = FileManager.default.createFile(atPath: log.path, contents: nil)
        let handle = try FileHandle(forWritingTo: log)
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = line.split(separator: " ").map(String.init)
        process.currentDirectoryURL = folder
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = handle
        process.standardError = handle
        try process.run()
        process.waitUntilExit()
        try handle.close()
        let output = String(decoding: try Data(contentsOf: log), as: UTF8.self)
        #expect(process.terminationStatus == status, "\(line)\n\(output)", sourceLocation: sourceLocation)
        return output
    }
}
