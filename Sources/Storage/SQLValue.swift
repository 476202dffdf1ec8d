package import Groundwork

/// What a column holds: the four storage classes that every back end shares. There are no floating point numbers.
package enum SQLValue: Hashable, Sendable {
    case null
    case integer(Int64)
    case text(String)
    case blob([UInt8])
}

extension SQLValue: ExpressibleByNilLiteral, ExpressibleByIntegerLiteral, ExpressibleByStringLiteral,
    ExpressibleByBooleanLiteral
{
    package init(nilLiteral: ()) { self = .null }
    package init(integerLiteral value: Int64) { self = .integer(value) }
    package init(stringLiteral value: String) { self = .text(value) }
    package init(booleanLiteral value: Bool) { self = .integer(value ? 1 : 0) }
}

/// What may stand for a placeholder. A room makes its own enumerations and names bindable by conforming them; for a
/// `RawRepresentable` over a bindable value the conformance needs no body.
package protocol SQLBindable {
    var sqlValue: SQLValue { get }
}

extension SQLValue: SQLBindable {
    package var sqlValue: SQLValue { self }
}
extension Int64: SQLBindable {
    package var sqlValue: SQLValue { .integer(self) }
}
extension Int: SQLBindable {
    package var sqlValue: SQLValue { .integer(Int64(self)) }
}
extension Int32: SQLBindable {
    package var sqlValue: SQLValue { .integer(Int64(self)) }
}
extension UInt8: SQLBindable {
    package var sqlValue: SQLValue { .integer(Int64(self)) }
}
extension Bool: SQLBindable {
    package var sqlValue: SQLValue { .integer(self ? 1 : 0) }
}
extension String: SQLBindable {
    package var sqlValue: SQLValue { .text(self) }
}
extension [UInt8]: SQLBindable {
    package var sqlValue: SQLValue { .blob(self) }
}
extension ArraySlice<UInt8>: SQLBindable {
    package var sqlValue: SQLValue { .blob(Array(self)) }
}
/// INTEGER milliseconds UTC.
extension Instant: SQLBindable {
    package var sqlValue: SQLValue { .integer(milliseconds) }
}
/// BLOB of 16 bytes.
extension Identifier: SQLBindable {
    package var sqlValue: SQLValue { .blob(bytes) }
}
extension Optional: SQLBindable where Wrapped: SQLBindable {
    package var sqlValue: SQLValue { self?.sqlValue ?? .null }
}
extension RawRepresentable where Self: SQLBindable, RawValue: SQLBindable {
    package var sqlValue: SQLValue { rawValue.sqlValue }
}
