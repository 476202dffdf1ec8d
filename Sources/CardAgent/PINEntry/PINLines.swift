internal import AgentProtocol
internal import Groundwork
internal import Synchronization

/// PINs on a file descriptor, a line each, named by whose they are:
///
///     officer 1: 28461379
///     officer 2: 91357246
///     holder: 73915528
///     holder new: 84620715
///
/// The officers' numbers are the order in which their readers were named; `officer` alone is the only one. A line
/// waits until its owner is asked, whoever is asked first: what an interrupted plan asks before anything else gets no
/// PIN that was meant for another key. Where officers alone, or the holder alone, may be asked, a line may be the PIN
/// and nothing else; such lines are taken in the order of use, a new PIN's twice.
final class PINLines: Sendable {
    /// Whose PIN stands in a line.
    struct Name: Hashable, Sendable, CustomStringConvertible {
        var role: PINRole
        var isNew: Bool
        var description: String { role.title.en + (isNew ? " new" : "") }
    }

    /// A line as it was found.
    struct Line: Sendable {
        var secret: SecretBox
        var isNamed: Bool
    }

    fileprivate struct State {
        var roles: Set<PINRole> = []
        var waiting: [Name: [SecretBox]] = [:]
        var count = 0
    }
    private let descriptor: Int32
    private let state = Mutex(State())

    /// A descriptor is one stream, whoever reads from it.
    private static let all = Mutex<[Int32: PINLines]>([:])

    static func of(_ descriptor: Int32) -> PINLines {
        all.withLock { all in
            if let lines = all[descriptor] { return lines }
            let lines = PINLines(descriptor)
            all[descriptor] = lines
            return lines
        }
    }

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    /// These may be asked, and those that were told before.
    func expect(_ roles: [PINRole]) { state.withLock { $0.roles.formUnion(roles) } }

    /// The next line of that name, read as far as needed; blocks.
    /// - Throws: `command.no-pin` if there is none, `command.unnamed-pin` for a line that does not say whose it is and
    ///   must, or whose name is none.
    func next(_ name: Name) throws -> Line {
        try state.withLock { state in
            while true {
                if let first = state.waiting[name]?.first {
                    state.waiting[name]?.removeFirst()
                    return Line(secret: first, isNamed: true)
                }
                state.count += 1
                let line: SecretBytes
                do { line = try SecretLine.read(from: descriptor) } catch let refusal as Refusal {
                    throw Refusal(
                        CardAgentRefusal.noPIN, detail: "for \"\(name)\", line \(state.count): \(refusal.detail)")
                }
                switch Self.parse(line) {
                case .plain:
                    guard state.mayBePlain else { throw state.unnamed() }
                    return Line(secret: SecretBox(line), isNamed: false)
                case .named(let role, let isNew, let start):
                    guard let found = state.name(role, isNew) else { throw state.unnamed() }
                    let secret = line.withBytes { bytes in
                        SecretBytes(count: bytes.count - start) {
                            $0.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[start...]))
                        }
                    }
                    state.waiting[found, default: []].append(SecretBox(secret))
                case .misnamed: throw state.unnamed()
                }
            }
        }
    }

    fileprivate enum Parsed {
        case plain, misnamed
        /// The officer's number is `nil` where none stands there; the PIN begins at `start`.
        case named(Part, isNew: Bool, start: Int)
        enum Part { case holder, officer(Int?) }
    }

    /// What stands before the first colon, without a word about what stands behind it.
    private static func parse(_ line: borrowing SecretBytes) -> Parsed {
        line.withBytes { bytes in
            guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else { return .plain }
            var words = String(decoding: bytes[..<colon], as: UTF8.self).lowercased().split(separator: " ")
            let isNew = words.last == "new"
            if isNew { words.removeLast() }
            let start = bytes[(colon + 1)...].firstIndex { $0 != UInt8(ascii: " ") } ?? bytes.count
            switch (words.first, words.count) {
            case ("holder", 1): return .named(.holder, isNew: isNew, start: start)
            case ("officer", 1): return .named(.officer(nil), isNew: isNew, start: start)
            case ("officer", 2):
                guard let number = Int(words[1]), number > 0 else { return .misnamed }
                return .named(.officer(number), isNew: isNew, start: start)
            default: return .misnamed
            }
        }
    }
}

extension PINLines.State {
    private var officers: [Int] {
        roles.compactMap { if case .officer(let number) = $0 { number } else { nil } }.sorted()
    }

    /// Officers alone, or the holder alone: then no line can reach a key of the other kind.
    fileprivate var mayBePlain: Bool { officers.isEmpty || !roles.contains(.holder) }

    fileprivate func name(_ part: PINLines.Parsed.Part, _ isNew: Bool) -> PINLines.Name? {
        switch part {
        case .holder: PINLines.Name(role: .holder, isNew: isNew)
        case .officer(let number?): PINLines.Name(role: .officer(number), isNew: isNew)
        case .officer(nil):
            officers.count == 1 ? PINLines.Name(role: .officer(officers[0]), isNew: isNew) : nil
        }
    }

    fileprivate func unnamed() -> Refusal {
        let people = officers.map(PINRole.officer) + (roles.contains(.holder) ? [.holder] : [])
        return Refusal(
            CardAgentRefusal.unnamedPIN,
            facts: [
                "line": String(count), "people": people.map(\.title.zh).joined(separator: "、"),
                "peopleEn": people.map(\.title.en).joined(separator: ", "),
            ])
    }
}
