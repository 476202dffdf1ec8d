import Cryptography
import Groundwork
import PIV

/// Keys: GENERATE, IMPORT, GENERAL AUTHENTICATE (SP 800-73-4, part 2, 3.2.4 and 3.3.2), SET MANAGEMENT KEY.
extension VirtualCard {
    private func family(of algorithm: UInt8) -> AlgorithmFamily? {
        switch algorithm {
        case 0x07: .rsa2048
        case 0x11: .p256
        case state.options.sm2Identifier where !state.options.lacks.contains(.sm2): .sm2
        default: nil
        }
    }

    private func holdsKeys(_ place: UInt8) -> Bool {
        let reference = Place(rawValue: place)
        return Place.primary.contains(reference)
            || (reference.isRetired && !state.options.lacks.contains(.retiredPlaces))
    }

    mutating func generate(_ command: CommandAPDU) throws -> ResponseAPDU {
        guard session.managementProved else { return ResponseAPDU(status: .securityStatusNotSatisfied) }
        guard command.p1 == 0, holdsKeys(command.p2) else { return ResponseAPDU(status: .incorrectParameters) }
        guard let template = TLV(parsing: command.data), template.tag == 0xAC, let parts = template.parts,
            let algorithm = parts.value(of: 0x80), algorithm.count == 1, let family = family(of: algorithm[0])
        else { return ResponseAPDU(status: .wrongData) }
        let made = try makeKey(family)
        state.keys[command.p2] = try .init(
            made, algorithm: algorithm[0], pinPolicy: pinPolicy(parts.value(of: 0xAA), in: command.p2),
            touchPolicy: parts.value(of: 0xAB)?.first ?? 1, isGenerated: true)
        return ResponseAPDU(data: TLV(0x7F49, Self.publicKeyParts(made.publicKey)).bytes, status: .done)
    }

    /// IMPORT ASYMMETRIC KEY: the virtual card takes PKCS#8 in tag 06 and nothing else, for tests of KeyOrigin.
    mutating func importKey(_ command: CommandAPDU) throws -> ResponseAPDU {
        guard session.managementProved else { return ResponseAPDU(status: .securityStatusNotSatisfied) }
        guard holdsKeys(command.p2), family(of: command.p1) != nil, let parts = TLV.parse(command.data),
            let encoded = parts.value(of: 0x06)
        else { return ResponseAPDU(status: .wrongData) }
        let key = try PrivateKey(plainPKCS8: SecretBytes(copying: encoded))
        state.keys[command.p2] = try .init(
            key, algorithm: command.p1, pinPolicy: pinPolicy(parts.value(of: 0xAA), in: command.p2), touchPolicy: 1,
            isGenerated: false)
        return ResponseAPDU(status: .done)
    }

    /// The policy that the key gets. Where none is asked for, or the card does not know policies, the place decides
    /// (SP 800-73-4, part 1, table 2) or the PIN is asked for once.
    private func pinPolicy(_ value: [UInt8]?, in place: UInt8) -> PINPolicy {
        if state.options.lacks.contains(.pinPolicy) { return place == 0x9E ? .never : .once }
        let asked = value?.first.flatMap(PINPolicy.init(rawValue:)) ?? .byPlace
        guard asked == .byPlace else { return asked }
        return place == 0x9E ? .never : place == 0x9C ? .always : .once
    }

    static func publicKeyParts(_ key: PublicKey) -> [UInt8] {
        if let rsa = key.rsa { return TLV.encode([TLV(0x81, rsa.modulus), TLV(0x82, rsa.exponent)]) }
        return TLV(0x86, key.subjectPublicKey).bytes
    }

    mutating func generalAuthenticate(_ command: CommandAPDU, pinIsFresh: Bool) throws -> ResponseAPDU {
        guard let template = TLV(parsing: command.data), template.tag == 0x7C, let parts = template.parts else {
            return ResponseAPDU(status: .wrongData)
        }
        if command.p2 == 0x9B { return try authenticateManagement(command, parts) }
        guard let key = state.keys[command.p2] else { return ResponseAPDU(status: .referenceNotFound) }
        guard key.algorithm == command.p1, let family = family(of: key.algorithm) else {
            return ResponseAPDU(status: .incorrectParameters)
        }
        guard mayUse(key, pinIsFresh: pinIsFresh) else {
            return ResponseAPDU(status: .securityStatusNotSatisfied)
        }
        guard let input = parts.value(of: 0x81), parts.value(of: 0x82)?.isEmpty ?? false,
            family == .rsa2048 ? input.count == 256 : (1...32).contains(input.count)
        else { return ResponseAPDU(status: .wrongData) }
        let padded = family == .rsa2048 ? input : Array(repeating: 0, count: 32 - input.count) + input
        let signature = try key.opened().signRaw(digest: padded)
        return ResponseAPDU(data: TLV(0x7C, containing: [TLV(0x82, signature)]).bytes, status: .done)
    }

