import ArgumentParser
import CertificateRecords
import Cryptography
import Foundation
import Groundwork
import Installation
import Registration
import Storage

extension CertificateCommand {
    struct WeakKey: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "weak-key",
            abstract: "Keys that are never certified (弱密钥名单): weak, published or compromised ones.",
            discussion: """
                A key whose certificate was revoked for keyCompromise is on the list of itself. yzt doctor names valid \
                certificates whose keys are on it.
                """, subcommands: [Add.self, List.self])
    }
}

extension CertificateCommand.WeakKey {
    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Put keys on the list, for ever; two officers order it.",
            discussion: """
                A key is given by the SHA-256 of its SubjectPublicKeyInfo (64 hexadecimal digits), by a file with a \
                certificate, a PKCS#10 request or a public key, DER or PEM, or by a text file with one digest a line.

                    yzt certificate weak-key add found.csr --reason "private key was published" \\
                        --officer "READER 0" --officer "READER 1"
                """)
        @OptionGroup var authority: AuthorityOptions
        @OptionGroup var officer: OfficerOptions
        @Argument(help: "Digests, or files.") var keys: [String]
        @Option(help: "Why, for the list and the audit.") var reason: String

        func run() async throws {
            var hashes: [[UInt8]] = []
            for key in keys { hashes += try KeyDigests.read(key) }
            let open = try await authority.open()
            let outcome = try await open.weakKeys.add(hashes, justification: reason, by: officer.keys(open))
            Console.say("已登记 · listed: \(outcome.added)")
            for serial in outcome.inUse {
                Console.say("有效证书使用名单中的密钥 · a valid certificate has a key of the list: \(serial.hex)")
            }
            await open.database.close()
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "The keys on the list, the newest first.")
        @OptionGroup var authority: AuthorityOptions
        @Option(help: "How many at most.") var limit = 1000

        func validate() throws {
            guard limit > 0 else { throw ValidationError("--limit 须为 1 或以上 · give one or more with --limit") }
        }

        func run() async throws {
            let open = try await authority.open()
            for key in try await open.weakKeys.keys(limit: limit) {
                let source = key.serial?.hex ?? key.note ?? ""
                Console.say(
                    "\(Hex.encode(key.hash))  \(key.notedAt.shown)  \(key.cause.text.zh) · \(key.cause.text.en)  \(source)"
                )
            }
            await open.database.close()
        }
    }
}

/// The digests that an argument stands for.
private enum KeyDigests {
    static func read(_ argument: String) throws -> [[UInt8]] {
        if let hash = digest(argument[...]) { return [hash] }
        guard let data = FileManager.default.contents(atPath: argument), data.count <= 1 << 24 else {
            throw Refusal(RegistrationRefusal.unreadableFile, facts: ["path": argument])
        }
        if let text = String(data: data, encoding: .utf8), !text.contains("-----BEGIN ") {
            let lines = text.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("#") }
            let hashes = lines.compactMap { digest($0.prefix { !$0.isWhitespace }) }
            if !lines.isEmpty, hashes.count == lines.count { return hashes }
        }
        for label in ["CERTIFICATE", "CERTIFICATE REQUEST", "PUBLIC KEY"] {
            guard let der = try? CertificateFile.read(argument, as: label), let key = try? key(in: der, label) else {
                continue
            }
            return [DigestAlgorithm.sha256.hash(key.spki)]
        }
        throw Refusal(CertificateRecordsRefusal.weakKeyList, facts: ["limit": String(WeakKeyList.limit)])
    }

    private static func key(in der: [UInt8], _ label: String) throws(Refusal) -> PublicKey {
        switch label {
        case "CERTIFICATE": try Certificate(der: der).publicKey
        case "CERTIFICATE REQUEST": try CertificateRequest(der: der).publicKey
        default: try PublicKey(spki: der)
        }
    }

    private static func digest(_ text: Substring) -> [UInt8]? {
        text.utf8.count == 64 ? Hex.decode(text.lowercased()) : nil
    }
}
