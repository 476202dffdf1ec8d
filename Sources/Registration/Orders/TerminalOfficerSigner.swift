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

    /// - Parameter shown: what is ordered, for the PIN window.
    package init(_ terminal: any KeyTerminal, shown: LocalisedText) {
        self.terminal = terminal
        self.shown = shown
        medium = terminal.medium()
    }

    /// The officer's certificate on the key in the terminal, which is waited for.
    /// - Throws: the terminal's refusals; the medium's where it carries no officer's certificate.
    package var certificate: Certificate {
        get async throws {
            try await terminal.expectKey()
            return try await medium.officerCertificate()
        }
    }

    /// The officer's signature, after the PIN was asked for.
    package func sign(_ toBeSigned: [UInt8]) async throws -> [UInt8] {
        try await medium.signOrder(toBeSigned, certificate: medium.officerCertificate(), shown: shown)
    }
}
