import ArgumentParser
import CertificateAuthority
import Cryptography
import Groundwork
import Officers
import Storage

extension ServiceRole: ExpressibleByArgument {}

extension CertificateCommand {
    struct RekeyService: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rekey-service",
            abstract: "Give one of the authority's services a new key now (服务密钥更换), and revoke what the old one had.",
            discussion: """
                For a key that others may have, or that is replaced before its time: the responder's, the time stamp \
                authority's, the statements', the checkpoints', the seal maker's. From then on the new key signs; a \
                service that runs takes it over by itself within a minute. Two officers who hold ceremonies order it:

                    yzt certificate rekey-service --role ocspResponder --because keyCompromise \
                        --reason "the machine was stolen" \
                        --officer "READER 0" --officer "READER 1"
                """)
        @OptionGroup var authority: AuthorityOptions
        @OptionGroup var officer: OfficerOptions
        @Option(help: "Whose key.") var role: ServiceRole
        @Option(help: "The issuing generation that certifies it; the newest, if none is named.") var issuer: String?
        @OptionGroup var grounds: RevocationOptions

        func run() async throws {
            let open = try await authority.open()
            let (key, revoked) = try await open.exchangeService(
                role, issuer: issuer, because: grounds.because.reason, invalidSince: grounds.invalidSince?.instant,
                words: grounds.reason, by: officer.keys(open))
            Console.say("\(key.issuer) \(role.rawValue) \(key.certificate.serialNumber.hex)")
            for serial in revoked {
                guard let record = try await open.authority.certificates.certificate(serial) else { continue }
                Console.say(record.line(at: open.surroundings.now()))
            }
            await open.database.close()
        }
    }
}
