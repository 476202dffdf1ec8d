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
        subcommands: [Make.self, Show.self, Stamp.self, Export.self])

    struct Make: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a seal from the registry's name, bound to a signature certificate.",
            discussion: """
                After a renewal, change or reissue the seal of the old certificate is of no use any more; a new one is \
                made in its place:

                    yzt seal make 91310000YY20NEF479 --certificate 3f0a… \\
                        --replaces seal_0193… --officer "READER 0"
                """)
        @OptionGroup var authority: AuthorityOptions
        @OptionGroup var officer: OfficerOptions
        @Argument(help: "The unified social credit code.") var code: String
        @Option(help: "The kind, as Policies/seal-types.yaml names it.") var kind = "company"
        @Option(help: "The signature certificate's serial number.") var certificate: SerialArgument
        @Option(help: "The seal (seal_…) in whose place it is made.") var replaces: SealArgument?

        func run() async throws {
            let open = try await authority.open()
            let seal = try await open.sealOrders.makeSeal(
                of: code, kind: kind, certificate: certificate.serial, replacing: replaces?.id,
                by: officer.keys(open))
            Console.say("\(seal.id)  \(seal.esID)  \(seal.name)")
            await open.database.close()
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a seal and whether it can be used now; give out its data and its picture.",
            discussion: """
                    yzt seal show seal_0193… --data seal.esl --picture seal.png

                The data are SES_Seal of GB/T 38540-2020 (DER), as the maker signed them; the picture is the one in them.
                """)
        @OptionGroup var authority: AuthorityOptions
        @Argument(help: "The seal (seal_…).") var seal: SealArgument
        @Option(help: "Where to write the seal's data.") var data: String?
        @Option(help: "Where to write the picture in them.") var picture: String?

        func run() async throws {
            for path in [data, picture].compactMap(\.self) { try OutputFile.expectWritable(path) }
            let open = try await authority.open()
            let (seal, usability) = try await open.seals.seal(seal.id)
            if let data { try Data(seal.data.der).write(to: URL(filePath: data)) }
            if let picture { try Data(seal.data.information.picture.data).write(to: URL(filePath: picture)) }
            Console.say("\(seal.id)  \(seal.esID)  \(seal.name)  \(seal.uscc)")
            let image = seal.data.information.picture
            Console.say(
                "  \(seal.status.label.zh)  \(image.type) \(image.widthMillimetres) × \(image.heightMillimetres) mm  "
                    + "\(seal.validFrom.shown) → \(seal.validUntil.shown)")
            if case .not(let reason) = usability { Console.report(Refusal(reason)) }
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
        @Option(help: "The seal (seal_…).") var seal: SealArgument
        @Option(help: "The page, from 1.") var page = 1
        @Option(help: "Millimetres from the left edge.") var left: Double
        @Option(help: "Millimetres from the upper edge.") var top: Double
        @Option(help: "Where to write the sealed PDF.") var output: String

        func run() async throws {
            let open = try await authority.open()
            guard let data = FileManager.default.contents(atPath: document) else {
                throw Refusal(RegistrationRefusal.unreadableFile, facts: ["path": document])
            }
            let (seal, _) = try await open.seals.seal(seal.id)
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

/// A seal as an argument.
struct SealArgument: ExpressibleByArgument {
    let id: SealIdentifier

    init?(argument: String) {
        guard let id = SealIdentifier(shown: argument) else { return nil }
        self.id = id
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
