import AgentProtocol
import Cryptography
import Groundwork
import Officers

/// An officer's key in a terminal, behind the protocol by which orders are signed. For one order.
struct TerminalOfficerSigner: OfficerSigner {
    let terminal: any KeyTerminal
    /// What is ordered, for the PIN window.
    let shown: LocalisedText
    private let medium: any HolderMedium

    init(_ terminal: any KeyTerminal, shown: LocalisedText) {
        self.terminal = terminal
        self.shown = shown
        medium = terminal.medium()
    }

    var certificate: Certificate {
        get async throws {
            try await terminal.expectKey()
            return try await medium.officerCertificate()
        }
    }

    func sign(_ toBeSigned: [UInt8]) async throws -> [UInt8] {
        try await medium.signOrder(toBeSigned, certificate: medium.officerCertificate(), shown: shown)
    }
}
