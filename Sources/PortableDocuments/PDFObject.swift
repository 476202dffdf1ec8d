/// A name object, by its decoded bytes (ISO 32000-1, 7.3.5).
struct PDFName: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    var bytes: [UInt8]

    init(bytes: [UInt8]) { self.bytes = bytes }
    init(stringLiteral value: String) { bytes = Array(value.utf8) }

    var description: String { String(decoding: bytes, as: UTF8.self) }
}

/// The number by which an indirect object is referred to.
struct ObjectID: Hashable, Sendable, CustomStringConvertible {
    var number: Int
    var generation: Int

    init(_ number: Int, _ generation: Int = 0) {
        self.number = number
        self.generation = generation
    }

    var description: String { "\(number) \(generation)" }
}

/// A PDF object as a value (ISO 32000-1, 7.3). Streams carry their dictionary only: this room never reads their data.
indirect enum PDFObject: Hashable, Sendable {
    case null
    case boolean(Bool)
    case integer(Int)
    /// Kept as written, so that rewriting an object changes no digit.
    case real(String)
    case string([UInt8])
    case name(PDFName)
    case array([PDFObject])
    case dictionary(PDFDictionary)
    case stream(PDFDictionary)
    case reference(ObjectID)
}

/// A dictionary that keeps its order.
struct PDFDictionary: Hashable, Sendable {
    private(set) var entries: [(key: PDFName, value: PDFObject)] = []

    init() {}
    init(_ entries: [(PDFName, PDFObject)]) {
        for (key, value) in entries { self[key] = value }
    }

    /// `nil` if absent or null, which mean the same (7.3.7).
    subscript(key: PDFName) -> PDFObject? {
        get { entries.first { $0.key == key && $0.value != .null }?.value }
        set {
            let index = entries.firstIndex { $0.key == key }
            switch (index, newValue) {
            case (let index?, let value?): entries[index].value = value
            case (let index?, nil): entries.remove(at: index)
            case (nil, let value?): entries.append((key, value))
            case (nil, nil): break
            }
        }
    }

    mutating func appendUnchecked(_ key: PDFName, _ value: PDFObject) { entries.append((key, value)) }

    func names(_ name: PDFName, at key: PDFName) -> Bool { self[key] == .name(name) }

    static func == (left: PDFDictionary, right: PDFDictionary) -> Bool {
        left.entries.elementsEqual(right.entries) { $0.key == $1.key && $0.value == $1.value }
    }
    func hash(into hasher: inout Hasher) {
        for (key, value) in entries {
            hasher.combine(key)
            hasher.combine(value)
        }
    }
}

extension PDFObject {
    var asInteger: Int? { if case .integer(let value) = self { value } else { nil } }
    var asArray: [PDFObject]? { if case .array(let value) = self { value } else { nil } }
    var asString: [UInt8]? { if case .string(let value) = self { value } else { nil } }
    var asName: PDFName? { if case .name(let value) = self { value } else { nil } }
    var asReference: ObjectID? { if case .reference(let value) = self { value } else { nil } }
    /// A dictionary; a stream's own does not count.
    var asDictionary: PDFDictionary? { if case .dictionary(let value) = self { value } else { nil } }

    /// The number; `nil` for what is none or is beyond all measure.
    var asNumber: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .real(let text): Double(text).flatMap { $0.isFinite ? $0 : nil }
        default: nil
        }
    }
}
