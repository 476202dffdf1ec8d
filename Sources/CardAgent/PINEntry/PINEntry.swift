package import AgentProtocol
package import Groundwork
internal import Synchronization

/// The PIN questions of the rooms, answered by a person through a ``PINSource``.
package struct PINEntry: PINProvider {
    let source: PINSource
    /// Threads for the program or terminal that a person keeps waiting.
    package let pool: BlockingPool
    /// How often a person may mistype before the command ends; no try of the key is spent by it.
    private static let entries = 3

    /// - Parameter roles: everybody who may be asked for a PIN in this command, told before anybody is. Where there are
    ///   officers and a holder among them, the lines of a file descriptor must say whose each PIN is.
    package init(source: PINSource, asking roles: [PINRole] = []) {
        self.source = source
        pool = BlockingPool(threads: 1, name: "pin-entry")
        if case .fileDescriptor(let descriptor) = source { PINLines.of(descriptor).expect(roles) }
    }

    /// Asks the person, three times at most where something was mistyped; no try of the key is spent by that.
    /// - Throws: a refusal where nobody can be asked, or the person declines.
    package func pin(for question: PINQuestion) async throws(Refusal) -> SecretBytes {
        if case .fileDescriptor(let descriptor) = source { return try await line(for: question, descriptor) }
        var mistake: LocalisedText?
        for _ in 1..<Self.entries {
            do throws(Refusal) { return try await typed(question, after: mistake) } catch {
                guard error.isMistyped else { throw error }
                mistake = error.message
            }
        }
        return try await typed(question, after: mistake)
    }

    /// One secret, asked for in these words.
    package func ask(_ prompt: LocalisedText, after mistake: LocalisedText? = nil) async throws(Refusal) -> SecretBytes
    {
        let source = source
        return try await onPool { try SecretBox(source.ask(prompt, after: mistake)) }.take()
    }

    private func typed(_ question: PINQuestion, after mistake: LocalisedText?) async throws(Refusal) -> SecretBytes {
        let first = try await ask(question.prompt, after: mistake)
        try question.judge(first)
        guard case .new = question.kind else { return first }
        let second = try await ask(question.promptAgain)
        guard first.equals(second) else {
            throw Refusal(CardAgentRefusal.entriesDiffer, facts: question.owner.facts)
        }
        return first
    }

    /// A new PIN without a name is there twice, as a person types it; one with a name is there once.
    private func line(for question: PINQuestion, _ descriptor: Int32) async throws(Refusal) -> SecretBytes {
        let lines = PINLines.of(descriptor)
        let name = question.lineName
        let line = try await onPool { try lines.next(name) }
        let first = try line.secret.take()
        try question.judge(first)
        guard case .new = question.kind, !line.isNamed else { return first }
        let second = try await onPool { try lines.next(name) }.secret.take()
        guard first.equals(second) else {
            throw Refusal(CardAgentRefusal.entriesDiffer, facts: question.owner.facts)
        }
        return first
    }

    private func onPool<Value: Sendable>(
        _ body: @escaping @Sendable () throws -> Value
    ) async throws(Refusal) -> Value {
        do { return try await pool.run(body) } catch let refusal as Refusal { throw refusal } catch {
            throw Refusal(CardAgentRefusal.noPIN, detail: "\(error)")
        }
    }
}

extension Refusal {
    /// Another entry may mend it, and no key was asked.
    fileprivate var isMistyped: Bool {
        isBecause(AgentProtocolRefusal.malformedPIN) || isBecause(AgentProtocolRefusal.badPIN)
            || isBecause(CardAgentRefusal.entriesDiffer)
    }
}

extension PINQuestion {
    /// - Throws: `agent-protocol.malformed-pin`, `agent-protocol.bad-pin`.
    fileprivate func judge(_ pin: borrowing SecretBytes) throws(Refusal) {
        switch kind {
        case .current: try PINRules.checkForm(pin, of: owner)
        case .new(let rules): try rules.check(pin, of: owner)
        }
    }

    /// The name of its line on a file descriptor.
    fileprivate var lineName: PINLines.Name {
        switch kind {
        case .current: PINLines.Name(role: owner.role, isNew: false)
        case .new: PINLines.Name(role: owner.role, isNew: true)
        }
    }

    /// Whose PIN, what for, and the rules or the tries left.
    fileprivate var prompt: LocalisedText {
        switch kind {
        case .current(let tries):
            let left = tries.map(String.init) ?? "?"
            return LocalisedText(
                zh: "\(owner.title.zh)\n\(reason.zh)\n请输入 PIN（还可尝试 \(left) 次）",
                en: "\(owner.title.en)\n\(reason.en)\nPIN (\(left) tries left)")
        case .new(let rules):
            return LocalisedText(
                zh: "\(owner.title.zh)\n请设置新 PIN（\(rules.summary.zh)）",
                en: "\(owner.title.en)\nNew PIN (\(rules.summary.en))")
        }
    }

    fileprivate var promptAgain: LocalisedText {
        LocalisedText(zh: "\(owner.title.zh)\n请再次输入新 PIN", en: "\(owner.title.en)\nNew PIN again")
    }
}

/// Carries one secret across a copyable border; it can be taken out once.
final class SecretBox: Sendable {
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
