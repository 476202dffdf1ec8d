import ArgumentParser
import Cryptography
import ElectronicSeals
import Foundation
import Groundwork
import Installation
import Registration
import Storage

struct SealCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "seal", abstract: "Electronic seals (电子印章) and sealed documents.",
        subcommands: [Make.self, Stamp.self, Export.self])

    struct Make: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a seal from the registry's name, bound to a signature certificate.")
        @OptionGroup var authority: AuthorityOptions
        @OptionGroup var officer: OfficerOptions
        @Argument(help: "The unified social credit code.") var code: String
        @Option(help: "The kind, as Policies/seal-types.yaml names it.") var kind = "company"
        @Option(help: "The signature certificate's serial number.") var certificate: SerialArgument

        func run() async throws {
            let open = try await authority.open()
            let seal = try await open.sealOrders.makeSeal(
                of: code, kind: kind, certificate: certificate.serial, by: officer.keys(open))
            Console.say("\(seal.id)  \(seal.esID)  \(seal.name)")
            await open.database.close()
        }
    }

    struct Stamp: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Put a seal on a PDF with the signature key in a reader (签章).",
            discussion:
                "Millimetres are those of the displayed page, from its left and upper edge to the seal's middle.")
        @OptionGroup var authority: AuthorityOptions
        @OptionGroup var reader: ReaderOptions
        @OptionGroup var officer: OfficerOptions
        @Argument(help: "The PDF.") var document: String
        @Option(help: "The seal (seal_…).") var seal: String
        @Option(help: "The page, from 1.") var page = 1
        @Option(help: "Millimetres from the left edge.") var left: Double
        @Option(help: "Millimetres from the upper edge.") var top: Double
        @Option(help: "Where to write the sealed PDF.") var output: String

        func run() async throws {
            let open = try await authority.open()
            guard let data = FileManager.default.contents(atPath: document) else {
                throw Refusal(RegistrationRefusal.unreadableFile, facts: ["path": document])
            }
            guard let id = SealIdentifier(shown: seal) else {
                throw Refusal(RegistrationRefusal.badArgument, facts: ["argument": "--seal \(seal)"])
            }
            let (seal, _) = try await open.seals.seal(id)
            let sealed = try await open.sealOrders.stamp(
                Array(data), with: seal, page: page, fromLeft: left, fromTop: top, at: reader.terminal(open, officer))
            try Data(sealed.bytes).write(to: URL(filePath: output), options: .atomic)
            Console.say("\(sealed.stamp)  \(sealed.stampedAt.shown)")
            await open.database.close()
        }
    }

    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write what the signature key signed, for programs that know no CMS.",
            discussion: """
                Beside OUTPUT.signed-attributes.der (DER of the SET), .signature.der and .public-key.pem are written:

                    openssl dgst -sm3 -verify OUTPUT.public-key.pem \\
                        -sigopt distid:1234567812345678 \\
                        -signature OUTPUT.signature.der OUTPUT.signed-attributes.der
                """)
        @Argument(help: "A sealed PDF.") var document: String
        @Argument(help: "The beginning of the files' names.") var output: String

        func run() async throws {
            guard let data = FileManager.default.contents(atPath: document) else {
                throw Refusal(RegistrationRefusal.unreadableFile, facts: ["path": document])
            }
            try SealExportFiles.write(Array(data), to: output)
        }
    }
}

/// The three files that `openssl dgst` needs.
enum SealExportFiles {
    static func write(_ document: [UInt8], to base: String) throws {
        let export = try SealExport(document: document)
        try Data(export.signedAttributes).write(to: URL(filePath: base + ".signed-attributes.der"))
        try Data(export.signature).write(to: URL(filePath: base + ".signature.der"))
        try Data(export.certificate.publicKey.pem.utf8).write(to: URL(filePath: base + ".public-key.pem"))
    }
}
