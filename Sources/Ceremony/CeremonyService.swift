package import Groundwork

/// Where the people of a ceremony see what is done, answer, and enter their passphrases.
package protocol CeremonyService: Sendable {
    /// Whether answers are given by nobody: in evaluations alone, and the transcript says so.
    var isUnattended: Bool { get }
    /// Shows one line of the transcript as it is written.
    func show(_ line: String) async
    /// Asks one person, the leader or a witness; what was typed comes back. `expected` is what is to be typed to go on.
    func answer(_ question: LocalisedText, expected: String, by person: String) async throws -> String
    /// A custodian's new passphrase, entered twice.
    func newPassphrase(of custodian: String) async throws -> SecretBytes
    /// A custodian's passphrase.
    func passphrase(of custodian: String) async throws -> SecretBytes
}

/// What custodians' passphrases must be.
package enum CustodianPassphrase {
    package static let shortest = 12
    package static let longest = 64

    package static func check(_ passphrase: borrowing SecretBytes) throws(Refusal) {
        let length = passphrase.count
        guard (shortest...longest).contains(length) else {
            throw Refusal(
                CeremonyRefusal.weakPassphrase,
                facts: ["shortest": String(shortest), "longest": String(longest)])
        }
    }
}
