import ArgumentParser
import CertificateRecords
import Cryptography
import Groundwork
import Installation
import KeyCustody
import Officers
import Registration
import Storage

extension ServiceRole: ExpressibleByArgument {}

extension CertificateCommand {
    struct RekeyService: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rekey-service",
            abstract: "Give one of the authority's services a new key now (服务密钥更换), and revoke what the old one had.",
            discussion: """
                When to use it: others may have the key of the responder, the time stamp authority, the statements, the \
                checkpoints or the seal maker (its machine or token is gone, its passphrase is known), or it is to be \
                replaced before its time. Not for a key that ends in good order: yzt serve renews responders' and time \
                stamp keys by itself. An issuing authority's key is followed by a ceremony (yzt ceremony).

                From then on the new key signs, and a service that runs takes it over by itself within seconds. What the \
                old one signed before it was revoked stays as it is; with --invalid-since nothing that it signed later \
                counts. After the checkpoints' key give the new /api/v1/audit/keys to everybody who verifies the trail: \
                the old key's end stands there. Two officers who may hold ceremonies order it:

                    yzt certificate rekey-service --role ocspResponder \\
                        --because keyCompromise --reason "the machine was stolen" \\
                        --officer "READER 0" --officer "READER 1"
                """)
        @OptionGroup var authority: AuthorityOptions
        @OptionGroup var officer: OfficerOptions
        @Option(help: "Whose key.") var role: ServiceRole
        @Option(help: "The issuing generation that certifies it; the newest, if none is named.") var issuer: String?
        @OptionGroup var revocationOptions: RevocationOptions

        func run() async throws {
            let open = try await authority.open()
            let (key, revoked) = try await open.exchangeService(
                role, issuer: issuer, because: revocationOptions.because.reason,
                invalidSince: revocationOptions.invalidSince?.instant,
                justification: revocationOptions.reason, by: officer.keys(open))
            Console.say("\(key.issuer) \(role.rawValue) \(key.certificate.serialNumber.hex)")
            for serial in revoked {
                guard let record = try await open.authority.certificates.certificate(serial) else { continue }
                Console.say(record.line(at: open.surroundings.now()))
            }
            // From now on the new key vouches for what the old one signed.
            if role == .checkpoints { try await open.checkpoint() }
            await open.database.close()
        }
    }
}
