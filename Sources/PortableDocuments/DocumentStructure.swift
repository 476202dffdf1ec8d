internal import Groundwork

/// What the end of a PDF says about the rest: every cross-reference section, newest first, and where each object is.
///
/// Read without libqpdf and before it, so that what it is given is known to be bounded: no loop of sections, no object
/// stream that unfolds to gigabytes, every object where its entry says. The incremental update needs these facts too,
/// and libqpdf does not tell them.
struct DocumentStructure: Sendable {
    /// The number behind the last `startxref`, as written.
    let startOfCrossReference: Int
    let sections: [CrossReferenceSection]
    let entries: [Int: CrossReferenceEntry]
    /// The version in the header, such as (1, 7).
    let version: PDFVersion
    let root: ObjectID

    var trailer: PDFDictionary { sections[0].trailer }
    var kind: CrossReferenceSection.Kind { sections[0].kind }

    /// The first number that no object ever had.
    var firstUnusedNumber: Int {
        let sizes = sections.map { $0.trailer["Size"]?.asInteger ?? 0 }
        return max(sizes.max() ?? 0, (entries.keys.max() ?? 0) + 1)
    }

    init(_ bytes: [UInt8], limits: DocumentLimits = .standard) throws(Refusal) {
        guard bytes.count <= limits.bytes else {
            throw Refusal(PortableDocumentsRefusal.tooLarge, facts: ["what": "\(bytes.count) > \(limits.bytes)"])
        }
        version = try Self.version(bytes)
        startOfCrossReference = try Self.startOfCrossReference(bytes)
        sections = try Self.sections(bytes, from: startOfCrossReference, limits: limits)
        var entries: [Int: CrossReferenceEntry] = [:]
        for section in sections {
            entries.merge(section.entries) { newer, _ in newer }
        }
        self.entries = entries
        guard let root = sections[0].trailer["Root"]?.asReference else {
            throw Self.damaged("trailer without Root")
        }
        // A larger Size is a slip that changes nothing; a smaller one hides objects from some readers (7.5.5).
        guard let size = sections[0].trailer["Size"]?.asInteger, size <= CrossReferenceSection.highestNumber,
            (entries.filter { $0.value.isInUse }.keys.max() ?? 0) < size
        else { throw Self.damaged("Size") }
        self.root = root
        try checkObjects(bytes, limits: limits)
    }

    static func damaged(_ detail: String) -> Refusal { Refusal(PortableDocumentsRefusal.damaged, detail: detail) }

    private static func version(_ bytes: [UInt8]) throws(Refusal) -> PDFVersion {
        let mark = Array("%PDF-".utf8)
        guard bytes.starts(with: mark) else {
            let start = bytes.prefix(1024)
            let later = start.indices.contains { start[$0...].starts(with: mark) }
            throw Refusal(
                later ? PortableDocumentsRefusal.damaged : .notPDF, detail: later ? "data before the header" : "")
        }
        var parser = PDFParser(bytes, at: mark.count)
        guard parser.next(1) == UInt8(ascii: "."), let major = parser.next, let minor = parser.next(2),
            PDFCharacter.isDigit(major), PDFCharacter.isDigit(minor)
        else { throw damaged("header") }
        parser.position += 3
        return PDFVersion(major: Int(major - 0x30), minor: Int(minor - 0x30))
    }

    /// The last lines of the file: `startxref`, a number, `%%EOF`, and nothing behind it but white space.
    private static func startOfCrossReference(_ bytes: [UInt8]) throws(Refusal) -> Int {
        let lowest = max(0, bytes.count - 4096)
        guard let end = last("%%EOF", in: bytes, from: lowest, before: bytes.count),
            let start = last("startxref", in: bytes, from: lowest, before: end)
        else { throw Refusal(PortableDocumentsRefusal.truncated) }
        guard bytes[(end + 5)...].allSatisfy(PDFCharacter.isWhite) else {
            // An end of an earlier revision with objects behind it is a file that was cut; anything else was added.
            let cut = last("obj", in: bytes, from: end, before: bytes.count) != nil
            throw Refusal(cut ? PortableDocumentsRefusal.truncated : .trailingData)
        }
        var parser = PDFParser(bytes, at: start + 9)
        while let byte = parser.next, PDFCharacter.isWhite(byte) { parser.position += 1 }
        guard let offset = parser.takeNatural() else { throw Refusal(PortableDocumentsRefusal.truncated) }
        while let byte = parser.next, PDFCharacter.isWhite(byte) { parser.position += 1 }
        guard parser.position == end else { throw damaged("startxref") }
        return offset
    }

    static func last(_ word: StaticString, in bytes: [UInt8], from lowest: Int, before end: Int) -> Int? {
        let length = word.utf8CodeUnitCount
        var position = end - length
        while position >= lowest {
            if (0..<length).allSatisfy({ bytes[position + $0] == word.utf8Start[$0] }) { return position }
            position -= 1
        }
        return nil
    }

    private static func sections(
        _ bytes: [UInt8], from start: Int, limits: DocumentLimits
    ) throws(Refusal) -> [CrossReferenceSection] {
        var sections: [CrossReferenceSection] = []
        var visited = Set<Int>()
        var next: Int? = start
        var listed = 0
        while let offset = next {
            guard visited.insert(offset).inserted, sections.count < 500 else { throw damaged("loop of Prev") }
            let section: CrossReferenceSection
            do {
                section = try CrossReferenceSection(in: bytes, at: offset, limits: limits)
            } catch CrossReferenceSection.Failure.tooLarge {
                throw Refusal(PortableDocumentsRefusal.tooLarge, facts: ["what": "objects > \(limits.objects)"])
            } catch {
                // A wrong offset at the very end most often means that the middle of the file is gone.
                let reason: PortableDocumentsRefusal = offset >= bytes.count ? .truncated : .damaged
                throw Refusal(reason, detail: "\(error)")
            }
            if section.trailer["Encrypt"] != nil { throw Refusal(PortableDocumentsRefusal.encrypted) }
            if section.trailer["XRefStm"] != nil { throw Refusal(PortableDocumentsRefusal.hybrid, detail: "XRefStm") }
            listed += section.entries.count
            guard listed <= 2 * limits.objects else {
                throw Refusal(PortableDocumentsRefusal.tooLarge, facts: ["what": "objects > \(limits.objects)"])
            }
            next = nil
            if let previous = section.trailer["Prev"] {
                guard let previous = previous.asInteger, previous >= 0 else { throw damaged("Prev") }
                next = previous
            }
            sections.append(section)
        }
        let tables = sections.filter { $0.kind == .table }.count
        guard tables == 0 || tables == sections.count else {
            throw Refusal(PortableDocumentsRefusal.hybrid, detail: "tables and streams in one chain")
        }
        return sections
    }
}

/// A version of PDF.
struct PDFVersion: Hashable, Comparable, Sendable {
    var major: Int
    var minor: Int

    static func < (left: PDFVersion, right: PDFVersion) -> Bool {
        (left.major, left.minor) < (right.major, right.minor)
    }
}
