internal import CPKCS11
internal import Foundation

/// Overwrites what may be a key.
func wipe(_ bytes: inout [UInt8]) {
    bytes.withUnsafeMutableBytes { bytes in
        if let start = bytes.baseAddress { explicit_bzero(start, bytes.count) }
    }
}

/// One attribute of an object in a token: its type and its value as PKCS #11 lays it out.
package struct CryptokiAttribute: Hashable, Sendable {
    package let type: UInt
    package let value: [UInt8]

    package init(_ type: UInt, _ value: [UInt8]) {
        self.type = type
        self.value = value
    }

    init(_ type: UInt, _ flag: Bool) { self.init(type, [flag ? 1 : 0]) }
    init(_ type: UInt, _ text: String) { self.init(type, Array(text.utf8)) }
    /// CK_ULONG: the machine's own word.
    init(_ type: UInt, number: UInt) { self.init(type, withUnsafeBytes(of: number) { Array($0) }) }

    /// Lends the attributes as C has them, for the time of the closure.
    static func withTemplate<Value>(
        _ attributes: [CryptokiAttribute], _ body: (UnsafeMutablePointer<ck_attribute>?, UInt) -> Value
    ) -> Value {
        var values = attributes.flatMap(\.value) + [0]
        return values.withUnsafeMutableBytes { bytes in
            var offset = 0
            var template = attributes.map { attribute in
                defer { offset += attribute.value.count }
                return ck_attribute(
                    type: attribute.type, value: bytes.baseAddress.map { $0 + offset },
                    value_len: UInt(attribute.value.count))
            }
            return template.withUnsafeMutableBufferPointer { template in
                body(template.baseAddress, UInt(template.count))
            }
        }
    }
}
