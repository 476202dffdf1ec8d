import AgentProtocol
import Groundwork
import Synchronization

/// The PINs of the life's people, by reader: what a person would type. Marker digits, looked for in logs afterwards:
/// as many as a PIN can have, so that no number is one by chance.
final class LifePINs: Sendable {
    static let officer = "28461379"
    static let first = "73915528"
    static let second = "84620715"

    private let pins: Mutex<[String: String]> = Mutex([:])

    func set(_ pin: String, for reader: String) { pins.withLock { $0[reader] = pin } }

    func provider(for reader: String) -> any PINProvider { Typist(pins: self, reader: reader) }

    private func pin(for reader: String) -> String { pins.withLock { $0[reader] ?? "" } }

    /// Types the reader's PIN at each question.
    private struct Typist: PINProvider {
        let pins: LifePINs
        let reader: String

        func pin(for question: PINQuestion) async throws(Refusal) -> SecretBytes {
            SecretBytes(copying: Array(pins.pin(for: reader).utf8))
        }
    }
}

/// Types a PIN that is not the holder's.
struct WrongPIN: PINProvider {
    func pin(for question: PINQuestion) async throws(Refusal) -> SecretBytes {
        SecretBytes(copying: Array("000001".utf8))
    }
}
