import Foundation
import Groundwork
import Reconciliation
import Registration
import Synchronization

/// Prints differences as they are found, and writes them to a file, keeping none.
///
/// The file is one JSON object: `{"differences": [{"detail", "kind", "subject"}…], "summary": {"at", "counts",
/// "journals", "total"}}`; `summary` is missing where a key in hand was looked at.
final class ReconciliationReport: Sendable {
    private struct State {
        var total = 0
        var kinds: [Difference.Kind: Int] = [:]
        var waiting: [UInt8] = []
    }

    private let state = Mutex(State())
    private let file: Int32?
    private let show: Int

    init(json path: String?, show: Int) throws(Refusal) {
        self.show = show
        guard let path else {
            file = nil
            return
        }
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Refusal(RegistrationRefusal.unreadableFile, facts: ["path": path]) }
        file = descriptor
        state.withLock { $0.waiting = Array("{\"differences\":[".utf8) }
    }

    deinit { if let file { close(file) } }

    var count: Int { state.withLock { $0.total } }

    func add(_ difference: Difference) throws {
        try state.withLock { state in
            state.total += 1
            state.kinds[difference.kind, default: 0] += 1
            if state.total <= show {
                Console.endProgress()
                Console.say("\(difference.subject)  \(difference.kind.title.zh) \(difference.kind.title.en)")
                if !difference.detail.isEmpty { Console.say("    \(difference.detail)") }
            }
            guard file != nil else { return }
            if state.total > 1 { state.waiting.append(UInt8(ascii: ",")) }
            state.waiting +=
                CanonicalJSON.object([
                    "kind": .string(difference.kind.rawValue), "subject": .string(difference.subject),
                    "detail": .string(difference.detail),
                ]).bytes
            if state.waiting.count > 1 << 16 { try flush(&state) }
        }
    }

    /// Says what was compared and what differs.
    func finish(_ summary: ReconciliationSummary?) throws {
        try state.withLock { state in
            if let summary { say(summary) }
            if state.total > show { Console.say("… \(state.total - show)") }
            for (kind, count) in state.kinds.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
                Console.say("\(count) × \(kind.rawValue)  \(kind.title.zh) \(kind.title.en)")
            }
            Console.say(state.total == 0 ? "账实相符 · nothing differs" : "差异 · differences: \(state.total)")
            guard file != nil else { return }
            state.waiting.append(UInt8(ascii: "]"))
            if let summary {
                state.waiting += Array(",\"summary\":".utf8) + Self.json(summary).bytes
            }
            state.waiting += Array("}\n".utf8)
            try flush(&state)
        }
    }

    private func say(_ summary: ReconciliationSummary) {
        for (_, title, count) in summary.counts { Console.say("\(count)  \(title.zh) \(title.en)") }
        for journal in summary.journals {
            let file = journal.name.hasSuffix(".signed") ? journal.name : journal.name + ".signed"
            Console.say("  \(file)  \(journal.lines)  \(Hex.encode(journal.head))")
            if journal.interruptions > 0 {
                Console.say("    断电中断 · cut by a power failure: \(journal.interruptions)")
            }
        }
        for issuer in summary.journalsElsewhere {
            Console.say("  \(issuer)  密钥不在本机，未比对签名日志 · its key is elsewhere: its journal was not compared (--journal)")
        }
    }

    private static func json(_ summary: ReconciliationSummary) -> CanonicalJSON {
        .object([
            "at": .string(summary.at.rfc3339), "total": .integer(Int64(summary.differences)),
            "counts": .object(
                Dictionary(uniqueKeysWithValues: summary.counts.map { ($0.name, .integer(Int64($0.count))) })),
            "journals": .array(
                summary.journals.map {
                    .object([
                        "name": .string($0.name), "lines": .integer(Int64($0.lines)),
                        "head": .string(Hex.encode($0.head)), "interruptions": .integer(Int64($0.interruptions)),
                    ])
                }), "journalsElsewhere": .array(summary.journalsElsewhere.map { .string($0) }),
        ])
    }

    private func flush(_ state: inout State) throws {
        guard let file else { return }
        var written = 0
        while written < state.waiting.count {
            let count = state.waiting.withUnsafeBytes {
                write(file, $0.baseAddress?.advanced(by: written), $0.count - written)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                throw Refusal(RegistrationRefusal.unreadableFile, facts: ["path": String(cString: strerror(errno))])
            }
            written += count
        }
        state.waiting.removeAll(keepingCapacity: true)
    }
}
