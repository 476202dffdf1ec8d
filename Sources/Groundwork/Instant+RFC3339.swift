extension Instant {
    /// An RFC 3339 date-time with its zone, such as `2026-11-21T10:00:00+08:00`; at most three digits of a second's
    /// fraction. `nil` for anything else, leap seconds too.
    package init?(rfc3339 text: some StringProtocol) {
        let bytes = Array(text.utf8)
        func number(_ range: Range<Int>) -> Int? {
            guard range.upperBound <= bytes.count, bytes[range].allSatisfy({ (0x30...0x39).contains($0) }) else {
                return nil
            }
            return bytes[range].reduce(0) { $0 * 10 + Int($1 - 0x30) }
        }
        func has(_ character: Character, at index: Int) -> Bool {
            index < bytes.count && bytes[index] == character.asciiValue
        }
        guard bytes.count <= 29, let year = number(0..<4), has("-", at: 4), let month = number(5..<7), has("-", at: 7),
            let day = number(8..<10), has("T", at: 10), let hour = number(11..<13), has(":", at: 13),
            let minute = number(14..<16), has(":", at: 16), let second = number(17..<19),
            let seconds = CivilTime(year: year, month: month, day: day, hour: hour, minute: minute, second: second)
                .secondsSince1970
        else { return nil }
        var next = 19
        var milliseconds: Int64 = 0
        if has(".", at: next) {
            let digits = bytes[(next + 1)...].prefix { (0x30...0x39).contains($0) }
            guard (1...3).contains(digits.count) else { return nil }
            milliseconds = digits.reduce(Int64(0)) { $0 * 10 + Int64($1 - 0x30) }
            for _ in digits.count..<3 { milliseconds *= 10 }
            next += 1 + digits.count
        }
        var offset: Int64 = 0
        if has("Z", at: next) {
            next += 1
        } else {
            guard has("+", at: next) || has("-", at: next), let hours = number(next + 1..<next + 3),
                has(":", at: next + 3), let minutes = number(next + 4..<next + 6), hours < 24, minutes < 60
            else { return nil }
            offset = Int64(hours * 3600 + minutes * 60) * (has("+", at: next) ? 1 : -1)
            next += 6
        }
        guard next == bytes.count else { return nil }
        self.init(milliseconds: (seconds - offset) * 1000 + milliseconds)
        // A zone can carry the first or the last day out of the years that have four digits.
        guard (0...9999).contains(utc.year) else { return nil }
    }
}
