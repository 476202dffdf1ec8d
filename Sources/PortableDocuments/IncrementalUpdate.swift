internal import Groundwork

/// A section that is appended to a document and changes it: new and rewritten objects, and a cross-reference of the
/// same kind as the document's last one (ISO 32000-1, 7.5.6). No byte of the document is touched.
struct IncrementalUpdate {
    private let structure: DocumentStructure
    private var appended: [UInt8] = []
    private let base: Int
    private var offsets: [Int: (offset: Int, generation: Int)] = [:]
    private var unused: Int

    init(to bytes: [UInt8], structure: DocumentStructure) {
        self.structure = structure
        base = bytes.count
        unused = structure.firstUnusedNumber
        // `%%EOF` may be the very last byte.
        if let last = bytes.last, last != 0x0A, last != 0x0D { appended.append(0x0A) }
    }

    mutating func newObject() -> ObjectID {
        defer { unused += 1 }
        return ObjectID(unused)
    }

    /// Writes the object; returns where in the whole document its body begins.
    @discardableResult
    mutating func write(_ id: ObjectID, _ body: [UInt8]) -> Int {
        offsets[id.number] = (base + appended.count, id.generation)
        appended += "\(id.number) \(id.generation) obj\n".utf8
        let start = base + appended.count
        appended += body
        appended += "\nendobj\n".utf8
        return start
    }

    mutating func write(_ id: ObjectID, _ object: PDFObject) { write(id, object.written) }

    mutating func write(_ id: ObjectID, stream dictionary: PDFDictionary, data: [UInt8]) {
        var dictionary = dictionary
        dictionary["Length"] = .integer(data.count)
        write(
            id, PDFObject.dictionary(dictionary).written + Array("\nstream\n".utf8) + data + Array("\nendstream".utf8))
    }

    /// Ends the section and gives all bytes to append.
    /// - Parameter identifier: what changes in /ID: its second half, made anew for each version (14.4).
    mutating func finished(identifier: [UInt8]) -> [UInt8] {
        var trailer = PDFDictionary()
        let kept = structure.trailer["ID"]?.asArray?.first?.asString
        if let info = structure.trailer["Info"] { trailer["Info"] = info }
        trailer["Root"] = .reference(structure.root)
        trailer["Prev"] = .integer(structure.startOfCrossReference)
        trailer["ID"] = .array([.string(kept ?? identifier), .string(identifier)])
        let start: Int
        switch structure.kind {
        case .table: start = finishTable(trailer)
        case .stream: start = finishStream(trailer)
        }
        appended += "startxref\n\(start)\n%%EOF\n".utf8
        return appended
    }

    /// Consecutive numbers, in order: what a subsection lists.
    private static func runs(_ numbers: [Int]) -> [[Int]] {
        numbers.sorted().reduce(into: []) { runs, number in
            if let last = runs.last?.last, last + 1 == number {
                runs[runs.count - 1].append(number)
            } else {
                runs.append([number])
            }
        }
    }

    private mutating func finishTable(_ trailer: PDFDictionary) -> Int {
        let start = base + appended.count
        appended += "xref\n".utf8
        // Readers expect object 0, the head of the list of free objects, in every table; it stays as it was.
        var head = (next: 0, generation: 65_535)
        if case .free(let next, let generation)? = structure.entries[0] {
            head = (next <= CrossReferenceSection.highestNumber ? next : 0, min(generation, 65_535))
        }
        for run in Self.runs([0] + offsets.keys) {
            appended += "\(run[0]) \(run.count)\n".utf8
            for number in run {
                if let (offset, generation) = offsets[number] {
                    appended += Self.entry(offset, generation, "n")
                } else {
                    appended += Self.entry(head.next, head.generation, "f")
                }
            }
        }
        var trailer = trailer
        trailer["Size"] = .integer(unused)
        appended += "trailer\n".utf8
        appended += PDFObject.dictionary(trailer).written
        appended.append(0x0A)
        return start
    }

    /// Exactly 20 bytes (7.5.4).
    private static func entry(_ field: Int, _ generation: Int, _ kind: String) -> [UInt8] {
        Array("\(String(field).leftPadded(to: 10)) \(String(generation).leftPadded(to: 5)) \(kind) \n".utf8)
    }

    private mutating func finishStream(_ trailer: PDFDictionary) -> Int {
        let id = newObject()
        let start = base + appended.count
        offsets[id.number] = (start, 0)
        let runs = Self.runs(Array(offsets.keys))
        var data: [UInt8] = []
        for number in runs.joined() {
            let (offset, generation) = offsets[number] ?? (0, 0)
            data.append(1)
            data += stride(from: 32, through: 0, by: -8).map { UInt8(truncatingIfNeeded: offset >> $0) }
            data += [UInt8(truncatingIfNeeded: generation >> 8), UInt8(truncatingIfNeeded: generation)]
        }
        var dictionary = trailer
        dictionary["Type"] = .name("XRef")
        dictionary["Size"] = .integer(unused)
        dictionary["W"] = .array([.integer(1), .integer(5), .integer(2)])
        dictionary["Index"] = .array(runs.flatMap { [.integer($0[0]), .integer($0.count)] })
        write(id, stream: dictionary, data: data)
        return start
    }
}
