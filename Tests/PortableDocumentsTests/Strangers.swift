import Foundation
import OtherPrograms
import Testing

/// Programs that we did not write, and what they say about our files.
enum Strangers {
    struct Failure: Error { var text: String }

    private static let folder = Result {
        let url = FileManager.default.temporaryDirectory.appending(path: "yzt-pdf-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        return url
    }

    static func scratch(_ name: String) throws -> String {
        try folder.get().appending(path: "\(UUID().uuidString)-\(name)").path
    }

    static func write(_ bytes: [UInt8], _ name: String = "document.pdf") throws -> String {
        let path = try scratch(name)
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return path
    }

    /// A root and a signer under it, made by openssl once for the test run.
    static let identity = Result { () throws -> (root: String, certificate: String, key: String) in
        let names = (try scratch("root.key"), try scratch("root.pem"), try scratch("key.pem"), try scratch("cert.pem"))
        let request = try scratch("request.pem")
        let extensions = try write(
            Array("keyUsage=critical,nonRepudiation\nbasicConstraints=CA:FALSE\nsubjectKeyIdentifier=hash\n".utf8),
            "ext")
        func openssl(_ arguments: String...) throws {
            let answer = try OtherProgram.run(["openssl"] + arguments)
            guard answer.status == 0 else { throw Failure(text: answer.complaints) }
        }
        try openssl(
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", names.0,
            "-out",
            names.1, "-subj", "/CN=Test root", "-days", "30", "-addext", "keyUsage=critical,keyCertSign,cRLSign")
        try openssl(
            "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", names.2, "-out",
            request,
            "-subj", "/CN=Test signer")
        try openssl(
            "x509", "-req", "-in", request, "-CA", names.1, "-CAkey", names.0, "-set_serial", "2", "-days", "20",
            "-extfile", extensions, "-out", names.3)
        return (names.1, names.3, names.2)
    }

    /// A detached CMS with signing-certificate-v2 by openssl.
    static func cms(over bytes: [UInt8]) throws -> [UInt8] {
        let identity = try identity.get()
        let answer = try OtherProgram.run([
            "openssl",
            "cms", "-sign", "-binary", "-cades", "-md", "sha256", "-outform", "DER", "-signer",
            identity.certificate,
            "-inkey", identity.key, "-in", try write(bytes, "signed"),
        ])
        try #require(answer.status == 0, "\(answer.complaints)")
        return answer.output
    }

    /// What pyHanko thinks of the first signature: `valid trusted coverage modification`.
    static func pyHanko(_ path: String) throws -> String {
        let script = """
            import sys, logging
            logging.disable(logging.CRITICAL)
            from pyhanko.pdf_utils.reader import PdfFileReader
            from pyhanko.sign.validation import validate_pdf_signature
            from pyhanko_certvalidator import ValidationContext
            from pyhanko.keys import load_cert_from_pemder
            with open(sys.argv[1], 'rb') as f:
                signature = PdfFileReader(f).embedded_signatures[0]
                context = ValidationContext(trust_roots=[load_cert_from_pemder(sys.argv[2])], allow_fetching=False)
                status = validate_pdf_signature(signature, context)
                print(status.valid, status.trusted, status.coverage.name, status.bottom_line)
            """
        let answer = try OtherProgram.run(["python3", "-c", script, path, try identity.get().root])
        try #require(answer.status == 0, "\(answer.complaints)")
        return answer.text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    static func qpdf(_ bytes: [UInt8], _ options: String...) throws -> [UInt8] { try qpdf(bytes, options) }

    static func qpdf(_ bytes: [UInt8], _ options: [String]) throws -> [UInt8] {
        let output = try scratch("qpdf.pdf")
        let answer = try OtherProgram.run(["qpdf"] + options + [try write(bytes), output])
        try #require(answer.status == 0, "\(answer.complaints)")
        return Array(try Data(contentsOf: URL(fileURLWithPath: output)))
    }
}

/// A page as poppler shows it.
struct Rendering {
    var width: Int
    var height: Int
    var pixels: [UInt8]

    static let pixelsPerMillimetre = 5.0

    init(_ path: String, page: Int = 1) throws {
        let answer = try OtherProgram.run([
            "pdftoppm", "-r", "127", "-cropbox", "-f", "\(page)", "-l", "\(page)", "-singlefile", path,
        ])
        try #require(answer.status == 0, "\(answer.complaints)")
        var fields: [Int] = []
        var position = 2
        while fields.count < 3 {
            position += 1
            var value = 0
            while answer.output[position] >= 0x30, answer.output[position] <= 0x39 {
                value = value * 10 + Int(answer.output[position] - 0x30)
                position += 1
            }
            fields.append(value)
        }
        (width, height) = (fields[0], fields[1])
        pixels = Array(answer.output[(position + 1)...])
    }

    /// The box of all pixels of a colour in millimetres from the page's left and upper edge.
    func box(
        where matches: (_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> Bool
    ) -> (left: Double, top: Double, right: Double, bottom: Double)? {
        var (left, top, right, bottom) = (Int.max, Int.max, -1, -1)
        pixels.withUnsafeBufferPointer { pixels in
            for y in 0..<height {
                for x in 0..<width {
                    let at = (y * width + x) * 3
                    if matches(pixels[at], pixels[at + 1], pixels[at + 2]) {
                        (left, right) = (min(left, x), max(right, x))
                        (top, bottom) = (min(top, y), max(bottom, y))
                    }
                }
            }
        }
        guard right >= 0 else { return nil }
        let scale = Self.pixelsPerMillimetre
        return (Double(left) / scale, Double(top) / scale, Double(right + 1) / scale, Double(bottom + 1) / scale)
    }
}
