package import Groundwork

extension StampDraft {
    /// Room for a signature with its chain and a time stamp with its own.
    package static let usualReservation = 24 << 10

    /// Blocks for libqpdf. From asynchronous code call it on a `BlockingPool`.
    /// - Parameters:
    ///   - claimedAt: /M, the claimed signing time; PAdES has it here and not among the signed attributes.
    ///   - identifier: 16 random bytes for the new version's /ID.
    package static func prepare(
        _ document: PDFDocument, placement: StampPlacement, appearance: StampAppearance, claimedAt: Instant,
        identifier: [UInt8], statement: StampStatement = StampStatement(),
        reservedBytes: Int = StampDraft.usualReservation
    ) throws(Refusal) -> StampDraft {
        guard placement.isSensible else { throw Refusal(PortableDocumentsRefusal.placement) }
        guard appearance.isSensible else { throw Refusal(PortableDocumentsRefusal.appearance) }
        guard (1...1 << 20).contains(reservedBytes) else {
            throw Refusal(
                PortableDocumentsRefusal.signatureTooLarge,
                facts: ["size": "\(reservedBytes)", "reserved": "\(1 << 20)"])
        }
        guard document.pages.indices.contains(placement.page - 1) else {
            throw Refusal(
                PortableDocumentsRefusal.noSuchPage,
                facts: ["page": "\(placement.page)", "pages": "\(document.pages.count)"])
        }
        let page = document.pages[placement.page - 1]
        guard let rectangle = page.rectangle(of: placement) else {
            throw Refusal(PortableDocumentsRefusal.outsidePage)
        }
        var writing = try StampWriting(document)
        let fieldName = try writing.fieldName(statement.fieldName)

        let form = writing.writeAppearance(appearance, page: page)
        let signature = writing.update.newObject()
        let field = writing.update.newObject()
        writing.writeField(
            field, name: fieldName, page: page, rectangle: rectangle, form: form, signature: signature)
        try writing.addAnnotation(field, to: page)
        try writing.addField(field)
        let start = writing.writeSignature(
            signature, claimedAt: claimedAt, statement: statement, reservedBytes: reservedBytes)
        return writing.draft(of: document, placeholders: start, identifier: identifier, reservedBytes: reservedBytes)
    }
}

/// The objects of one stamp, on their way into one incremental update.
private struct StampWriting {
    var update: IncrementalUpdate
    private let structure: DocumentStructure
    private let reader: ObjectReader
    private var catalog: PDFDictionary
    private let form: PDFDictionary
    private let fields: [PDFObject]

    /// Where the two values of the signature dictionary stand that are filled in later.
    struct Placeholders {
        var byteRange: Range<Int>
        var contents: Range<Int>
    }

    init(_ document: PDFDocument) throws(Refusal) {
        structure = document.structure
        reader = try ObjectReader(document.bytes)
        update = IncrementalUpdate(to: document.bytes, structure: structure)
        guard let catalog = try reader.object(structure.root).asDictionary else {
            throw DocumentStructure.damaged("no catalog")
        }
        self.catalog = catalog
        let form = try reader.resolved(catalog["AcroForm"])
        guard let form = form == nil ? PDFDictionary() : form?.asDictionary else {
            throw DocumentStructure.damaged("AcroForm")
        }
        let fields = try reader.resolved(form["Fields"])
        guard let fields = fields == nil ? [] : fields?.asArray else { throw DocumentStructure.damaged("Fields") }
        (self.form, self.fields) = (form, fields)
    }

    // MARK: Names

    /// The wanted name if it is free; without one the first free `Seal1`, `Seal2`, ….
    func fieldName(_ wanted: String?) throws(Refusal) -> String {
        var taken = Set<PDFObject>()
        for field in fields {
            if let name = try reader.resolved(field)?.asDictionary?["T"] {
                taken.insert(try reader.resolved(name) ?? .null)
            }
        }
        if let wanted {
            // A period separates partial names (12.7.3.2).
            guard !wanted.isEmpty, wanted.utf8.count <= 120, !wanted.contains("."), !taken.contains(.text(wanted))
            else {
                throw Refusal(PortableDocumentsRefusal.fieldName)
            }
            return wanted
        }
        let free = (1...taken.count + 1).first { !taken.contains(.text("Seal\($0)")) }
        return "Seal\(free ?? taken.count + 1)"
    }

    // MARK: New objects

    mutating func writeAppearance(_ appearance: StampAppearance, page: PageGeometry) -> ObjectID {
        let id = update.newObject()
        var dictionary = PDFDictionary([
            ("Type", .name("XObject")), ("Subtype", .name("Form")), ("FormType", .integer(1)),
            (
                "BBox",
                .array([.integer(0), .integer(0), .number(appearance.widthPoints), .number(appearance.heightPoints)])
            ),
            ("Matrix", .array(page.appearanceMatrix.map(PDFObject.integer))),
            ("Resources", .dictionary(PDFDictionary())),
        ])
        if let deflated = Flate.deflate(appearance.content), deflated.count < appearance.content.count {
            dictionary["Filter"] = .name("FlateDecode")
            update.write(id, stream: dictionary, data: deflated)
        } else {
            update.write(id, stream: dictionary, data: appearance.content)
        }
        return id
    }

