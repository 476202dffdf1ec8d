import ArgumentParser
import CardAgent
internal import CertificateProfiles
import CertificateRecords
import Cryptography
import Groundwork
import Installation
import Officers
import PCSC
import PIV
import Registration
import SecurityKeys
import Storage

struct KeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "A security key's life at a reader of this machine.",
        discussion: """
            Whatever is interrupted — the key pulled out, the machine switched off — is finished by inserting the key \
            again and yzt key recover; stock-in, enrol, renew and reissue do that first by themselves, and stop there \
            where it was the same that was asked for. What cannot be finished is given up with yzt key abandon. \
            Documentation/key-states.md names for every state of a key the command that leads out of it.
            """,
        subcommands: [
            StockIn.self, Enrol.self, Status.self, List.self, Plans.self, Renew.self, Unlock.self, Reissue.self,
            Recover.self, Abandon.self, ReportLost.self, Found.self, Retire.self,
        ])
}
