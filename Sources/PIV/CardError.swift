package import Groundwork

/// What can go wrong between us and a card.
package enum CardError: Error, Equatable, Sendable {
    /// The PC/SC service does not answer; the number is its own.
    case serviceUnavailable(code: UInt)
    /// The service's library is not installed, or lacks what is named.
    case libraryMissing(String)
    case readerUnavailable(name: String)
    /// No card in the reader, or it did not come in time.
    case noCard
    case cardRemoved
    /// Another program holds the card.
    case cardInUse
    /// A card is in the reader and does not answer its reset.
    case mute
    case timedOut
    /// What the card said is not what the standard lets it say.
    case malformedAnswer(String)
    /// The card's application is not PIV.
    case notPIV
    case refused(StatusWord)
    case wrongPIN(triesLeft: Int)
    /// The PIN or the PUK has no tries left.
    case blocked
    /// The PIN must be verified, or the management key proved, first.
    case notAuthenticated
    case notFound
    /// The object is larger than the card takes.
    case tooLarge
    case unsupported
    /// The card does not know its own management key: it is not the card that it claims to be.
    case notGenuine
    /// The card did not accept our management key.
    case wrongManagementKey
    /// A PIN, PUK or key of a length that cards do not take.
    case badSecretLength
    /// The session was closed, or given up after a time-out.
    case sessionEnded

    /// The error that a status word stands for; `nil` for success.
    package init?(_ status: StatusWord) {
        if status == .done { return nil }
        if let tries = status.triesLeft {
            self = tries == 0 ? .blocked : .wrongPIN(triesLeft: tries)
            return
        }
        switch status {
        case .securityStatusNotSatisfied: self = .notAuthenticated
        case .notFound, .referenceNotFound: self = .notFound
        case .notEnoughMemory: self = .tooLarge
        case let status where status.meansUnsupported: self = .unsupported
        default: self = .refused(status)
        }
    }

    /// The same, in the form that crosses rooms.
    package var refusal: Refusal {
        switch self {
        case .serviceUnavailable(let code):
            Refusal(CardRefusal.serviceUnavailable, detail: "PC/SC error 0x\(String(code, radix: 16))")
        case .libraryMissing(let what): Refusal(CardRefusal.libraryMissing, detail: what)
        case .readerUnavailable(let name): Refusal(CardRefusal.readerUnavailable, facts: ["reader": name])
        case .noCard: Refusal(CardRefusal.noCard)
        case .cardRemoved: Refusal(CardRefusal.cardRemoved)
        case .cardInUse: Refusal(CardRefusal.cardInUse)
        case .mute: Refusal(CardRefusal.mute)
        case .timedOut: Refusal(CardRefusal.timedOut)
        case .malformedAnswer(let what): Refusal(CardRefusal.malformedAnswer, detail: what)
        case .notPIV: Refusal(CardRefusal.notPIV)
        case .refused(let status): Refusal(CardRefusal.refused, facts: ["status": status.description])
        case .wrongPIN(let tries): Refusal(CardRefusal.wrongPIN, facts: ["tries-left": String(tries)])
        case .blocked: Refusal(CardRefusal.blocked)
        case .notAuthenticated: Refusal(CardRefusal.notAuthenticated)
        case .notFound: Refusal(CardRefusal.notFound)
        case .tooLarge: Refusal(CardRefusal.tooLarge)
        case .unsupported: Refusal(CardRefusal.unsupported)
        case .notGenuine: Refusal(CardRefusal.notGenuine)
        case .wrongManagementKey: Refusal(CardRefusal.wrongManagementKey)
        case .badSecretLength: Refusal(CardRefusal.badSecretLength)
        case .sessionEnded: Refusal(CardRefusal.sessionEnded)
        }
    }
}
