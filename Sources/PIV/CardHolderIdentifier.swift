/// The CHUID: the data object in which a PIV card states who it is (NIST SP 800-73-4, part 1, 3.1.2).
///
/// Only the GUID matters here: 16 bytes that hold the key's medium number. The rest is what software expects to find.
package struct CardHolderIdentifier: Hashable, Sendable {
    /// The Global Unique Identification Number.
    package let guid: [UInt8]

    /// `nil` unless there are 16 bytes.
    package init?(guid: some Collection<UInt8>) {
        guard guid.count == 16 else { return nil }
        self.guid = Array(guid)
    }

    /// A FASC-N of agency code 9999, which is how a card of no federal agency fills the field.
    private static let noFederalAgency: [UInt8] = [
        0xD4, 0xE7, 0x39, 0xDA, 0x73, 0x9C, 0xED, 0x39, 0xCE, 0x73, 0x9D, 0x83, 0x68, 0x58, 0x21, 0x08, 0x42, 0x10,
        0x84, 0x21, 0xC8, 0x42, 0x10, 0xC3, 0xEB,
    ]

    package var bytes: [UInt8] {
        TLV.encode([
            TLV(0x30, Self.noFederalAgency), TLV(0x34, guid), TLV(0x35, Array("20991231".utf8)), TLV(0x3E, []),
            TLV(0xFE, []),
        ])
    }

    /// `nil` if there is no GUID of 16 bytes in it.
    package init?(parsing bytes: [UInt8]) {
        guard let guid = TLV.parse(bytes)?.value(of: 0x34) else { return nil }
        self.init(guid: guid)
    }
}
