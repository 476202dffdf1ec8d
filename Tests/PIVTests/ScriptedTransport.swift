import Groundwork
import Synchronization

@testable import PIV

/// A card that says what the test wrote down, and remembers what it was asked.
final class ScriptedTransport: CardTransport {
    private struct Script {
        var answers: [[UInt8]]
        var commands: [[UInt8]] = []
    }
    private let script: Mutex<Script>

    init(_ answers: [String]) { script = Mutex(Script(answers: answers.map { Hex.decode($0) ?? [] })) }

    var commands: [String] { script.withLock { $0.commands.map { Hex.encode($0) } } }

    func transmit(_ command: [UInt8], within limit: Duration) async throws(CardError) -> [UInt8] {
        let answer = script.withLock { script in
            script.commands.append(command)
            return script.answers.count > 1 ? script.answers.removeFirst() : script.answers.first
        }
        guard let answer else { throw .cardRemoved }
        return answer
    }

    func transmit(secret frame: consuming SecretBytes, within limit: Duration) async throws(CardError) -> [UInt8] {
        // A copy that is kept: the PINs of these tests are no secrets.
        try await transmit(frame.withBytes { Array($0) }, within: limit)
    }

    func reset() async throws(CardError) {}
    func close() async {}
}
