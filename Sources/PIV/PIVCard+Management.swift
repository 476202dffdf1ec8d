package import Groundwork
internal import Cryptography

extension PIVCard {
    /// The management key's cipher as the card's metadata state it; `nil` where it has none. Never guessed from a
    /// version.
    package func managementAlgorithm() async throws(CardError) -> ManagementAlgorithm? {
        guard let identifier = try await metadata(of: .management)?.algorithm else { return nil }
        guard let algorithm = ManagementAlgorithm(rawValue: identifier) else {
            throw .malformedAnswer("a management key of algorithm \(identifier)")
        }
        return algorithm
    }

    /// Mutual authentication with the management key (NIST SP 800-73-4, part 2, 3.2.4 and appendix A.1).
    ///
    /// The card first shows a witness that only the key's holder can decrypt, and must then encrypt our challenge: a
    /// card that does not know the key learns nothing from us and is found out.
    /// - Parameter algorithm: where the caller knows it; otherwise the card's metadata decide, and 3DES where there are
    ///   none (the default of the standard).
    /// - Throws: `wrongManagementKey` if the card refuses our proof, `notGenuine` if its own proof is false.
    package func authenticateManagement(
        _ key: borrowing SecretBytes, algorithm: ManagementAlgorithm? = nil
    ) async throws(CardError) {
        let chosen: ManagementAlgorithm
        if let algorithm { chosen = algorithm } else { chosen = try await managementAlgorithm() ?? .tripleDES }
        guard key.count == chosen.keyLength else { throw .badSecretLength }
        let reference = CardSecret.management.rawValue

        let opening = try await exchange(
            CommandAPDU(
                0x87, chosen.rawValue, reference, data: TLV(0x7C, containing: [TLV(0x80, [])]).bytes, expecting: 256))
        try check(opening)
        guard let witness = TLV(parsing: opening.data), witness.tag == 0x7C,
            let encrypted = witness.parts?.value(of: 0x80), encrypted.count == chosen.blockLength
        else { throw .malformedAnswer("a witness") }

        let proof: [UInt8]
        let challenge = Surroundings.real.randomBytes(chosen.blockLength)
        let expected: [UInt8]
        do {
            proof = try chosen.cipher.decryptBlock(encrypted, key: key)
            expected = try chosen.cipher.encryptBlock(challenge, key: key)
        } catch { throw .malformedAnswer("the cipher: \(error.detail)") }
        // An answer equal to the challenge's own encryption could be our own words sent back.
        guard proof != challenge else { throw .malformedAnswer("a witness that repeats") }

        let closing = try await exchange(
            CommandAPDU(
                0x87, chosen.rawValue, reference,
                data: TLV(0x7C, containing: [TLV(0x80, proof), TLV(0x81, challenge), TLV(0x82, [])]).bytes,
                expecting: 256))
        switch CardError(closing.status) {
        case nil: break
        case .notAuthenticated, .wrongPIN, .blocked, .refused(.wrongData): throw .wrongManagementKey
        case let error?: throw error
        }
        guard let answer = TLV(parsing: closing.data), answer.tag == 0x7C, let response = answer.parts?.value(of: 0x82)
        else { throw .malformedAnswer("an answer to the challenge") }
        guard response == expected else { throw .notGenuine }
    }

    /// SET MANAGEMENT KEY. The present key must have been proved.
    package func setManagementKey(
        _ key: borrowing SecretBytes, algorithm: ManagementAlgorithm
    ) async throws(CardError) {
        guard key.count == algorithm.keyLength else { throw .badSecretLength }
        let data = key.withBytes { bytes in
            SecretBytes(count: 3 + bytes.count) { target in
                target[0] = algorithm.rawValue
                target[1] = CardSecret.management.rawValue
                target[2] = UInt8(bytes.count)
                for index in 0..<bytes.count { target[3 + index] = bytes[index] }
            }
        }
        try check(try await exchange(CommandAPDU(0xFF, 0xFF, 0xFF), secret: data))
    }
}