    private func mayUse(_ key: VirtualCardState.Key, pinIsFresh: Bool) -> Bool {
        switch key.pinPolicy {
        case .never: true
        case .once: session.pinVerified
        case .always, .byPlace: session.pinVerified && pinIsFresh
        }
    }

    /// Mutual (witness) and external (challenge) authentication with the management key.
    private mutating func authenticateManagement(_ command: CommandAPDU, _ parts: [TLV]) throws -> ResponseAPDU {
        let algorithm = state.managementAlgorithm
        let named = command.p1 == 0 ? ManagementAlgorithm.tripleDES.rawValue : command.p1
        guard named == algorithm.rawValue else { return ResponseAPDU(status: .incorrectParameters) }
        let witness = session.witness
        let challenge = session.challenge
        session.witness = nil
        session.challenge = nil
        let key = SecretBytes(copying: state.managementKey)
        if let shown = parts.value(of: 0x80), shown.isEmpty {
            let plain = randomBytes(algorithm.blockLength)
            session.witness = plain
            let hidden = try algorithm.cipher.encryptBlock(plain, key: key)
            return ResponseAPDU(data: TLV(0x7C, containing: [TLV(0x80, hidden)]).bytes, status: .done)
        }
        if let shown = parts.value(of: 0x80), let question = parts.value(of: 0x81),
            question.count == algorithm.blockLength
        {
            guard let witness, shown == witness else { return ResponseAPDU(status: .securityStatusNotSatisfied) }
            session.managementProved = true
            let proof = try algorithm.cipher.encryptBlock(question, key: key)
            return ResponseAPDU(data: TLV(0x7C, containing: [TLV(0x82, proof)]).bytes, status: .done)
        }
        if let asked = parts.value(of: 0x81), asked.isEmpty {
            let plain = randomBytes(algorithm.blockLength)
            session.challenge = plain
            return ResponseAPDU(data: TLV(0x7C, containing: [TLV(0x81, plain)]).bytes, status: .done)
        }
        if let proof = parts.value(of: 0x82), let challenge,
            proof == (try algorithm.cipher.encryptBlock(challenge, key: key))
        {
            session.managementProved = true
            return ResponseAPDU(status: .done)
        }
        return ResponseAPDU(status: .securityStatusNotSatisfied)
    }

    mutating func setManagementKey(_ command: CommandAPDU) -> ResponseAPDU {
        guard session.managementProved else { return ResponseAPDU(status: .securityStatusNotSatisfied) }
        guard command.p1 == 0xFF, command.p2 == 0xFF || command.p2 == 0xFE, command.data.count >= 3,
            let algorithm = ManagementAlgorithm(rawValue: command.data[0]), command.data[1] == 0x9B,
            Int(command.data[2]) == algorithm.keyLength, command.data.count == 3 + algorithm.keyLength
        else { return ResponseAPDU(status: .wrongData) }
        let key = Array(command.data[3...])
        if algorithm == .tripleDES, DESKey.isWeak(SecretBytes(copying: key)) {
            return ResponseAPDU(status: .wrongData)
        }
        state.managementKey = key
        state.managementAlgorithm = algorithm
        return ResponseAPDU(status: .done)
    }
}

extension VirtualCardState.Key {
    init(
        _ key: PrivateKey, algorithm: UInt8, pinPolicy: PINPolicy, touchPolicy: UInt8, isGenerated: Bool
    ) throws {
        let encoded = try key.plainPKCS8()
        self.init(
            algorithm: algorithm, privateKey: encoded.withBytes { Array($0) }, pinPolicy: pinPolicy,
            touchPolicy: touchPolicy, isGenerated: isGenerated)
    }

    func opened() throws -> PrivateKey { try PrivateKey(plainPKCS8: SecretBytes(copying: privateKey)) }
}
