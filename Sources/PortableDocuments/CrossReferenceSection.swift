/// Where an object is, by one cross-reference entry (ISO 32000-1, 7.5.4 and 7.5.8).
enum CrossReferenceEntry: Hashable, Sendable {
    case free(next: Int, generation: Int)
    case offset(Int, generation: Int)
    case compressed(stream: Int, index: Int)

    var isInUse: Bool { if case .free = self { false } else { true } }
}

/// One cross-reference section with its trailer.
struct CrossReferenceSection: Sendable {
    enum Kind: Hashable, Sendable {
        case table
        case stream(ObjectID)
    }

    var kind: Kind
    var trailer: PDFDictionary
    var entries: [Int: CrossReferenceEntry]

    enum Failure: Error {
        case damaged(String)
        case tooLarge
    }

    /// Reads the section at `offset`, of whichever kind.
    init(in bytes: [UInt8], at offset: Int, limits: DocumentLimits) throws(Failure) {
        guard bytes.indices.contains(offset) else { throw .damaged("cross-reference offset \(offset)") }
        var parser = PDFParser(bytes, at: offset)
        parser.skipWhite()
        if parser.take("xref") {
            try self.init(tableIn: &parser, limits: limits)
        } else {
            try self.init(streamIn: &parser, limits: limits)
        }
    }

    private init(tableIn parser: inout PDFParser, limits: DocumentLimits) throws(Failure) {
        var entries: [Int: CrossReferenceEntry] = [:]
        parser.skipWhite()
        while !parser.take("trailer") {
            guard let first = parser.takeNatural() else { throw .damaged("subsection at \(parser.position)") }
            parser.skipWhite()
            guard let count = parser.takeNatural() else { throw .damaged("subsection at \(parser.position)") }
            guard first <= Self.highestNumber, count <= limits.objects, entries.count + count <= limits.objects else {
                throw .tooLarge
            }
            for number in first..<first + count {
                parser.skipWhite()
                guard let field = parser.takeNatural() else { throw .damaged("entry \(number)") }
                parser.skipWhite()
                guard let generation = parser.takeNatural() else { throw .damaged("entry \(number)") }
                parser.skipWhite()
                let entry: CrossReferenceEntry
                if parser.take("n") {
                    entry = field == 0 ? .free(next: 0, generation: generation) : .offset(field, generation: generation)
                } else if parser.take("f") {
                    entry = .free(next: field, generation: generation)
                } else {
                    throw .damaged("entry \(number)")
                }
                guard entries.updateValue(entry, forKey: number) == nil else {
                    throw .damaged("object \(number) listed twice")
                }
            }
            parser.skipWhite()
        }
        kind = .table
        self.entries = entries
        do { trailer = try parser.parseDictionary() } catch { throw .damaged("trailer: \(error)") }
    }

    private init(streamIn parser: inout PDFParser, limits: DocumentLimits) throws(Failure) {
        guard let id = parser.takeObjectHead() else { throw .damaged("no cross-reference at \(parser.position)") }
        let dictionary: PDFDictionary
        do { dictionary = try parser.parseDictionary() } catch { throw .damaged("cross-reference stream: \(error)") }
        guard dictionary.names("XRef", at: "Type"), let start = parser.takeStreamStart(),
            let length = dictionary["Length"]?.asInteger, length >= 0, length <= parser.bytes.count - start
        else { throw .damaged("cross-reference stream \(id)") }
        let layout = try Layout(dictionary, limits: limits)
        let data = try layout.unfolded(parser.bytes[start..<start + length], dictionary)
        kind = .stream(id)
        trailer = dictionary
        entries = try layout.entries(data)
    }

    /// Annex C: the largest object number that the reference implementation took.
    static let highestNumber = 8_388_607
}

/// How the rows of one cross-reference stream are laid out (7.5.8.2).
private struct Layout {
    let widths: [Int]
    let ranges: [(first: Int, count: Int)]

    var rowLength: Int { widths.reduce(0, +) }
    var rows: Int { ranges.reduce(0) { $0 + $1.count } }

    init(_ dictionary: PDFDictionary, limits: DocumentLimits) throws(CrossReferenceSection.Failure) {
        guard let widths = dictionary["W"]?.asArray?.map({ $0.asInteger ?? -1 }), widths.count == 3,
            widths.allSatisfy({ (0...8).contains($0) }), widths[1] > 0, let size = dictionary["Size"]?.asInteger
        else { throw .damaged("cross-reference stream's W or Size") }
        let index = dictionary["Index"]?.asArray?.map { $0.asInteger ?? -1 } ?? [0, size]
        guard index.count.isMultiple(of: 2), index.allSatisfy({ $0 >= 0 }) else { throw .damaged("Index") }
        var ranges: [(first: Int, count: Int)] = []
        var total = 0
        for start in stride(from: 0, to: index.count, by: 2) {
            guard index[start] <= CrossReferenceSection.highestNumber, index[start + 1] <= limits.objects,
                total + index[start + 1] <= limits.objects
            else { throw .tooLarge }
            total += index[start + 1]
            ranges.append((index[start], index[start + 1]))
        }
        self.widths = widths
        self.ranges = ranges
    }

    func unfolded(
        _ data: ArraySlice<UInt8>, _ dictionary: PDFDictionary
    ) throws(CrossReferenceSection.Failure) -> [UInt8] {
        func only(_ key: PDFName) -> PDFObject? {
            if let array = dictionary[key]?.asArray, array.count == 1 { return array[0] }
            return dictionary[key]
        }
        guard let filter = only("Filter") else { return Array(data) }
        guard filter == .name("FlateDecode") else { throw .damaged("cross-reference stream's filter") }
        let parameters = only("DecodeParms")?.asDictionary
        let predictor = parameters?["Predictor"]?.asInteger ?? 1
        let predicted = predictor >= 10
        guard predictor == 1 || predicted else { throw .damaged("predictor \(predictor)") }
        let columns = parameters?["Columns"]?.asInteger ?? 1
        guard !predicted || columns == rowLength, parameters?["Colors"] ?? .integer(1) == .integer(1),
            parameters?["BitsPerComponent"] ?? .integer(8) == .integer(8)
        else { throw .damaged("cross-reference stream's columns") }
        do {
            let plain = try Flate.inflate(data, limit: rows * (rowLength + 1))
            guard predicted else { return plain }
            guard let undone = Flate.unpredicted(plain, columns: columns) else {
                throw Flate.Failure.damaged
            }
            return undone
        } catch {
            throw .damaged("cross-reference stream's data")
        }
    }

    func entries(_ data: [UInt8]) throws(CrossReferenceSection.Failure) -> [Int: CrossReferenceEntry] {
        guard data.count == rows * rowLength else { throw .damaged("cross-reference stream's length") }
        var entries: [Int: CrossReferenceEntry] = [:]
        var position = 0
        func field(_ width: Int, default value: Int) -> Int {
            guard width > 0 else { return value }
            defer { position += width }
            let number = data[position..<position + width].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            return Int(clamping: number)
        }
        for range in ranges {
            for number in range.first..<range.first + range.count {
                let type = field(widths[0], default: 1)
                let second = field(widths[1], default: 0)
                let third = field(widths[2], default: 0)
                let entry: CrossReferenceEntry =
                    switch type {
                    case 1 where second > 0: .offset(second, generation: third)
                    case 2: .compressed(stream: second, index: third)
                    default: .free(next: type == 0 ? second : 0, generation: third)
                    }
                guard entries.updateValue(entry, forKey: number) == nil else {
                    throw .damaged("object \(number) listed twice")
                }
            }
        }
        return entries
    }
}
