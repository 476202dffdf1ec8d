package import Cryptography
package import Groundwork

/// A document with everything of a stamp but the signature: the bytes are final except for the hexadecimal string
/// that will hold it (PAdES, EN 319 142-1; ISO 32000-1, 12.8.1).
package struct StampDraft: Sendable {
    /// The whole document; zeros stand where the signature goes.
    package let bytes: [UInt8]
    package let byteRange: SignatureByteRange
    /// How long the signature may be.
    package let reservedBytes: Int

    /// The signed bytes: everything but the hexadecimal string.
    package var signedBytes: [UInt8] { Array(bytes[byteRange.first]) + bytes[byteRange.second] }

    package func digest(using algorithm: DigestAlgorithm) -> [UInt8] { algorithm.hash(signedBytes) }

    /// Puts the signature in its place.
    /// - Throws: `portable-documents.signature-too-large` rather than cutting it.
    package func filled(with cms: [UInt8]) throws(Refusal) -> [UInt8] {
        guard !cms.isEmpty, cms.count <= reservedBytes else {
            throw Refusal(
                PortableDocumentsRefusal.signatureTooLarge,
                facts: ["size": "\(cms.count)", "reserved": "\(reservedBytes)"])
        }
        var sealed = bytes
        let start = byteRange.gap.lowerBound + 1
        sealed.replaceSubrange(start..<start + 2 * cms.count, with: Hex.encode(cms).utf8)
        return sealed
    }
}

/// Which bytes a signature covers: two pieces, and the gap between them that is the `<…>` of /Contents.
package struct SignatureByteRange: Hashable, Sendable {
    package let first: Range<Int>
    package let second: Range<Int>

    package var gap: Range<Int> { first.upperBound..<second.lowerBound }
    /// As written in /ByteRange.
    package var numbers: [Int] { [first.lowerBound, first.count, second.lowerBound, second.count] }

    init(gap: Range<Int>, end: Int) {
        first = 0..<gap.lowerBound
        second = gap.upperBound..<end
    }

    /// From a file: `nil` unless the pieces begin at 0, are in order, and lie within `size`.
    init?(_ numbers: [Int], size: Int) {
        guard numbers.count == 4, numbers.allSatisfy({ (0...size).contains($0) }), numbers[0] == 0,
            numbers[1] > 0, numbers[2] > numbers[1] + 1, numbers[2] + numbers[3] <= size
        else { return nil }
        first = 0..<numbers[1]
        second = numbers[2]..<numbers[2] + numbers[3]
    }
}
