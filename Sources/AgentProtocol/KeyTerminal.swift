package import Cryptography
package import Groundwork

/// A place where a person inserts a security key: a reader of this machine, later the agent's end of a tunnel.
///
/// Whoever orders and does things sees this and nothing of cards.
package protocol KeyTerminal: Sendable {
    /// The reader's name, for people and for the audit.
    var name: String { get }

    /// Waits, within a bound, until a key that answers is inserted.
    /// - Throws: a refusal that names the terminal if there is no such reader or it stays empty.
    func expectKey() async throws

    /// The inserted key, to be opened for one act. Nothing is opened before the first command.
    func medium() -> any HolderMedium
}

/// A key in a terminal: what a plan does with it, and what its keys sign outside plans for their holder.
///
/// Each signature asks for the PIN with no session open, and ends in a reset of the key.
package protocol HolderMedium: KeyMedium {
    /// Ends the session in a reset and forgets the PIN. Harmless when repeated.
    func finish() async

    /// The certificates on the key with their places.
    func certificates() async throws(Refusal) -> [(slot: KeySlot, certificate: Certificate)]

    /// Signs a login, if the service's statement is genuine, valid now, and names exactly this origin.
    /// - Parameter certificate: which one, where the key has several for logins; `nil`: the only one.
    /// - Throws: `agent-protocol.other-origin`, `.key-not-found`, `.wrong-purpose`; the statement's and the key's.
    func signLogin(
        _ statement: SignedStatement, origin: String, serviceKey: PublicKey, certificate: Certificate?
    ) async throws(Refusal) -> LoginProof

    /// Signs a document's signed attributes (RFC 5652, 5.3: the DER of the SET), which are parsed in full first.
    /// - Throws: `agent-protocol.wrong-purpose`, `.malformed-attributes`, `.key-not-found`; the key's refusals.
    func signDocument(attributes: [UInt8], certificate: Certificate) async throws(Refusal) -> [UInt8]

    /// The certificate with which the key's holder orders as an officer.
    /// - Throws: `agent-protocol.key-not-found` if the key holds none; the key's refusals.
    func officerCertificate() async throws(Refusal) -> Certificate

    /// Signs an officer's order: ``DomainTag/authorisation`` ‖ 0x00 ‖ H(request) ‖ H(certificate DER), nothing else.
    /// - Parameters:
    ///   - certificate: the one that ``officerCertificate()`` gave; another key in the terminal is refused before
    ///     the PIN reaches it.
    ///   - shown: what is ordered, for the PIN window.
    /// - Throws: `agent-protocol.malformed-order`, `.other-medium`, `.key-not-found`; the key's refusals.
    func signOrder(
        _ toBeSigned: [UInt8], certificate: Certificate, shown: LocalisedText
    ) async throws(Refusal) -> [UInt8]
}

extension HolderMedium {
    /// The same with the only certificate for logins that the key holds.
    package func signLogin(
        _ statement: SignedStatement, origin: String, serviceKey: PublicKey
    ) async throws(Refusal) -> LoginProof {
        try await signLogin(statement, origin: origin, serviceKey: serviceKey, certificate: nil)
    }
}
