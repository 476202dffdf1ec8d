import Cryptography
import Foundation
import Groundwork
import OtherPrograms
import Testing

/// NIST's Public Key Interoperability Test Suite: each case as the suite says, or a departure with its reason.
@Suite struct PathQuestionTests {
    /// Where the verdict is another than the suite's, and why.
    private static let departures: [String: String] = [
        "ValidcRLIssuerTest30":
            "OpenSSL: a CRL's issuer that is not on the path needs a path that the same CRL does not decide about",
        "ValidDSASignaturesTest4": "security level 2: the key is DSA of 1024 bits",
        "ValidDSAParameterInheritanceTest5": "security level 2: the key is DSA of 1024 bits",
    ]

    @Test func `Every case of PKITS is decided as the suite says, or is a known departure`() throws {
        let folder = URL(filePath: try vectors())
        func file(_ name: Substring, _ kind: String) throws -> [UInt8] {
            Array(
                try Data(contentsOf: folder.appending(path: "\(kind)s/\(name).\(kind == "cert" ? "crt" : "crl")")))
        }
        let moment = try #require(Instant(rfc3339: "2026-01-01T00:00:00Z"))
        let root = try file("TrustAnchorRootCertificate", "cert")
        let table = try String(contentsOf: Self.table, encoding: .utf8)
        var departed: Set<String> = []
        var cases = 0
        for line in table.split(separator: "\n") where !line.hasPrefix("#") {
            let fields = line.split(separator: "|", omittingEmptySubsequences: false)
            try #require(fields.count == 6, "\(line)")
            var question = PathQuestion(
                certificate: try file(fields[3], "cert"),
                intermediates: try fields[4].split(separator: " ").map { try file($0, "cert") }, anchors: [root],
                at: moment)
            question.crls = try fields[5].split(separator: " ").map { try file($0, "crl") }
            question.requiresCRLs = true
            for setting in fields[2].split(separator: " ") {
                switch setting {
                case "explicit": question.requiresExplicitPolicy = true
                case "inhibit-mapping": question.inhibitsPolicyMapping = true
                case "inhibit-any": question.inhibitsAnyPolicy = true
                default:
                    question.policies = try setting.dropFirst("policy=".count).split(separator: ",").map {
                        try OID(validating: "2.16.840.1.101.3.2.1.48.\($0)")
                    }
                }
            }
            let answer = question.answer()
            let isValid = (try? answer.get()) != nil
            if isValid != (fields[1] == "valid") {
                departed.insert(String(fields[0]))
                if Self.departures[String(fields[0])] == nil {
                    Issue.record("\(fields[0]) [\(fields[2])]: expected \(fields[1]), \(answer.mapError(\.self))")
                }
            }
            cases += 1
        }
        #expect(cases == 247)
        #expect(departed == Set(Self.departures.keys))
    }

    private static let table = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Fixtures/PKITS.txt")

    /// The folder of the package from PyPI, which Tools/python-environment brings.
    private func vectors() throws -> String {
        let other = try Stranger()
        defer { other.clean() }
        try other.write(
            "import cryptography_vectors, os; print(os.path.dirname(cryptography_vectors.__file__) + '/x509/PKITS_data')",
            "where.py")
        return try other.run("python3 where.py").trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
