import Foundation
import Testing

/// Programs that we did not write. A missing one fails the test.
enum Stranger {
    struct Answer {
        var status: Int32
        var text: String
        var errors: String
    }

    static func run(_ arguments: String..., in folder: String? = nil) throws -> Answer {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
        let errors = FileManager.default.temporaryDirectory.appending(path: "yzt-\(UUID().uuidString)")
        try Data().write(to: errors)
        defer { try? FileManager.default.removeItem(at: errors) }
        let output = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.run()
        let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        try #require(process.terminationStatus != 127, "\(arguments[0]) is not installed")
        return Answer(
            status: process.terminationStatus, text: String(decoding: bytes, as: UTF8.self),
            errors: (try? String(contentsOf: errors, encoding: .utf8)) ?? "")
    }

    /// What pyHanko says of the only signature: intact, valid, trusted, coverage, the time stamp too.
    static func pyHanko(_ document: String, root: String) throws -> String {
        let script = """
            import sys, logging
            logging.disable(logging.CRITICAL)
            from pyhanko.pdf_utils.reader import PdfFileReader
            from pyhanko.sign.validation import validate_pdf_signature
            from pyhanko_certvalidator import ValidationContext
            from pyhanko.keys import load_cert_from_pemder
            with open(sys.argv[1], 'rb') as f:
                signatures = PdfFileReader(f).embedded_signatures
                assert len(signatures) == 1
                context = ValidationContext(trust_roots=[load_cert_from_pemder(sys.argv[2])], allow_fetching=False)
                status = validate_pdf_signature(signatures[0], context, ts_validation_context=context)
                stamp = status.timestamp_validity
                print(status.intact, status.valid, status.trusted, status.coverage.name, status.bottom_line,
                      stamp.valid, stamp.trusted, signatures[0].sig_object['/SubFilter'])
            """
        let answer = try run("python3", "-c", script, document, root)
        try #require(answer.status == 0, "\(answer.errors)")
        return answer.text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}

/// A folder for one test, removed with it.
final class Scratch: Sendable {
    let path: String
    init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "yzt-seal-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }
    deinit { try? FileManager.default.removeItem(atPath: path) }

    @discardableResult
    func write(_ bytes: [UInt8], _ name: String) throws -> String {
        let file = path + "/" + name
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        return file
    }
    func read(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: path + "/" + name)))
    }
}
