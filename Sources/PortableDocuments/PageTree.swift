internal import Groundwork

/// The walk from the catalog to every page (ISO 32000-1, 7.7.3), with what pages inherit on the way.
struct PageTree {
    private let reader: ObjectReader
    private let limits: DocumentLimits
    private(set) var pages: [PageGeometry] = []
    private var visited = Set<ObjectID>()

    private struct Inherited {
        var mediaBox: PDFObject?
        var cropBox: PDFObject?
        var rotate: PDFObject?
    }

    init(catalog: PDFDictionary, reader: ObjectReader, limits: DocumentLimits) throws(Refusal) {
        self.reader = reader
        self.limits = limits
        guard let top = catalog["Pages"]?.asReference else { throw DocumentStructure.damaged("catalog without Pages") }
        try walk(top, Inherited(), depth: 0)
        guard !pages.isEmpty else { throw DocumentStructure.damaged("no pages") }
    }

    private mutating func walk(_ id: ObjectID, _ inherited: Inherited, depth: Int) throws(Refusal) {
        guard depth < 40, visited.insert(id).inserted, let node = try reader.object(id).asDictionary else {
            throw DocumentStructure.damaged("page tree at \(id)")
        }
        var inherited = inherited
        inherited.mediaBox = node["MediaBox"] ?? inherited.mediaBox
        inherited.cropBox = node["CropBox"] ?? inherited.cropBox
        inherited.rotate = node["Rotate"] ?? inherited.rotate
        guard node["Kids"] != nil else {
            guard node.names("Page", at: "Type") else { throw DocumentStructure.damaged("page \(id) without Type") }
            return try add(id, node, inherited)
        }
        guard let kids = try reader.resolved(node["Kids"])?.asArray else {
            throw DocumentStructure.damaged("Kids of \(id)")
        }
        for kid in kids {
            guard let kid = kid.asReference else { throw DocumentStructure.damaged("Kids of \(id)") }
            try walk(kid, inherited, depth: depth + 1)
        }
    }

    private mutating func add(_ id: ObjectID, _ page: PDFDictionary, _ inherited: Inherited) throws(Refusal) {
        guard pages.count < limits.pages else {
            throw Refusal(PortableDocumentsRefusal.tooManyPages, facts: ["most": "\(limits.pages)"])
        }
        guard let media = PDFRectangle(try numbers(inherited.mediaBox)), media.width > 0, media.height > 0 else {
            throw DocumentStructure.damaged("MediaBox of page \(pages.count + 1)")
        }
        var box = media
        if let crop = inherited.cropBox {
            guard let crop = PDFRectangle(try numbers(crop)), let shown = media.intersection(crop) else {
                throw DocumentStructure.damaged("CropBox of page \(pages.count + 1)")
            }
            box = shown
        }
        let rotate = try reader.resolved(inherited.rotate)?.asNumber ?? 0
        let unit = try reader.resolved(page["UserUnit"])?.asNumber ?? 1
        guard rotate.truncatingRemainder(dividingBy: 90) == 0, abs(rotate) < 1_000_000, unit > 0, unit <= 10_000 else {
            throw DocumentStructure.damaged("Rotate or UserUnit of page \(pages.count + 1)")
        }
        let turns = (Int(rotate) / 90 % 4 + 4) % 4
        pages.append(PageGeometry(id: id, box: box, quarterTurns: turns, userUnit: unit))
    }

    /// An array whose numbers may each be an object of their own.
    private func numbers(_ object: PDFObject?) throws(Refusal) -> PDFObject? {
        guard let items = try reader.resolved(object)?.asArray, items.count == 4 else { return nil }
        var plain: [PDFObject] = []
        for item in items { plain.append(try reader.resolved(item) ?? .null) }
        return .array(plain)
    }
}
