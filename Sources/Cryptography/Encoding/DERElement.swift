internal import SwiftASN1

/// One element of DER from outside: parsed strictly (definite, minimal lengths; nesting at most 50) before it is here.
package struct DERElement: Sendable {
    private let node: ASN1Node

    /// Reads exactly one element that fills the bytes.
    package init(parsing bytes: [UInt8], limit: Int) throws(DERFault) {
        try self.init(parsing: bytes[...], limit: limit)
    }

    package init(parsing bytes: ArraySlice<UInt8>, limit: Int) throws(DERFault) {
        guard bytes.count <= limit else { throw .tooLarge }
        do { node = try SwiftASN1.DER.parse(bytes) } catch { throw .malformed("not DER") }
    }

    fileprivate init(_ node: ASN1Node) { self.node = node }

    /// The element whole, as it came.
    package var encoded: [UInt8] { Array(node.encodedBytes) }
    /// The bytes after identifier and length.
    package var content: ArraySlice<UInt8> {
        switch node.content {
        case .primitive(let bytes): return bytes
        case .constructed:
            // The header is two bytes, or two and the length's own bytes; the parser has checked both.
            let bytes = node.encodedBytes
            let identifierEnd = DERElement.identifierEnd(bytes)
            let first = bytes[identifierEnd]
            return bytes[(identifierEnd + 1 + (first & 0x80 == 0 ? 0 : Int(first & 0x7F)))...]
        }
    }

    private static func identifierEnd(_ bytes: ArraySlice<UInt8>) -> Int {
        var index = bytes.startIndex
        guard bytes[index] & 0x1F == 0x1F else { return index + 1 }
        repeat { index += 1 } while bytes[index] & 0x80 != 0
        return index + 1
    }

    /// The first identifier byte: class, constructed bit and (below 31) number.
    package var identifier: UInt8 { node.encodedBytes[node.encodedBytes.startIndex] }
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
        guard case .constructed(let nodes) = node.content else { throw .malformed("\(identifierText) has no members") }
        return DERMembers(nodes.makeIterator())
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
    private var iterator: ASN1NodeCollection.Iterator
    private var ahead: ASN1Node?

    fileprivate init(_ iterator: ASN1NodeCollection.Iterator) {
        self.iterator = iterator
        self.ahead = self.iterator.next()
    }

    /// The identifier byte of the next member, if there is one.
    package var nextIdentifier: UInt8? { ahead.map { DERElement($0).identifier } }

    package mutating func next() -> DERElement? {
        guard let node = ahead else { return nil }
        ahead = iterator.next()
        return DERElement(node)
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
