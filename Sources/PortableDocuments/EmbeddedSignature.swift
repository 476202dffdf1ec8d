package import Groundwork

/// One signature in a document, as far as the file's form tells: whom it is from and whether it verifies is for others.
package struct EmbeddedSignature: Sendable {
    package let fieldName: String
    package let subFilter: String
    package let byteRange: SignatureByteRange
    /// The DER of /Contents without its padding.
    package let contents: [UInt8]
    /// The signed bytes end where the file ends: nothing was appended afterwards.
    package let coversWholeFile: Bool
    /// The signed bytes end with an end-of-file mark, so they are a document by themselves.
    package let coversWholeRevision: Bool

    package func signedBytes(of document: [UInt8]) -> [UInt8] {
        Array(document[byteRange.first]) + document[byteRange.second]
    }

    /// Every signature of a document, oldest first.
    ///
    /// Strict, against the known tricks (signature wrapping, incremental saving, universal forgery): the gap in the
    /// byte range must be exactly the string of /Contents, at the place where the cross-reference says that this very
    /// object stands; both values must be of the right type; padding must be zeros. Anything else refuses the document.
    package static func all(
        in bytes: [UInt8], limits: DocumentLimits = .standard
    ) throws(Refusal) -> [EmbeddedSignature] {
        let structure = try DocumentStructure(bytes, limits: limits)
        let reader = try ObjectReader(bytes)
        guard let catalog = try reader.object(structure.root).asDictionary else {
            throw DocumentStructure.damaged("no catalog")
        }
        let form = try reader.resolved(catalog["AcroForm"])?.asDictionary
        var search = SignatureSearch(bytes: bytes, structure: structure, reader: reader)
        for field in try reader.resolved(form?["Fields"])?.asArray ?? [] {
            try search.look(at: field, prefix: "", inheritedType: nil, depth: 0)
        }
        guard !search.found.isEmpty else { throw Refusal(PortableDocumentsRefusal.noSignature) }
        let found = search.found.sorted { $0.byteRange.second.upperBound < $1.byteRange.second.upperBound }
        for (earlier, later) in zip(found, found.dropFirst())
        where earlier.byteRange.second.upperBound > later.byteRange.first.upperBound {
            throw DocumentStructure.damaged("byte ranges of two signatures overlap")
        }
        return found
    }
}

/// The walk through the form's fields to the signatures in them.
private struct SignatureSearch {
    let bytes: [UInt8]
    let structure: DocumentStructure
    let reader: ObjectReader
    var found: [EmbeddedSignature] = []
    var visited = Set<ObjectID>()

    mutating func look(at field: PDFObject, prefix: String, inheritedType: PDFName?, depth: Int) throws(Refusal) {
        guard let id = field.asReference, depth < 20, visited.insert(id).inserted,
            let dictionary = try reader.object(id).asDictionary
        else { throw DocumentStructure.damaged("form field") }
        let part = dictionary["T"].flatMap(\.asString).map(Self.text)
        let name = [prefix, part ?? ""].filter { !$0.isEmpty }.joined(separator: ".")
        let type = dictionary["FT"]?.asName ?? inheritedType
        if type == "Sig", let value = dictionary["V"] {
            guard let signature = value.asReference, visited.insert(signature).inserted else {
                throw DocumentStructure.damaged("signature of field \(id)")
            }
            found.append(try self.signature(signature, fieldName: name))
        }
        for kid in try reader.resolved(dictionary["Kids"])?.asArray ?? [] {
            try look(at: kid, prefix: name, inheritedType: type, depth: depth + 1)
        }
    }

    private func signature(_ id: ObjectID, fieldName: String) throws(Refusal) -> EmbeddedSignature {
        func wrong(_ what: String) -> Refusal { DocumentStructure.damaged("signature \(id): \(what)") }
        guard structure.identity(id.number) == id, case .offset(let offset, _)? = structure.entries[id.number] else {
            throw wrong("is in an object stream")
        }
        var parser = PDFParser(bytes, at: offset)
        parser.skipWhite()
        _ = parser.takeObjectHead()
        var places: [PDFName: Range<Int>] = [:]
        let dictionary: PDFDictionary
        do { dictionary = try parser.parseDictionary { places[$0] = $1 } } catch { throw wrong("\(error)") }
        let numbers = dictionary["ByteRange"]?.asArray?.map { $0.asInteger ?? -1 } ?? []
        guard let range = SignatureByteRange(numbers, size: bytes.count) else { throw wrong("ByteRange") }
        guard let contents = dictionary["Contents"]?.asString, let place = places["Contents"], place == range.gap,
            bytes[place.lowerBound] == UInt8(ascii: "<")
        else { throw wrong("the gap is not Contents") }
        let hex = bytes[(place.lowerBound + 1)..<(place.upperBound - 1)]
        guard hex.allSatisfy({ PDFCharacter.hexValue($0) != nil }), hex.count.isMultiple(of: 2) else {
            throw wrong("Contents")
        }
        guard try reader.object(id).asDictionary?["Contents"] == .string(contents) else {
            throw wrong("is read in two ways")
        }
        guard let length = Self.derLength(contents), contents[length...].allSatisfy({ $0 == 0 }) else {
            throw wrong("padding")
        }
        let end = range.second.upperBound
        let tail = bytes[..<end].suffix(16)
        let wholeRevision =
            DocumentStructure.last("%%EOF", in: Array(tail), from: 0, before: tail.count).map {
                tail.dropFirst($0 + 5).allSatisfy(PDFCharacter.isWhite)
            } ?? false
        return EmbeddedSignature(
            fieldName: fieldName, subFilter: dictionary["SubFilter"]?.asName?.description ?? "", byteRange: range,
            contents: Array(contents[..<length]), coversWholeFile: end == bytes.count,
            coversWholeRevision: wholeRevision)
    }

    /// How long the DER SEQUENCE at the start is, head included.
    private static func derLength(_ bytes: [UInt8]) -> Int? {
        guard bytes.count >= 2, bytes[0] == 0x30 else { return nil }
        let first = Int(bytes[1])
        if first < 0x80 { return 2 + first <= bytes.count ? 2 + first : nil }
        let count = first & 0x7F
        guard (1...4).contains(count), bytes.count >= 2 + count else { return nil }
        let length = bytes[2..<2 + count].reduce(0) { $0 << 8 | Int($1) }
        return 2 + count + length <= bytes.count ? 2 + count + length : nil
    }

    private static func text(_ bytes: [UInt8]) -> String {
        guard bytes.starts(with: [0xFE, 0xFF]) else { return String(decoding: bytes, as: UTF8.self) }
        let units = stride(from: 2, to: bytes.count - 1, by: 2).map { UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]) }
        return String(decoding: units, as: UTF16.self)
    }
}
