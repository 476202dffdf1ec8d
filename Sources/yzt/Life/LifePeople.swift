import AgentProtocol
import Groundwork

/// The readers of the life by whose key is in them.
enum LifePlace: Int, CaseIterable, Sendable { case firstOfficer, secondOfficer, holder, other }

/// The PINs of the life's people: what each would type. Marker digits, looked for in logs afterwards: as many as a PIN
/// can have, so that no number is one by chance.
struct LifePINs {
    static let firstOfficer = "28461379"
    static let secondOfficer = "39517264"
    static let first = "73915528"
    static let second = "84620715"
    /// One that the rules allow and nobody has.
    static let wrong = "618240"

    private var pins = [
        LifePlace.firstOfficer: LifePINs.firstOfficer, .secondOfficer: LifePINs.secondOfficer,
        .holder: LifePINs.first, .other: LifePINs.second,
    ]

    /// Lines of a file descriptor, each named by whose PIN it is.
    var requester: String { "officer 1: " + Self.firstOfficer }
    var approver: String { "officer 2: " + Self.secondOfficer }
    var ofBoth: [String] { [requester, approver] }
    func new(officer number: Int) -> String {
        "officer \(number) new: " + (number == 1 ? Self.firstOfficer : Self.secondOfficer)
    }
    func holder(at place: LifePlace) -> String { "holder: " + self[place] }
    func new(at place: LifePlace) -> String { "holder new: " + self[place] }
    /// What a holder types who sets a PIN and then uses it.
    func chosen(at place: LifePlace) -> [String] { [new(at: place), holder(at: place)] }

    subscript(place: LifePlace) -> String {
        get { pins[place] ?? "" }
        set { pins[place] = newValue }
    }
}

/// Types one PIN at each question.
struct LifeTypist: PINProvider {
    let digits: String

    func pin(for question: PINQuestion) async throws(Refusal) -> SecretBytes {
        SecretBytes(copying: Array(digits.utf8))
    }
}
