internal import Groundwork

/// Reads every object of a document once and notes the traps in it.
struct DocumentScan {
    private let structure: DocumentStructure
    private let reader: ObjectReader
    private var counts: [DocumentTrap: Int] = [:]
    private var firsts: [DocumentTrap: String] = [:]

    init(_ structure: DocumentStructure, reader: ObjectReader) {
        self.structure = structure
        self.reader = reader
    }

    mutating func findings(catalog: PDFDictionary) throws(Refusal) -> [DocumentFinding] {
        try lookAtCatalog(catalog)
        let reached = try walk(from: [structure.trailer["Root"], structure.trailer["Info"]].compactMap(\.self))
        try lookAtUnreferenced(reached)
        lookAtRevisions()
        return DocumentTrap.allCases.compactMap { trap in
            counts[trap].map { DocumentFinding(trap: trap, count: $0, detail: firsts[trap] ?? "") }
        }
    }

    private mutating func note(_ trap: DocumentTrap, _ detail: String) {
        counts[trap, default: 0] += 1
        if firsts[trap] == nil { firsts[trap] = detail }
    }

    // MARK: What only the catalog says

    private mutating func lookAtCatalog(_ catalog: PDFDictionary) throws(Refusal) {
        if catalog["OCProperties"] != nil { note(.optionalContent, "catalog OCProperties") }
        if catalog["Perms"] != nil { note(.existingSignature, "catalog Perms") }
        if catalog["DSS"] != nil { note(.existingSignature, "catalog DSS") }
        if catalog["Collection"] != nil { note(.embeddedFiles, "catalog Collection") }
        if let open = try reader.resolved(catalog["OpenAction"])?.asDictionary, !open.names("GoTo", at: "S") {
            note(.automaticAction, "catalog OpenAction")
        }
        if let names = try reader.resolved(catalog["Names"])?.asDictionary {
            if names["JavaScript"] != nil { note(.script, "catalog Names JavaScript") }
            if names["EmbeddedFiles"] != nil { note(.embeddedFiles, "catalog Names EmbeddedFiles") }
        }
        guard let form = try reader.resolved(catalog["AcroForm"])?.asDictionary else { return }
        var visited = Set<ObjectID>()
        for field in try reader.resolved(form["Fields"])?.asArray ?? [] {
            try requireTree(field, visited: &visited, depth: 0)
        }
        if form["XFA"] != nil { note(.xfaForm, "AcroForm XFA") }
        if try reader.resolved(form["NeedAppearances"]) == .boolean(true) { note(.needAppearances, "AcroForm") }
    }

    /// The fields are a tree of indirect objects (12.7.3.1): no loops, no field in two places.
    private func requireTree(_ field: PDFObject, visited: inout Set<ObjectID>, depth: Int) throws(Refusal) {
        guard let id = field.asReference, depth < 20, visited.insert(id).inserted else {
            throw DocumentStructure.damaged("form field \(field)")
        }
        for kid in try reader.resolved(try reader.object(id).asDictionary?["Kids"])?.asArray ?? [] {
            try requireTree(kid, visited: &visited, depth: depth + 1)
        }
    }

    // MARK: The walk

    private mutating func walk(from roots: [PDFObject]) throws(Refusal) -> Set<Int> {
        var reached = Set<Int>()
        var waiting: [ObjectID] = []
        func queue(_ id: ObjectID) {
            if structure.identity(id.number) == id, reached.insert(id.number).inserted { waiting.append(id) }
        }
        for root in roots {
            if case .reference(let id) = root { queue(id) }
        }
        while let id = waiting.popLast() {
            var references: [ObjectID] = []
            look(at: try reader.object(id), in: id, references: &references)
            references.forEach(queue)
        }
        return reached
    }

    private mutating func look(at object: PDFObject, in id: ObjectID, references: inout [ObjectID]) {
        switch object {
        case .reference(let other): references.append(other)
        case .array(let items): for item in items { look(at: item, in: id, references: &references) }
        case .dictionary(let dictionary):
            lookAtDictionary(dictionary, in: id)
            for (_, value) in dictionary.entries { look(at: value, in: id, references: &references) }
        case .stream(let dictionary):
            if dictionary["F"] != nil { note(.externalContent, "stream \(id) F") }
            if dictionary.names("EmbeddedFile", at: "Type") { note(.embeddedFiles, "stream \(id)") }
            if dictionary["Ref"] != nil, dictionary.names("Form", at: "Subtype") {
                note(.externalContent, "form \(id) Ref")
            }
            if dictionary["OPI"] != nil { note(.externalContent, "stream \(id) OPI") }
            if dictionary["Alternates"] != nil { note(.alternateImages, "image \(id)") }
            for (_, value) in dictionary.entries { look(at: value, in: id, references: &references) }
        case .null, .boolean, .integer, .real, .string, .name: break
        }
    }