    /// Field and widget in one dictionary (12.5.6.19). /F 132: printed, locked.
    mutating func writeField(
        _ id: ObjectID, name: String, page: PageGeometry, rectangle: PDFRectangle, form: ObjectID, signature: ObjectID
    ) {
        var field = PDFDictionary([
            ("Type", .name("Annot")), ("Subtype", .name("Widget")), ("FT", .name("Sig")), ("T", .text(name)),
            ("F", .integer(132)), ("P", .reference(page.id)), ("Rect", rectangle.object),
            ("AP", .dictionary(PDFDictionary([("N", .reference(form))]))), ("V", .reference(signature)),
        ])
        if page.quarterTurns > 0 {
            field["MK"] = .dictionary(PDFDictionary([("R", .integer(page.quarterTurns * 90))]))
        }
        update.write(id, .dictionary(field))
    }

    /// The signature dictionary, with blanks for /ByteRange and zeros for /Contents.
    mutating func writeSignature(
        _ id: ObjectID, claimedAt: Instant, statement: StampStatement, reservedBytes: Int
    ) -> Placeholders {
        var body = Array("<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached /M ".utf8)
        PDFObject.date(claimedAt).write(to: &body)
        let texts: [(PDFName, String?)] = [
            ("Name", statement.name), ("Reason", statement.reason), ("Location", statement.location),
        ]
        for (key, text) in texts {
            guard let text else { continue }
            body.append(UInt8(ascii: " "))
            key.write(to: &body)
            body.append(UInt8(ascii: " "))
            PDFObject.text(text).write(to: &body)
        }
        body += " /ByteRange ".utf8
        let byteRange = body.count..<body.count + Self.byteRangeLength
        body += String(repeating: " ", count: Self.byteRangeLength).utf8
        body += " /Contents ".utf8
        let contents = body.count..<body.count + 2 * reservedBytes + 2
        body.append(UInt8(ascii: "<"))
        body += [UInt8](repeating: UInt8(ascii: "0"), count: 2 * reservedBytes)
        body += "> >>".utf8
        let start = update.write(id, body)
        return Placeholders(
            byteRange: start + byteRange.lowerBound..<start + byteRange.upperBound,
            contents: start + contents.lowerBound..<start + contents.upperBound)
    }

    /// `[0 …]` with three numbers of up to ten digits.
    private static let byteRangeLength = 1 + 1 + 3 * 11 + 1

    // MARK: Changed objects

    mutating func addAnnotation(_ field: ObjectID, to page: PageGeometry) throws(Refusal) {
        guard var dictionary = try reader.object(page.id).asDictionary else {
            throw DocumentStructure.damaged("page \(page.id)")
        }
        let existing = try reader.resolved(dictionary["Annots"])
        guard let annotations = existing == nil ? [] : existing?.asArray else {
            throw DocumentStructure.damaged("Annots of page \(page.id)")
        }
        let extended = PDFObject.array(annotations + [.reference(field)])
        if case .reference(let id)? = dictionary["Annots"], existing != nil {
            update.write(id, extended)
        } else {
            dictionary["Annots"] = extended
            update.write(page.id, .dictionary(dictionary))
        }
    }

    /// Adds the field to the form, and writes whichever of array, form and catalog have to change.
    mutating func addField(_ field: ObjectID) throws(Refusal) {
        var form = form
        let extended = PDFObject.array(fields + [.reference(field)])
        if case .reference(let id)? = form["Fields"], try reader.resolved(form["Fields"]) != nil {
            update.write(id, extended)
        } else {
            form["Fields"] = extended
        }
        // Signatures exist, and the document may only be extended (table 219).
        form["SigFlags"] = .integer(3)
        var catalog = catalog
        if case .reference(let id)? = catalog["AcroForm"], try reader.resolved(catalog["AcroForm"]) != nil {
            update.write(id, .dictionary(form))
        } else {
            let id = update.newObject()
            update.write(id, .dictionary(form))
            catalog["AcroForm"] = .reference(id)
        }
        try declareExtension(&catalog)
        if catalog != self.catalog { update.write(structure.root, .dictionary(catalog)) }
    }

    /// ETSI.CAdES.detached came after PDF 1.7, as ETSI's extension to it; PDF 2.0 has it built in.
    private func declareExtension(_ catalog: inout PDFDictionary) throws(Refusal) {
        var version = structure.version
        if let name = catalog["Version"]?.asName?.bytes, name.count == 3, PDFCharacter.isDigit(name[0]),
            PDFCharacter.isDigit(name[2])
        {
            version = max(version, PDFVersion(major: Int(name[0] - 0x30), minor: Int(name[2] - 0x30)))
        }
        guard version < PDFVersion(major: 2, minor: 0) else { return }
        var extensions = try reader.resolved(catalog["Extensions"])?.asDictionary ?? PDFDictionary()
        guard extensions["ESIC"] == nil else { return }
        extensions["ESIC"] = .dictionary(
            PDFDictionary([("BaseVersion", .name("1.7")), ("ExtensionLevel", .integer(1))]))
        catalog["Extensions"] = .dictionary(extensions)
        if version < PDFVersion(major: 1, minor: 7) { catalog["Version"] = .name("1.7") }
    }

    // MARK: The draft

    mutating func draft(
        of document: PDFDocument, placeholders: Placeholders, identifier: [UInt8], reservedBytes: Int
    ) -> StampDraft {
        var bytes = document.bytes + update.finished(identifier: identifier)
        let range = SignatureByteRange(gap: placeholders.contents, end: bytes.count)
        let numbers = range.numbers.map(String.init).joined(separator: " ")
        bytes.replaceSubrange(
            placeholders.byteRange.lowerBound..<placeholders.byteRange.lowerBound + numbers.utf8.count + 2,
            with: "[\(numbers)]".utf8)
        return StampDraft(bytes: bytes, byteRange: range, reservedBytes: reservedBytes)
    }
}
