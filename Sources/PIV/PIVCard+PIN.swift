package import Groundwork

extension PIVCard {
    /// PIN and PUK have 6 to 8 bytes on the card, filled up with FF (NIST SP 800-73-4, part 2, 2.4.3).
    package static let secretLengths = 6...8
    static let paddedLength = 8

    /// Whether a PIN or PUK can be given to a card: 6 to 8 bytes, none of them the filler.
    package static func isAcceptable(_ secret: borrowing SecretBytes) -> Bool {
        secretLengths.contains(secret.count) && secret.withBytes { !$0.contains(0xFF) }
    }

    /// Verifies the PIN.
    /// - Throws: `wrongPIN(triesLeft:)`, or `blocked` when none are left.
    package func verifyPIN(_ pin: borrowing SecretBytes) async throws(CardError) {
        let block = try Self.block(pin)
        try check(try await exchange(CommandAPDU(0x20, 0x00, CardSecret.pin.rawValue), secret: block))
    }

    /// Makes the card forget that the PIN was verified, where it can (`6D00` and the like are no error).
    package func logOut() async throws(CardError) {
        let answer = try await exchange(CommandAPDU(0x20, 0xFF, CardSecret.pin.rawValue))
        if lacks(answer.status) { return }
        try check(answer)
    }

    /// Whether the PIN counts as verified now.
    package func isPINVerified() async throws(CardError) -> Bool {
        try await exchange(CommandAPDU(0x20, 0x00, CardSecret.pin.rawValue)).status == .done
    }

    /// Tries left for the PIN; spends none. `nil` where the card does not tell.
    ///
    /// Metadata says it outright. Otherwise the empty VERIFY does, except while the PIN counts as verified.
    package func pinTriesLeft() async throws(CardError) -> Int? {
        if let tries = try await metadata(of: .pin)?.triesLeft { return tries }
        let answer = try await exchange(CommandAPDU(0x20, 0x00, CardSecret.pin.rawValue))
        if answer.status == .done || answer.status == .wrongLength || lacks(answer.status) { return nil }
        guard let tries = answer.status.triesLeft else {
            throw CardError(answer.status) ?? .malformedAnswer("the PIN's tries")
        }
        return tries
    }

    /// Tries left for the PUK; spends none. `nil` where the card has no metadata: there is no other way to ask.
    package func pukTriesLeft() async throws(CardError) -> Int? {
        try await metadata(of: .puk)?.triesLeft
    }

    /// CHANGE REFERENCE DATA: the PIN's holder gives it a new value.
    package func changePIN(from old: borrowing SecretBytes, to new: borrowing SecretBytes) async throws(CardError) {
        let pair = try Self.blocks(old, new)
        try check(try await exchange(CommandAPDU(0x24, 0x00, CardSecret.pin.rawValue), secret: pair))
    }

    /// CHANGE REFERENCE DATA for the PUK.
    package func changePUK(from old: borrowing SecretBytes, to new: borrowing SecretBytes) async throws(CardError) {
        let pair = try Self.blocks(old, new)
        try check(try await exchange(CommandAPDU(0x24, 0x00, CardSecret.puk.rawValue), secret: pair))
    }

    /// RESET RETRY COUNTER: unlocks the PIN and gives it a new value. May be repeated with the same values.
    /// - Throws: `wrongPIN(triesLeft:)` or `blocked` speaking of the PUK.
    package func resetRetryCounter(
        puk: borrowing SecretBytes, newPIN: borrowing SecretBytes
    ) async throws(CardError) {
        let pair = try Self.blocks(puk, newPIN)
        try check(try await exchange(CommandAPDU(0x2C, 0x00, CardSecret.pin.rawValue), secret: pair))
    }

    /// SET PIN RETRIES (Yubico). It also sets PIN and PUK to the maker's defaults: new ones must follow at once.
    /// Management key and PIN must have been proved.
    /// - Throws: `unsupported` where the card lacks it.
    package func setPINRetries(pin: Int, puk: Int) async throws(CardError) {
        guard (1...15).contains(pin), (1...15).contains(puk) else { throw .badSecretLength }
        try check(try await exchange(CommandAPDU(0xFA, UInt8(pin), UInt8(puk))))
    }

    private static func block(_ secret: borrowing SecretBytes) throws(CardError) -> SecretBytes {
        guard isAcceptable(secret) else { throw .badSecretLength }
        return secret.withBytes { bytes in
            SecretBytes(count: paddedLength) { target in fill(target, with: bytes, at: 0) }
        }
    }

    private static func blocks(
        _ first: borrowing SecretBytes, _ second: borrowing SecretBytes
    ) throws(CardError) -> SecretBytes {
        guard isAcceptable(first), isAcceptable(second) else { throw .badSecretLength }
        return first.withBytes { first in
            second.withBytes { second in
                SecretBytes(count: 2 * paddedLength) { target in
                    fill(target, with: first, at: 0)
                    fill(target, with: second, at: paddedLength)
                }
            }
        }
    }

    private static func fill(
        _ target: UnsafeMutableRawBufferPointer, with bytes: UnsafeRawBufferPointer, at offset: Int
    ) {
        for index in 0..<paddedLength { target[offset + index] = index < bytes.count ? bytes[index] : 0xFF }
    }
}
