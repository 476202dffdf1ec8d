package import Groundwork

extension DER {
    /// `YYYYMMDDHHMMSSZ`, whole seconds (RFC 5280, 4.1.2.5.2).
    package static func generalizedTime(_ instant: Instant) -> [UInt8] {
        element(0x18, digits(of: instant, years: 4))
    }

    /// `YYMMDDHHMMSSZ` (RFC 5280, 4.1.2.5.1); years outside 1950 to 2049 cannot be told apart, so take ``time(_:)``.
    package static func utcTime(_ instant: Instant) -> [UInt8] { element(0x17, digits(of: instant, years: 2)) }

    /// UTCTime through the year 2049, GeneralizedTime from 2050 (RFC 5280, 4.1.2.5).
    package static func time(_ instant: Instant) -> [UInt8] {
        (1950...2049).contains(instant.utc.year) ? utcTime(instant) : generalizedTime(instant)
    }

    /// The same as ``time(_:)`` at the end of a buffer: a list of a hundred thousand entries asks for no array each.
    package static func appendTime(_ instant: Instant, to bytes: inout [UInt8]) {
        let civil = instant.utc
        let isShort = (1950...2049).contains(civil.year)
        bytes.append(isShort ? 0x17 : 0x18)
        bytes.append(isShort ? 13 : 15)
        appendDigits(of: civil, years: isShort ? 2 : 4, to: &bytes)
    }

    package static func appendGeneralizedTime(_ instant: Instant, to bytes: inout [UInt8]) {
        bytes.append(0x18)
        bytes.append(15)
        appendDigits(of: instant.utc, years: 4, to: &bytes)
    }

    private static func digits(of instant: Instant, years: Int) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(15)
        appendDigits(of: instant.utc, years: years, to: &text)
        return text
    }

    private static func appendDigits(of civil: CivilTime, years: Int, to text: inout [UInt8]) {
        let year = min(max(civil.year, 0), 9999)
        func two(_ value: Int) {
            text.append(0x30 + UInt8(value / 10 % 10))
            text.append(0x30 + UInt8(value % 10))
        }
        if years == 4 { two(year / 100) }
        two(year % 100)
        two(civil.month)
        two(civil.day)
        two(civil.hour)
        two(civil.minute)
        two(civil.second)
        text.append(UInt8(ascii: "Z"))
    }
}

extension DERElement {
    /// A Time: UTCTime or GeneralizedTime, both with seconds, `Z`, and no fraction (RFC 5280, 4.1.2.5).
    package func time() throws(DERFault) -> Instant {
        switch identifier {
        case 0x17: try instant(yearDigits: 2)
        case 0x18: try generalizedTime()
        default: throw .malformed("expected a time, found \(identifierText)")
        }
    }

    /// GeneralizedTime; RFC 3161 allows a fraction without trailing zeros (2.4.2), of which milliseconds are kept.
    package func generalizedTime(fraction: Bool = false) throws(DERFault) -> Instant {
        try expect(0x18)
        guard fraction, let point = content.firstIndex(of: UInt8(ascii: ".")) else { return try instant(yearDigits: 4) }
        let digits = content[(point + 1)...].dropLast()
        guard content.last == UInt8(ascii: "Z"), (1...9).contains(digits.count), digits.last != UInt8(ascii: "0"),
            digits.allSatisfy({ (0x30...0x39).contains($0) })
        else { throw .malformed("fraction of a second") }
        let padded = Array(digits) + [0x30, 0x30, 0x30]
        let milliseconds = padded.prefix(3).reduce(Int64(0)) { $0 * 10 + Int64($1 - 0x30) }
        let whole = try DERElement.instant(Array(content[..<point]) + [UInt8(ascii: "Z")], yearDigits: 4)
        return whole.adding(milliseconds: milliseconds)
    }

    private func instant(yearDigits: Int) throws(DERFault) -> Instant {
        try DERElement.instant(Array(content), yearDigits: yearDigits)
    }

    private static func instant(_ text: [UInt8], yearDigits: Int) throws(DERFault) -> Instant {
        guard text.count == yearDigits + 11, text.last == UInt8(ascii: "Z"),
            text.dropLast().allSatisfy({ (0x30...0x39).contains($0) })
        else { throw .malformed("time") }
        func number(_ start: Int, _ count: Int) -> Int {
            text[start..<(start + count)].reduce(0) { $0 * 10 + Int($1 - 0x30) }
        }
        let short = number(0, yearDigits)
        let year = yearDigits == 4 ? short : short < 50 ? 2000 + short : 1900 + short
        let civil = CivilTime(
            year: year, month: number(yearDigits, 2), day: number(yearDigits + 2, 2), hour: number(yearDigits + 4, 2),
            minute: number(yearDigits + 6, 2), second: number(yearDigits + 8, 2))
        guard let seconds = civil.secondsSince1970 else { throw .malformed("no such time") }
        return Instant(seconds: seconds)
    }
}
