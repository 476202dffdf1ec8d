internal import CQPDF
internal import Groundwork

/// libqpdf, reading a document's objects one by one: the only owner of its handle.
///
/// Strict: recovery is off, and any warning refuses the document, for a viewer might repair it another way. Not shared
/// between threads: made, used and let go inside one call.
final class ObjectReader {
    private var handle: qpdf_data?
    // qpdf keeps the pointer that it was given, so the bytes are copied to a place that does not move.
    private let copy: UnsafeMutableBufferPointer<CChar>

    init(_ bytes: [UInt8]) throws(Refusal) {
        copy = .allocate(capacity: max(1, bytes.count))
        UnsafeMutableRawBufferPointer(copy).copyBytes(from: bytes)
        handle = qpdf_init()
        qpdf_silence_errors(handle)
        qpdf_set_suppress_warnings(handle, QPDF_TRUE)
        qpdf_set_attempt_recovery(handle, QPDF_FALSE)
        _ = qpdf_read_memory(handle, "document", copy.baseAddress, UInt64(bytes.count), nil)
        if qpdf_has_error(handle) != QPDF_FALSE, let error = qpdf_get_error(handle) {
            let encrypted = qpdf_get_error_code(handle, error) == qpdf_e_password
            let text = qpdf_get_error_message_detail(handle, error).map { String(cString: $0) } ?? ""
            throw Refusal(encrypted ? PortableDocumentsRefusal.encrypted : .damaged, detail: text)
        }
        if qpdf_is_encrypted(handle) != QPDF_FALSE { throw Refusal(PortableDocumentsRefusal.encrypted) }
    }

    deinit {
        qpdf_cleanup(&handle)
        copy.deallocate()
    }

    /// The object; `.null` if there is none of this number.
    func object(_ id: ObjectID) throws(Refusal) -> PDFObject {
        guard let number = Int32(exactly: id.number), let generation = Int32(exactly: id.generation) else {
            return .null
        }
        let object = qpdf_get_object_by_id(handle, number, generation)
        defer { qpdf_oh_release(handle, object) }
        let value: PDFObject
        if qpdf_oh_is_stream(handle, object) != QPDF_FALSE {
            let dictionary = qpdf_oh_get_dict(handle, object)
            defer { qpdf_oh_release(handle, dictionary) }
            guard case .dictionary(let parsed) = try parsed(dictionary, id) else {
                throw DocumentStructure.damaged("stream \(id)")
            }
            value = .stream(parsed)
        } else {
            value = try parsed(object, id)
        }
        try requireSilence(id)
        return value
    }

    /// The object that a reference leads to, or the object itself.
    func resolved(_ object: PDFObject?) throws(Refusal) -> PDFObject? {
        guard case .reference(let id)? = object else { return object }
        let value = try self.object(id)
        // A reference to a reference is no valid object.
        if case .reference = value { throw DocumentStructure.damaged("object \(id) is a reference") }
        return value == .null ? nil : value
    }

    private func parsed(_ object: qpdf_oh, _ id: ObjectID) throws(Refusal) -> PDFObject {
        guard let text = qpdf_oh_unparse_resolved(handle, object) else { return .null }
        var parser = PDFParser(Array(UnsafeRawBufferPointer(start: text, count: strlen(text))))
        do { return try parser.parseObject() } catch { throw DocumentStructure.damaged("object \(id): \(error)") }
    }

    private func requireSilence(_ id: ObjectID) throws(Refusal) {
        if qpdf_has_error(handle) != QPDF_FALSE, let error = qpdf_get_error(handle) {
            throw DocumentStructure.damaged(
                "object \(id): \(qpdf_get_error_message_detail(handle, error).map { String(cString: $0) } ?? "")")
        }
        while qpdf_more_warnings(handle) != QPDF_FALSE, let warning = qpdf_next_warning(handle) {
            let text = qpdf_get_error_message_detail(handle, warning).map { String(cString: $0) } ?? ""
            // A Size that is too large; one that is too small was refused by DocumentStructure.
            if text.hasPrefix("reported number of objects") { continue }
            throw DocumentStructure.damaged("object \(id): \(text)")
        }
    }
}
