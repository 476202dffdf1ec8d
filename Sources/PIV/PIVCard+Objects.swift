extension PIVCard {
    /// GET DATA: the content of a data object, without its tag `53`; `nil` where it is absent or empty.
    package func object(_ tag: TLV.Tag) async throws(CardError) -> [UInt8]? {
        let answer = try await exchange(
            CommandAPDU(0xCB, 0x3F, 0xFF, data: TLV(0x5C, tag.bytes).bytes, expecting: 256))
        if CardError(answer.status) == .notFound { return nil }
        try check(answer)
        guard let object = TLV(parsing: answer.data) else { throw .malformedAnswer("a data object") }
        // Discovery comes in a tag of its own (NIST SP 800-73-4, part 2, 3.1.2).
        guard object.tag == 0x53 || object.tag == tag else { throw .malformedAnswer("a data object of another tag") }
        return object.value.isEmpty ? nil : object.value
    }

    /// PUT DATA: replaces a data object; nothing removes it. The management key must have been proved.
    /// - Throws: `tooLarge` where the card has no room for it.
    package func putObject(_ tag: TLV.Tag, _ content: [UInt8]) async throws(CardError) {
        let data = TLV(0x5C, tag.bytes).bytes + TLV(0x53, content).bytes
        let answer = try await exchange(CommandAPDU(0xDB, 0x3F, 0xFF, data: data))
        if answer.status == .wrongLength { throw .tooLarge }
        try check(answer)
    }

    /// The certificate of a place, in DER; `nil` where there is none.
    package func certificate(in place: Place) async throws(CardError) -> [UInt8]? {
        guard let tag = place.certificateObject else { throw .unsupported }
        guard let content = try await object(tag) else { return nil }
        guard let parts = TLV.parse(content), let certificate = parts.value(of: 0x70) else {
            throw .malformedAnswer("a certificate object")
        }
        guard (parts.value(of: 0x71) ?? [0]) == [0] else { throw .unsupported }
        return certificate.isEmpty ? nil : certificate
    }

    /// Writes a certificate, uncompressed (NIST SP 800-73-4, part 1, table 10).
    package func putCertificate(_ der: [UInt8], in place: Place) async throws(CardError) {
        guard let tag = place.certificateObject else { throw .unsupported }
        try await putObject(tag, TLV.encode([TLV(0x70, der), TLV(0x71, [0x00]), TLV(0xFE, [])]))
    }

    package func deleteCertificate(in place: Place) async throws(CardError) {
        guard let tag = place.certificateObject else { throw .unsupported }
        try await putObject(tag, [])
    }

    /// The card's own name for itself; `nil` where none was written.
    package func cardHolderIdentifier() async throws(CardError) -> CardHolderIdentifier? {
        guard let content = try await object(.cardHolderIdentifier) else { return nil }
        guard let identifier = CardHolderIdentifier(parsing: content) else {
            throw .malformedAnswer("a CHUID without a GUID")
        }
        return identifier
    }

    package func setCardHolderIdentifier(_ identifier: CardHolderIdentifier) async throws(CardError) {
        try await putObject(.cardHolderIdentifier, identifier.bytes)
    }

    /// The certificate of the key that signs attestations, in DER; `nil` where the card has none.
    package func attestationCertificate() async throws(CardError) -> [UInt8]? {
        try await certificate(in: .attestation)
    }
}
