package import AgentProtocol
package import Cryptography
package import Groundwork
internal import Officers

/// An officer's key in a terminal, behind the protocol by which orders are signed. For one order.
package struct TerminalOfficerSigner: OfficerSigner {
    let terminal: any KeyTerminal
    /// What is ordered, for the PIN window.
    let shown: LocalisedText
    private let medium: any HolderMedium

    package init(_ terminal: any KeyTerminal, shown: LocalisedText) {
        self.terminal = terminal
        self.shown = shown
        medium = terminal.medium()
    }

    package var certificate: Certificate {
        get async throws {
            try await terminal.expectKey()
            return try await medium.officerCertificate()
        }
    }

    package func sign(_ toBeSigned: [UInt8]) async throws -> [UInt8] {
        try await medium.signOrder(toBeSigned, certificate: medium.officerCertificate(), shown: shown)
    }
}
