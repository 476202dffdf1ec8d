package import Groundwork

/// What carries commands to one card and answers back: a reader, a tunnel, memory. Bytes and a bound in time, nothing
/// of PIV.
///
/// One command at a time. A command that holds a PIN or a key goes its own way, as a secret that the transport owns.
package protocol CardTransport: Sendable {
    /// Sends one frame and returns the card's answer with its status word.
    /// - Throws: `CardError.timedOut` if no answer came within `limit`; the card is then lost to this transport.
    func transmit(_ command: [UInt8], within limit: Duration) async throws(CardError) -> [UInt8]
    /// The same for a frame that holds a secret. The transport owns the frame, lends its bytes to the driver alone, and
    /// lets it go, wiped, when the driver is done with it: after a time-out that is later than the answer of this.
    /// - Throws: as the other.
    func transmit(secret frame: consuming SecretBytes, within limit: Duration) async throws(CardError) -> [UInt8]
    /// Resets the card: what it knew of PINs and authentication is gone.
    func reset() async throws(CardError)
    /// Ends the session; the card is reset on the way out. Harmless when repeated.
    func close() async
}

extension CardTransport {
    package func transmit(_ command: [UInt8]) async throws(CardError) -> [UInt8] {
        try await transmit(command, within: CardLimits.standard.answer)
    }
}

/// How long a card may take.
package struct CardLimits: Sendable, Equatable {
    /// For an ordinary command. A real card signs within a second.
    package var answer: Duration
    /// For making a key: RSA takes real cards up to a minute.
    package var keyGeneration: Duration

    package init(answer: Duration, keyGeneration: Duration) {
        self.answer = answer
        self.keyGeneration = keyGeneration
    }

    package static let standard = CardLimits(answer: .seconds(15), keyGeneration: .seconds(120))
}
