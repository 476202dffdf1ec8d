internal import Groundwork

extension DocumentStructure {
    /// Every object stands where its entry says, and all object streams together unfold to no more than the limit.
    func checkObjects(_ bytes: [UInt8], limits: DocumentLimits) throws(Refusal) {
        guard entries.count <= limits.objects else {
            throw Refusal(PortableDocumentsRefusal.tooLarge, facts: ["what": "objects > \(limits.objects)"])
        }
        var streams = Set<Int>()
        for (number, entry) in entries {
            switch entry {
            case .free: break
            case .offset(let offset, let generation):
                var parser = PDFParser(bytes, at: offset)
                parser.skipWhite()
                guard offset < bytes.count, parser.takeObjectHead() == ObjectID(number, generation) else {
                    throw Self.damaged("object \(number) is not at \(offset)")
                }
            case .compressed(let stream, _): streams.insert(stream)
            }
        }
        var budget = limits.unfoldedBytes
        for stream in streams {
            budget -= try unfoldedSize(ofObjectStream: stream, in: bytes, limit: budget)
        }
    }

    private func unfoldedSize(ofObjectStream number: Int, in bytes: [UInt8], limit: Int) throws(Refusal) -> Int {
        guard case .offset(let offset, _)? = entries[number] else { throw Self.damaged("object stream \(number)") }
        var parser = PDFParser(bytes, at: offset)
        parser.skipWhite()
        _ = parser.takeObjectHead()
        let dictionary: PDFDictionary
        do { dictionary = try parser.parseDictionary() } catch {
            throw Self.damaged("object stream \(number): \(error)")
        }
        guard dictionary.names("ObjStm", at: "Type"), let start = parser.takeStreamStart(),
            let length = integer(dictionary["Length"], in: bytes), length >= 0, length <= bytes.count - start
        else { throw Self.damaged("object stream \(number)") }
        var filter = dictionary["Filter"]
        if let array = filter?.asArray { filter = array.count == 1 ? array[0] : .null }
        guard let filter else { return length }
        guard filter == .name("FlateDecode"), dictionary["DecodeParms"] == nil, dictionary["F"] == nil else {
            throw Self.damaged("object stream \(number)'s filter")
        }
        do {
            return try Flate.inflatedSize(bytes[start..<start + length], limit: limit)
        } catch Flate.Failure.tooLarge {
            throw Refusal(PortableDocumentsRefusal.tooLarge, facts: ["what": "unfolded > \(limit)"])
        } catch {
            throw Self.damaged("object stream \(number)'s data")
        }
    }

    /// A number that may stand in an uncompressed object of its own.
    private func integer(_ object: PDFObject?, in bytes: [UInt8]) -> Int? {
        guard case .reference(let id)? = object else { return object?.asInteger }
        guard case .offset(let offset, _)? = entries[id.number] else { return nil }
        var parser = PDFParser(bytes, at: offset)
        parser.skipWhite()
        guard parser.takeObjectHead() == id else { return nil }
        return (try? parser.parseObject())?.asInteger
    }

    /// Which generation an object has now; `nil` if there is none of this number.
    func identity(_ number: Int) -> ObjectID? {
        switch entries[number] {
        case .offset(_, let generation)?: ObjectID(number, generation)
        case .compressed?: ObjectID(number)
        case .free?, nil: nil
        }
    }
}