    private mutating func lookAtDictionary(_ dictionary: PDFDictionary, in id: ObjectID) {
        // Resource dictionaries may call a font AA: only what can have additional actions counts.
        let mayAct = ["Type", "Parent", "FT", "T", "Rect"].contains { dictionary[$0] != nil }
        if dictionary["AA"] != nil, mayAct { note(.automaticAction, "object \(id) AA") }
        if dictionary["JS"] != nil, dictionary["S"] != nil { note(.script, "object \(id) JS") }
        if let action = dictionary["S"]?.asName { lookAtAction(action, in: id) }
        if dictionary["ByteRange"] != nil { note(.existingSignature, "object \(id) ByteRange") }
        if dictionary["EF"] != nil { note(.embeddedFiles, "object \(id) EF") }
        if let field = dictionary["FT"]?.asName { lookAtField(field, dictionary, in: id) }
        if dictionary["Rect"] != nil, let subtype = dictionary["Subtype"]?.asName {
            lookAtAnnotation(subtype, in: id)
        }
    }

    private mutating func lookAtAction(_ action: PDFName, in id: ObjectID) {
        let detail = "object \(id) \(action)"
        switch action {
        case "JavaScript": note(.script, detail)
        case "Launch", "SubmitForm", "ImportData", "Hide", "SetOCGState", "ResetForm": note(.launchAction, detail)
        case "GoToR", "GoToE": note(.externalContent, detail)
        case "Rendition", "Movie", "Sound", "GoTo3DView", "RichMediaExecute": note(.multimedia, detail)
        case "URI": note(.links, detail)
        default: break
        }
    }

    private mutating func lookAtField(_ type: PDFName, _ field: PDFDictionary, in id: ObjectID) {
        guard type == "Sig" else {
            note(.formFields, "field \(id)")
            let settled = type == "Btn" || field["V"] == nil || field["AP"] != nil || field["Kids"] != nil
            if !settled { note(.valueWithoutAppearance, "field \(id)") }
            return
        }
        if field["V"] != nil {
            note(.existingSignature, "field \(id)")
        } else {
            note(.emptySignatureField, "field \(id)")
        }
    }

    private mutating func lookAtAnnotation(_ subtype: PDFName, in id: ObjectID) {
        let detail = "annotation \(id) \(subtype)"
        switch subtype {
        case "Widget", "Link", "Popup": break
        case "FileAttachment": note(.embeddedFiles, detail)
        case "Sound", "Movie", "Screen", "3D", "RichMedia": note(.multimedia, detail)
        default: note(.annotations, detail)
        }
    }

    // MARK: What nothing refers to

    /// Shadow attacks put the later content into the document before it is signed, where nothing refers to it yet.
    private mutating func lookAtUnreferenced(_ reached: Set<Int>) throws(Refusal) {
        let linearization = try linearizationObjects()
        var machinery = linearization
        for case .compressed(let stream, _) in structure.entries.values { machinery.insert(stream) }
        for section in structure.sections {
            if case .stream(let id) = section.kind { machinery.insert(id.number) }
        }
        for number in structure.entries.keys.sorted() where !reached.contains(number) && !machinery.contains(number) {
            guard let id = structure.identity(number) else { continue }
            let object = try reader.object(id)
            let dictionary: PDFDictionary
            switch object {
            case .null: continue
            case .dictionary(let value), .stream(let value): dictionary = value
            default:
                note(.unreferencedObjects, "object \(id)")
                continue
            }
            switch dictionary["Type"]?.asName {
            case "XRef"?, "ObjStm"?: continue
            case "Catalog"?, "Pages"?, "Page"?: note(.hiddenPages, "object \(id)")
            default: note(.unreferencedObjects, "object \(id)")
            }
            if dictionary["ByteRange"] != nil { note(.existingSignature, "object \(id) ByteRange") }
        }
    }

    /// The linearization dictionary and its hint streams, to which nothing refers by design (annex F).
    private func linearizationObjects() throws(Refusal) -> Set<Int> {
        var found = Set<Int>()
        var hints = Set<Int>()
        // It must be the first object of the file.
        let first = structure.entries.compactMap { number, entry -> (Int, Int)? in
            if case .offset(let offset, _) = entry { (offset, number) } else { nil }
        }.min { $0.0 < $1.0 }
        guard let first, let id = structure.identity(first.1),
            let dictionary = try reader.object(id).asDictionary, dictionary["Linearized"] != nil
        else { return found }
        found.insert(first.1)
        let table = dictionary["H"]?.asArray?.compactMap(\.asInteger) ?? []
        for index in stride(from: 0, to: table.count, by: 2) { hints.insert(table[index]) }
        for (number, entry) in structure.entries {
            if case .offset(let offset, _) = entry, hints.contains(offset) { found.insert(number) }
        }
        return found
    }

    private mutating func lookAtRevisions() {
        // A linearized file has two sections from the start, and the one to be read first stands before the other.
        let previous = structure.trailer["Prev"]?.asInteger ?? 0
        let linearized = structure.sections.count == 2 && structure.startOfCrossReference < previous
        guard structure.sections.count > 1, !linearized else { return }
        note(.earlierRevisions, "\(structure.sections.count) cross-reference sections")
        counts[.earlierRevisions] = structure.sections.count - 1
    }
}
