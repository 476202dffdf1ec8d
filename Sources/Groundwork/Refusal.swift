/// Why a request was not done, in a form that may cross rooms and reach a person.
///
/// Inside a room errors are closed enumerations; at its border they become a `Refusal`. The code is `room.reason`,
/// is never renamed, and decides equality, so that tests and callers need not compare sentences.
package struct Refusal: Error, Sendable, Equatable {
    /// `room.reason` in kebab case, such as `smart-cards.wrong-pin`.
    package let code: String
    /// What happened and to whom it matters, for the person who asked.
    package let message: LocalisedText
    /// What that person can do next.
    package let nextStep: LocalisedText
    /// What an operator needs to find the cause. Never a secret, never a personal datum.
    package let detail: String
    package let retry: Retry
    /// The values that filled the message, for programs (`tries-left` and the like).
    package let facts: [String: String]

    /// Whether the same request may succeed when it is made again.
    package enum Retry: String, Sendable, Codable {
        case no
        /// At once or later, unchanged: nothing was done, or doing it again is harmless.
        case later
    }

    package init(_ reason: some RefusalReason, detail: String = "", facts: [String: String] = [:]) {
        self.code = reason.code
        self.message = reason.message.filled(with: facts)
        self.nextStep = reason.nextStep.filled(with: facts)
        self.detail = detail
        self.retry = reason.retry
        self.facts = facts
    }

    package static func == (left: Refusal, right: Refusal) -> Bool { left.code == right.code }

    /// Whether this refusal has the given reason.
    package func isBecause(_ reason: some RefusalReason) -> Bool { code == reason.code }
}

extension Refusal: CustomStringConvertible {
    package var description: String {
        let detail = self.detail.isEmpty ? "" : " (\(self.detail))"
        return "\(code): \(message.en)\(detail) \(nextStep.en)"
    }
}

/// The closed list of one room's refusals. Each room has exactly one, named `<Room>Refusal`.
package protocol RefusalReason: CaseIterable, Sendable, RawRepresentable where RawValue == String {
    /// The room in kebab case, such as `smart-cards`.
    static var room: String { get }
    /// May name facts as `{name}`.
    var message: LocalisedText { get }
    var nextStep: LocalisedText { get }
    var retry: Refusal.Retry { get }
}

extension RefusalReason {
    package var code: String { "\(Self.room).\(rawValue)" }
    package var retry: Refusal.Retry { .no }
}
