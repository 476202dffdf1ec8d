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
        // A copy: the transport may keep none of the original.
        let copy = command.map { $0 }
        let answer = script.withLock { script in
            script.commands.append(copy)
            return script.answers.count > 1 ? script.answers.removeFirst() : script.answers.first
        }
        guard let answer else { throw .cardRemoved }
        return answer
    }

    func reset() async throws(CardError) {}
    func close() async {}
}
