package import Groundwork

/// One row of an answer, read by column name. A column that is missing, NULL or of another type is a Refusal: stored
/// data that is not what the program believes must never pass as a default.
package struct Row: Hashable, Sendable {
    /// Column names to positions, shared by all rows of one answer.
    private let positions: [String: Int]
    private let values: [SQLValue]

    package init(positions: [String: Int], values: [SQLValue]) {
        self.positions = positions
        self.values = values
    }

    package init(columns: [String], values: [SQLValue]) {
        self.init(positions: Row.positions(of: columns), values: values)
    }

    /// The first of several columns with one name wins.
    static func positions(of columns: [String]) -> [String: Int] {
        Dictionary(columns.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    }

    package func value(_ column: String) throws(Refusal) -> SQLValue {
        guard let position = positions[column], position < values.count else {
            throw Refusal(StorageRefusal.unexpectedValue, detail: "no column \(column)")
        }
        return values[position]
    }

    package func integer(_ column: String) throws(Refusal) -> Int64 {
        guard let value = try optionalInteger(column) else { throw Row.unexpected("an integer", in: column) }
        return value
    }
    package func text(_ column: String) throws(Refusal) -> String {
        guard let value = try optionalText(column) else { throw Row.unexpected("text", in: column) }
        return value
    }
    package func blob(_ column: String) throws(Refusal) -> [UInt8] {
        guard let value = try optionalBlob(column) else { throw Row.unexpected("bytes", in: column) }
        return value
    }
    package func bool(_ column: String) throws(Refusal) -> Bool {
        switch try integer(column) {
        case 0: false
        case 1: true
        default: throw Row.unexpected("0 or 1", in: column)
        }
    }
    package func instant(_ column: String) throws(Refusal) -> Instant {
        Instant(milliseconds: try integer(column))
    }
    package func identifier<Kind>(_ column: String, _: Kind.Type = Kind.self) throws(Refusal) -> Identifier<Kind> {
        guard let identifier = Identifier<Kind>(bytes: try blob(column)) else {
            throw Row.unexpected("16 bytes", in: column)
        }
        return identifier
    }

    package func optionalInteger(_ column: String) throws(Refusal) -> Int64? {
        switch try value(column) {
        case .null: nil
        case .integer(let value): value
        default: throw Row.unexpected("an integer", in: column)
        }
    }
    package func optionalText(_ column: String) throws(Refusal) -> String? {
        switch try value(column) {
        case .null: nil
        case .text(let value): value
        default: throw Row.unexpected("text", in: column)
        }
    }
    package func optionalBlob(_ column: String) throws(Refusal) -> [UInt8]? {
        switch try value(column) {
        case .null: nil
        case .blob(let value): value
        default: throw Row.unexpected("bytes", in: column)
        }
    }
    package func optionalInstant(_ column: String) throws(Refusal) -> Instant? {
        try optionalInteger(column).map { Instant(milliseconds: $0) }
    }
    package func optionalIdentifier<Kind>(
        _ column: String, _: Kind.Type = Kind.self
    ) throws(Refusal) -> Identifier<Kind>? {
        try optionalBlob(column) == nil ? nil : try identifier(column)
    }

    /// A value of a closed list, as its raw text or number.
    package func choice<Value: RawRepresentable<String>>(_ column: String, _: Value.Type = Value.self) throws(Refusal)
        -> Value
    {
        guard let value = Value(rawValue: try text(column)) else { throw Row.unexpected("\(Value.self)", in: column) }
        return value
    }

    private static func unexpected(_ expected: String, in column: String) -> Refusal {
        Refusal(StorageRefusal.unexpectedValue, detail: "column \(column): expected \(expected)")
    }
}
