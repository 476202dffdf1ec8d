internal import Groundwork

/// A card's PIV application, spoken to in the standard's own commands (NIST SP 800-73-4, part 2) and in the extensions
/// of Yubico and CanoKey where the card has them.
///
/// One exchange at a time and no interleaving: each method finishes its commands before the next begins, for the
/// transport is used under one chain of tasks. Nothing here is kept of a PIN or a key.
package actor PIVCard {
    /// The application's identifier, without version (NIST SP 800-73-4, part 1, 2.2).
    package static let applicationIdentifier: [UInt8] = [0xA0, 0x00, 0x00, 0x03, 0x08]

    package nonisolated let transport: any CardTransport
    package nonisolated let limits: CardLimits
    private let channel: CardChannel

    package init(
        _ transport: any CardTransport, limits: CardLimits = .standard,
        lengthCoding: CommandAPDU.LengthCoding = .chained
    ) {
        self.transport = transport
        self.limits = limits
        channel = CardChannel(transport: transport, lengthCoding: lengthCoding)
    }

    /// Selects the application; the card forgets what was verified before.
    /// - Returns: the application property template as the card sent it.
    /// - Throws: `notPIV` where the card has no such application.
    @discardableResult
    package func select() async throws(CardError) -> [UInt8] {
        let answer = try await exchange(
            CommandAPDU(0xA4, 0x04, 0x00, data: Self.applicationIdentifier, expecting: 256))
        guard answer.status == .done else {
            switch CardError(answer.status) {
            case .notFound, .unsupported, .refused: throw .notPIV
            case let error: throw error ?? .notPIV
            }
        }
        return answer.data
    }

    /// Resets the card and selects the application again.
    package func restart() async throws(CardError) {
        try await transport.reset()
        try await select()
    }

    /// Ends the session.
    package func close() async { await transport.close() }

    /// The firmware's version; `nil` where the card does not tell.
    package func version() async throws(CardError) -> FirmwareVersion? {
        let answer = try await exchange(CommandAPDU(0xFD, 0x00, 0x00, expecting: 256))
        if lacks(answer.status) { return nil }
        try check(answer)
        guard answer.data.count == 3 else { throw .malformedAnswer("a version of \(answer.data.count) bytes") }
        return FirmwareVersion(answer.data[0], answer.data[1], answer.data[2])
    }

    /// The maker's serial number; `nil` where the card has none. It may be 0, and its high bit may be set: an
    /// attribute, never a name.
    package func serialNumber() async throws(CardError) -> UInt32? {
        let answer = try await exchange(CommandAPDU(0xF8, 0x00, 0x00, expecting: 256))
        if lacks(answer.status) { return nil }
        try check(answer)
        guard answer.data.count == 4 else { throw .malformedAnswer("a serial number of \(answer.data.count) bytes") }
        return answer.data.reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// What the card says of a key; `nil` where the place is empty or the card has no metadata.
    package func metadata(of place: Place) async throws(CardError) -> KeyMetadata? {
        try await metadata(reference: place.rawValue)
    }

    /// What the card says of the PIN, the PUK or the management key.
    package func metadata(of secret: CardSecret) async throws(CardError) -> KeyMetadata? {
        try await metadata(reference: secret.rawValue)
    }

    private func metadata(reference: UInt8) async throws(CardError) -> KeyMetadata? {
        let answer = try await exchange(CommandAPDU(0xF7, 0x00, reference, expecting: 256))
        if lacks(answer.status) || CardError(answer.status) == .notFound { return nil }
        try check(answer)
        guard let metadata = KeyMetadata(parsing: answer.data) else { throw .malformedAnswer("metadata") }
        return metadata
    }

    /// The identifiers of algorithms beyond the standard; `nil` where the card states none. The management key must
    /// have been proved.
    package func algorithmExtensions() async throws(CardError) -> AlgorithmExtensions? {
        let answer = try await exchange(CommandAPDU(0xEE, 0x01, 0x00, expecting: 256))
        if lacks(answer.status) { return nil }
        try check(answer)
        guard let extensions = AlgorithmExtensions(parsing: answer.data) else {
            throw .malformedAnswer("algorithm identifiers of \(answer.data.count) bytes")
        }
        return extensions
    }

    /// Switches the algorithms beyond the standard on or off, or gives them other identifiers.
    package func setAlgorithmExtensions(_ extensions: AlgorithmExtensions) async throws(CardError) {
        try check(try await exchange(CommandAPDU(0xEE, 0x02, 0x00, data: extensions.bytes)))
    }

    /// Puts the application back into the maker's state. The card insists that PIN and PUK are blocked first.
    package func reset() async throws(CardError) {
        let answer = try await exchange(CommandAPDU(0xFB, 0x00, 0x00), within: limits.keyGeneration)
        try check(answer)
    }

    // MARK: - For the other files of this actor

    func exchange(_ command: CommandAPDU, within limit: Duration? = nil) async throws(CardError) -> ResponseAPDU {
        try await channel.exchange(command, within: limit ?? limits.answer)
    }

    func exchange(_ command: CommandAPDU, secret: borrowing SecretBytes) async throws(CardError) -> ResponseAPDU {
        try await channel.exchange(command, secret: secret, within: limits.answer)
    }

    func check(_ answer: ResponseAPDU) throws(CardError) {
        if let error = CardError(answer.status) { throw error }
    }

    /// Whether the answer means that the card does not have the command.
    func lacks(_ status: StatusWord) -> Bool { status.meansUnsupported || status == .incorrectParameters }
}

/// The secrets of the card that are no keys of a place.
package enum CardSecret: UInt8, Sendable, CaseIterable {
    case pin = 0x80
    case puk = 0x81
    case management = 0x9B
}
