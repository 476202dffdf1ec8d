import ArgumentParser
internal import CertificateRecords
import Cryptography
import Foundation
import Groundwork
import Installation
import Registration
import Storage

extension CertificateCommand {
    struct Certify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "issue",
            abstract: "Issue a server's or a department's certificate (签发) from its PKCS#10 request.",
            discussion: """
                Profiles department-server, department-seal and tls-server. Two officers sign the key and every name; \
                what the request itself says is not looked at, but its signature proves that the key is held.

                    yzt certificate issue --profile tls-server --request server.csr \\
                        --organization 上海市某某局 --server-name api.example.gov \\
                        --reason 上线 --out server.pem \\
                        --officer "READER 0" --officer "READER 1"

                With --credit-code the organisation is the registry's, where the registry knows the code. A TLS \
                server's common name is the first of its names unless another of them is given.
                """)
        @OptionGroup var authority: AuthorityOptions
        @OptionGroup var officer: OfficerOptions
        @Option(help: "The profile's id.") var profile: String
        @Option(help: "The PKCS#10 request, DER or PEM.") var request: String
        @Option(help: "The organisation (O).") var organization: String?
        @Option(help: "The organisational unit (OU).") var organizationalUnit: String?
        @Option(help: "The province (ST).") var province: String?
        @Option(help: "The city or district (L).") var locality: String?
        @Option(help: "The common name (CN).") var commonName: String?
        @Option(help: "The unified social credit code, where the profile has it.") var creditCode: String?
        @Option(name: .customLong("server-name"), help: "A server's full name in lower case; repeat it for more.")
        var serverNames: [String] = []
        @Option(help: "Why, for the audit.") var reason: String
        @Option(help: "Where the certificate is written (PEM); standard output if left out.") var out: String?

        func run() async throws {
            let request = try CertificateFile.read(request, as: "CERTIFICATE REQUEST")
            // Found out before anybody signs.
            if let out { try OutputFile.expectWritable(out) }
            let open = try await authority.open()
            let record = try await open.serviceCertificates.issueService(
                ServiceCertificateOrders.ServiceCertificateRequest(
                    profile: profile, request: request, organization: organization,
                    organizationalUnit: organizationalUnit, province: province, locality: locality,
                    commonName: commonName, creditCode: creditCode, serverNames: serverNames),
                justification: reason, by: officer.keys(open))
            let pem = try record.certificate().pem
            if let out {
                guard FileManager.default.createFile(atPath: out, contents: Data(pem.utf8)) else {
                    throw Refusal(CommandRefusal.unwritableFile, facts: ["path": out])
                }
                Console.say(record.line(at: open.surroundings.now()))
            } else {
                Console.say(pem)
            }
            await open.database.close()
        }
    }
}

/// A certificate, request, list or answer in a file, DER or PEM.
enum CertificateFile {
    static func read(_ path: String, as label: String) throws(Refusal) -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: path), data.count <= 1 << 26 else {
            throw Refusal(RegistrationRefusal.unreadableFile, facts: ["path": path])
        }
        // A text, in whatever encoding, stands before many a PEM block (RFC 7468, 2), such as what openssl's -text
        // prints; DER begins with a SEQUENCE, and where it holds these dashes by chance it is no UTF-8.
        guard data.starts(with: [0x30]) || data.range(of: Data("-----BEGIN ".utf8)) != nil else {
            let start = data.isEmpty ? "it is empty" : "it begins with \(Hex.encode(Array(data.prefix(8))))"
            throw Refusal(CommandRefusal.neitherForm, detail: start, facts: ["path": path, "label": label])
        }
        guard let text = text(of: data, label) else { return Array(data) }
        return try PEM.decodeFirst(label, in: text)
    }

    /// Every block of a PEM file with the label, or the one object of a DER file.
    static func all(_ path: String, as label: String) throws(Refusal) -> [[UInt8]] {
        let first = try read(path, as: label)
        guard let data = FileManager.default.contents(atPath: path), let text = text(of: data, label) else {
            return [first]
        }
        return try PEM.decode(text).filter { $0.label == label }.map(\.der)
    }

    /// The text from its first PEM block on; `nil` for DER. What stands before the block may be of any encoding.
    private static func text(of data: Data, _ label: String) -> String? {
        let wanted = data.range(of: Data("-----BEGIN \(label)-----".utf8))
        guard !data.starts(with: [0x30]) || wanted != nil,
            let start = (wanted ?? data.range(of: Data("-----BEGIN ".utf8)))?.lowerBound
        else { return nil }
        if data.starts(with: [0x30]), (try? DERElement(parsing: Array(data), limit: data.count)) != nil { return nil }
        return String(decoding: data[start...], as: UTF8.self)
    }
}
