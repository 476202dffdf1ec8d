internal import Groundwork

/// The two bytes that end each answer of a card (ISO/IEC 7816-4, 5.6).
package struct StatusWord: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) { self.rawValue = rawValue }

    package static let done = StatusWord(rawValue: 0x9000)
    package static let wrongLength = StatusWord(rawValue: 0x6700)
    package static let securityStatusNotSatisfied = StatusWord(rawValue: 0x6982)
    package static let authenticationMethodBlocked = StatusWord(rawValue: 0x6983)
    package static let conditionsOfUseNotSatisfied = StatusWord(rawValue: 0x6985)
    package static let wrongData = StatusWord(rawValue: 0x6A80)
    package static let functionNotSupported = StatusWord(rawValue: 0x6A81)
    package static let notFound = StatusWord(rawValue: 0x6A82)
    package static let notEnoughMemory = StatusWord(rawValue: 0x6A84)
    package static let incorrectParameters = StatusWord(rawValue: 0x6A86)
    package static let referenceNotFound = StatusWord(rawValue: 0x6A88)
    package static let instructionNotSupported = StatusWord(rawValue: 0x6D00)
    package static let classNotSupported = StatusWord(rawValue: 0x6E00)
    package static let failure = StatusWord(rawValue: 0x6F00)

    /// `63Cx`: the reference data did not match and x tries are left.
    package static func triesLeft(_ tries: Int) -> StatusWord {
        StatusWord(rawValue: 0x63C0 | UInt16(max(0, min(15, tries))))
    }

    /// `61xx`: the command is done and xx more bytes wait (0 stands for 256 or more).
    package static func moreData(_ count: Int) -> StatusWord {
        StatusWord(rawValue: 0x6100 | (count > 255 ? 0 : UInt16(max(0, count))))
    }

    /// Tries left, when the card says so: `63Cx`, or `6983` for a blocked reference. Cards differ in which of `63C0`
    /// and `6983` they use for a blocked one; both mean the same here.
    package var triesLeft: Int? {
        if self == .authenticationMethodBlocked { return 0 }
        return rawValue & 0xFFF0 == 0x63C0 ? Int(rawValue & 0x0F) : nil
    }

    /// How many bytes wait for GET RESPONSE, where the card says that some do.
    package var bytesWaiting: Int? {
        guard rawValue & 0xFF00 == 0x6100 else { return nil }
        return rawValue & 0xFF == 0 ? 256 : Int(rawValue & 0xFF)
    }

    /// The expected length that the card would have liked (`6Cxx`): the command was not carried out.
    package var correctLength: Int? {
        guard rawValue & 0xFF00 == 0x6C00 else { return nil }
        return rawValue & 0xFF == 0 ? 256 : Int(rawValue & 0xFF)
    }

    /// Whether a card may end an answer so: `6xxx` but not `60xx`, or `9xxx` (ISO/IEC 7816-3, 10.3.3).
    package var isWellFormed: Bool {
        let first = rawValue >> 8
        return (0x61...0x6F).contains(first) || (0x90...0x9F).contains(first)
    }

    /// The card does not know the command or this form of it.
    package var meansUnsupported: Bool {
        self == .instructionNotSupported || self == .classNotSupported || self == .functionNotSupported
    }
}

extension StatusWord: CustomStringConvertible {
    package var description: String {
        Hex.encode([UInt8(rawValue >> 8), UInt8(rawValue & 0xFF)]).uppercased()
    }
}
