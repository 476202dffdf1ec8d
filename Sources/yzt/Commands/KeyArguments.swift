import AgentProtocol
import ArgumentParser
import CardAgent
import CreditCodes
import Groundwork

/// A code as somebody typed it: misspelt, it is refused before anything is opened.
enum CodeArgument {
    static func written(_ text: String) throws(Refusal) -> WrittenCreditCode {
        do { return try WrittenCreditCode(text) } catch { throw error.refusal }
    }
}

/// A medium number: 32 hexadecimal digits.
struct MediumArgument: ExpressibleByArgument {
    let medium: MediumNumber

    init?(argument: String) {
        guard let medium = MediumNumber(hex: argument) else { return nil }
        self.medium = medium
    }
}

/// Where PINs come from, as `--pin-entry` names it.
struct PINEntryArgument: ExpressibleByArgument {
    let source: PINSource

    init(_ source: PINSource) { self.source = source }

    init?(argument: String) {
        guard let source = PINSource(argument: argument) else { return nil }
        self.source = source
    }

    var defaultValueDescription: String {
        switch source {
        case .pinentry: "pinentry"
        case .terminal: "terminal"
        case .fileDescriptor(let number): "fd:\(number)"
        }
    }
    static var allValueStrings: [String] { ["pinentry", "terminal", "fd:N"] }
}
