/// One element of DER from outside: its whole structure was checked (definite, minimal lengths; nesting at most 50)
/// before it is here, and its members are read only where somebody asks.
package struct DERElement: Sendable {
    private let bytes: ArraySlice<UInt8>
    private let contentStart: Int

    /// Reads exactly one element that fills the bytes.
    package init(parsing bytes: [UInt8], limit: Int) throws(DERFault) {
        try self.init(parsing: bytes[...], limit: limit)
    }

    package init(parsing bytes: ArraySlice<UInt8>, limit: Int) throws(DERFault) {
        guard bytes.count <= limit else { throw .tooLarge }
        let sound = bytes.withUnsafeBufferPointer { DERStructure(bytes: $0).isOneElement }
        guard sound, let element = DERElement(startOf: bytes) else { throw .malformed("not DER") }
        self = element
    }

    /// The first element of bytes whose structure was checked; `nil` if there are none.
    fileprivate init?(startOf bytes: ArraySlice<UInt8>) {
        let header = bytes.withUnsafeBufferPointer { DERStructure(bytes: $0).header(at: 0, end: $0.count) }
        guard let header else { return nil }
        self.bytes = bytes[bytes.startIndex..<(bytes.startIndex + header.contentEnd)]
        contentStart = bytes.startIndex + header.contentStart
    }

    /// The element whole, as it came.
    package var encoded: [UInt8] { Array(bytes) }
    /// The bytes after identifier and length.
    package var content: ArraySlice<UInt8> { bytes[contentStart...] }
    fileprivate var end: Int { bytes.endIndex }

    /// The first identifier byte: class, constructed bit and (below 31) number.
    package var identifier: UInt8 { bytes[bytes.startIndex] }
    var identifierText: String { "element 0x\(String(identifier, radix: 16))" }
    package var isConstructed: Bool { identifier & 0x20 != 0 }

    package func expect(_ expected: UInt8) throws(DERFault) {
        guard identifier == expected else {
            throw .malformed("expected element 0x\(String(expected, radix: 16)), found \(identifierText)")
        }
    }

    /// The members of a constructed element with this identifier byte, read one after another.
    package func members(_ expected: UInt8 = 0x30) throws(DERFault) -> DERMembers {
        try expect(expected)
        guard isConstructed else { throw .malformed("\(identifierText) has no members") }
        return DERMembers(content)
    }

    /// Reads the members of a SEQUENCE (or another constructed element) and insists that none is left.
    package func sequence<Value>(
        _ expected: UInt8 = 0x30, _ body: (inout DERMembers) throws(DERFault) -> Value
    ) throws(DERFault) -> Value {
        var members = try members(expected)
        let value = try body(&members)
        guard members.next() == nil else { throw .malformed("unexpected element at the end of \(identifierText)") }
        return value
    }

    /// The members of a SEQUENCE OF or SET OF; refuses more than `limit`.
    package func list(_ expected: UInt8 = 0x30, limit: Int) throws(DERFault) -> [DERElement] {
        var members = try members(expected)
        var list: [DERElement] = []
        while let next = members.next() {
            guard list.count < limit else { throw .tooLarge }
            list.append(next)
        }
        return list
    }
}

/// A place among the members of a constructed element.
package struct DERMembers {
    private var rest: ArraySlice<UInt8>

    fileprivate init(_ content: ArraySlice<UInt8>) { rest = content }

    /// The identifier byte of the next member, if there is one.
    package var nextIdentifier: UInt8? { rest.first }

    package mutating func next() -> DERElement? {
        guard let element = DERElement(startOf: rest) else { return nil }
        rest = rest[element.end...]
        return element
    }

    /// The next member, which must be there.
    package mutating func required() throws(DERFault) -> DERElement {
        guard let element = next() else { throw .malformed("an element is missing") }
        return element
    }

    /// The next member if it has this identifier byte.
    package mutating func optional(_ identifier: UInt8) -> DERElement? {
        nextIdentifier == identifier ? next() : nil
    }
}
