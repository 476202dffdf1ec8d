import Cryptography
import PIV

/// GET DATA and PUT DATA (SP 800-73-4, part 2, 3.1.2 and 3.3.1), metadata and attestation.
extension VirtualCard {
    mutating func getData(_ command: CommandAPDU) -> ResponseAPDU {
        guard command.p1 == 0x3F, command.p2 == 0xFF, let tag = Self.objectTag(command.data).map(\.tag) else {
            return ResponseAPDU(status: .incorrectParameters)
        }
        if tag == .discovery {
            let discovery = TLV(
                0x7E, containing: [TLV(0x4F, [0xA0, 0, 0, 3, 8, 0, 0, 0x10, 0, 1, 0]), TLV(0x5F2F, [0x40, 0x00])])
            return ResponseAPDU(data: discovery.bytes, status: .done)
        }
        if tag == .printedInformation, state.objects[tag.rawValue] == nil {
            let printed = TLV(0x53, containing: [TLV(0x01, Array("VIRTUAL EVALUATION KEY".utf8)), TLV(0xFE, [])])
            return ResponseAPDU(data: printed.bytes, status: .done)
        }
        if tag == .attestationCertificate, state.objects[tag.rawValue] == nil, let attestation,
            !state.options.lacks.contains(.attest)
        {
            let object = TLV(
                0x53, containing: [TLV(0x70, attestation.intermediate.der), TLV(0x71, [0]), TLV(0xFE, [])])
            return ResponseAPDU(data: object.bytes, status: .done)
        }
        guard let value = state.objects[tag.rawValue] else { return ResponseAPDU(status: .notFound) }
        return ResponseAPDU(data: TLV(0x53, value).bytes, status: .done)
    }

    mutating func putData(_ command: CommandAPDU) -> ResponseAPDU {
        guard session.managementProved else { return ResponseAPDU(status: .securityStatusNotSatisfied) }
        guard command.p1 == 0x3F, command.p2 == 0xFF, let (tag, rest) = Self.objectTag(command.data),
            let object = TLV(parsing: rest), object.tag == 0x53
        else { return ResponseAPDU(status: .wrongData) }
        guard tag.rawValue >> 8 == 0x5FC1 || tag == .attestationCertificate else {
            return ResponseAPDU(status: .notFound)
        }
        if state.options.lacks.contains(.retiredPlaces), (0x5FC10D...0x5FC120).contains(tag.rawValue) {
            return ResponseAPDU(status: .notFound)
        }
        guard object.value.count <= state.options.objectLimit else { return ResponseAPDU(status: .notEnoughMemory) }
        state.objects[tag.rawValue] = object.value.isEmpty ? nil : object.value
        return ResponseAPDU(status: .done)
    }

    /// The tag list `5C` at the front, and what follows it.
    private static func objectTag(_ data: [UInt8]) -> (tag: TLV.Tag, rest: ArraySlice<UInt8>)? {
        guard data.count >= 3, data[0] == 0x5C, (1...3).contains(data[1]), data.count >= 2 + Int(data[1]) else {
            return nil
        }
        let end = 2 + Int(data[1])
        return (TLV.Tag(rawValue: data[2..<end].reduce(0) { $0 << 8 | UInt32($1) }), data[end...])
    }

    /// GET METADATA (a Yubico extension).
    func metadata(_ command: CommandAPDU) throws -> ResponseAPDU {
        func answer(_ parts: [TLV]) -> ResponseAPDU { ResponseAPDU(data: TLV.encode(parts), status: .done) }
        switch command.p2 {
        case 0x80:
            return answer([
                TLV(0x01, [0xFF]), TLV(0x05, [state.pin.value == VirtualCardState.factoryPIN ? 1 : 0]),
                TLV(0x06, [UInt8(state.pin.tries), UInt8(state.pin.triesLeft)]),
            ])
        case 0x81:
            return answer([
                TLV(0x01, [0xFF]), TLV(0x05, [state.puk.value == VirtualCardState.factoryPUK ? 1 : 0]),
                TLV(0x06, [UInt8(state.puk.tries), UInt8(state.puk.triesLeft)]),
            ])
        case 0x9B:
            let isDefault =
                state.managementKey == VirtualCardState.factoryManagementKey(state.managementAlgorithm)
            return answer([
                TLV(0x01, [state.managementAlgorithm.rawValue]), TLV(0x02, [0x00, 0x01]),
                TLV(0x05, [isDefault ? 1 : 0]),
            ])
        default:
            guard let key = state.keys[command.p2] else { return ResponseAPDU(status: .referenceNotFound) }
            return answer([
                TLV(0x01, [key.algorithm]), TLV(0x02, [key.pinPolicy.rawValue, key.touchPolicy]),
                TLV(0x03, [key.isGenerated ? 1 : 2]), TLV(0x04, Self.publicKeyParts(try key.opened().publicKey)),
            ])
        }
    }

    /// ATTEST (a Yubico extension): a certificate that the key was made inside, here inside a virtual card.
    func attest(_ command: CommandAPDU) throws -> ResponseAPDU {
        guard let attestation else { return ResponseAPDU(status: .instructionNotSupported) }
        guard command.p2 == 0, let key = state.keys[command.p1] else {
            return ResponseAPDU(status: .referenceNotFound)
        }
        guard key.isGenerated else { return ResponseAPDU(status: .conditionsOfUseNotSatisfied) }
        let certificate = try attestation.certificate(
            for: try key.opened().publicKey, place: Place(rawValue: command.p1), serial: state.options.serial,
            version: state.options.version, policies: [key.pinPolicy.rawValue, key.touchPolicy])
        return ResponseAPDU(data: certificate, status: .done)
    }
}
