import AgentProtocol
import CreditCodes
import Groundwork
import Registration

/// A code as somebody typed it: misspelt, it is refused before anything is opened.
enum CodeArgument {
    static func written(_ text: String) throws(Refusal) -> WrittenCreditCode {
        do { return try WrittenCreditCode(text) } catch { throw error.refusal }
    }
}

/// A medium number as an argument.
enum MediumArgument {
    /// - Throws: `command.bad-argument`.
    static func medium(_ text: String, _ name: String) throws(Refusal) -> MediumNumber {
        guard let medium = MediumNumber(hex: text) else {
            throw Refusal(RegistrationRefusal.badArgument, facts: ["argument": "\(name) \(text)"])
        }
        return medium
    }
}
