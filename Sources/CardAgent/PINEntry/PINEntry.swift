package import AgentProtocol
package import Groundwork
internal import Synchronization

/// The PIN questions of the rooms, answered by a person through a ``PINSource``.
package struct PINEntry: PINProvider {
    let source: PINSource
    /// Threads for the program or terminal that a person keeps waiting.
    package let pool: BlockingPool
    /// Named in each question where several people stand at one machine.
    var whose: String?

    package init(source: PINSource) {
        self.source = source
        pool = BlockingPool(threads: 1, name: "pin-entry")
    }

    /// The same entry, asking this person.
    package func of(_ name: String) -> PINEntry {
        var entry = self
        entry.whose = name
        return entry
    }

    package func pin(for question: PINQuestion) async throws(Refusal) -> SecretBytes {
        switch question {
        case .current(let reason, let tries):
            let left = tries.map(String.init) ?? "?"
            return try await ask(
                LocalisedText(
                    zh: "\(reason.zh)\n请输入 PIN(还可尝试 \(left) 次)", en: "\(reason.en)\nPIN (\(left) tries left)"))
        case .new(let rules):
            let length = "\(rules.minimumLength)-\(rules.maximumLength)"
            let (zh, en) = whose.map { ("\($0)：", "\($0): ") } ?? ("", "")
            let first = try await ask(
                LocalisedText(zh: "\(zh)请设置新 PIN（\(length) 位数字）", en: "\(en)New PIN (\(length) digits)"))
            try rules.check(first)
            let second = try await ask(LocalisedText(zh: "\(zh)请再次输入新 PIN", en: "\(en)New PIN again"))
            guard first.equals(second) else {
                throw Refusal(CardAgentRefusal.noPIN, detail: "the two entries differ")
            }
            return first
        }
    }

    /// One secret, asked for in these words.
    package func ask(_ prompt: LocalisedText) async throws(Refusal) -> SecretBytes {
        let source = source
        do {
            // SecretBytes cannot be copied, so it crosses the pool in a box that is emptied once.
            let box = try await pool.run { SecretBox(try source.ask(prompt)) }
            return try box.take()
        } catch let refusal as Refusal { throw refusal } catch {
            throw Refusal(CardAgentRefusal.noPIN, detail: "\(error)")
        }
    }
}

/// Carries one secret across a copyable border; it can be taken out once.
private final class SecretBox: Sendable {
    private let secret: Mutex<SecretBytes?>

    init(_ secret: consuming SecretBytes) { self.secret = Mutex(Optional(secret)) }

    func take() throws(Refusal) -> SecretBytes {
        let taken = secret.withLock { secret in
            let taken = secret.take()
            return taken
        }
        guard let taken else { throw Refusal(CardAgentRefusal.noPIN, detail: "taken already") }
        return taken
    }
}
