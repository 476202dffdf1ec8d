package import Cryptography
internal import Groundwork
internal import PIV

/// A PIV application (NIST SP 800-73-4, with the extensions of common makers) without a card: frames in, frames out.
///
/// An evaluation tool. It is a value with two kinds of memory: ``state`` outlives a reset, the session does not.
package struct VirtualCard: Sendable {
    /// Makes a new private key; tests lend RSA keys from a pool.
    package typealias KeySource = @Sendable (AlgorithmFamily) throws -> PrivateKey

    package internal(set) var state: VirtualCardState
    var session = Session()
    let randomBytes: @Sendable (Int) -> [UInt8]
    let makeKey: KeySource
    let attestation: VirtualAttestation?

    /// What ends with the power: authentication, PIN, half-received commands and half-sent answers.
    struct Session: Sendable {
        var isSelected = false
        var managementProved = false
        var witness: [UInt8]?
        var challenge: [UInt8]?
        var pinVerified = false
        /// The PIN was verified by the command just before: what policy "always" asks for.
        var pinFresh = false
        /// The command of which more follows, with the data so far.
        var chained: CommandAPDU?
        var waiting: [UInt8] = []
    }

    package init(
        state: VirtualCardState, randomBytes: @escaping @Sendable (Int) -> [UInt8],
        makeKey: @escaping KeySource = { try PrivateKey.generate($0) }, attestation: VirtualAttestation? = nil
    ) {
        self.state = state
        self.randomBytes = randomBytes
        self.makeKey = makeKey
        self.attestation = attestation
    }

    /// Historical bytes "VIRTUAL-EVAL" behind a TS/T0 of protocol T=1: the card says what it is before anything else.
    package static let answerToReset: [UInt8] = {
        let historical = Array("VIRTUALEVAL".utf8)
        let body: [UInt8] = [0x80 | UInt8(historical.count), 0x80, 0x01] + historical
        return [0x3B] + body + [body.reduce(0, ^)]
    }()

    /// The most data that a chain may gather.
    private static let longestCommand = 16_384

    /// Power off, power on or reset: all security state is gone.
    package mutating func reset() { session = Session() }

    /// The answer to one frame; `nil` if this card never answers.
    package mutating func process(_ frame: [UInt8]) -> [UInt8]? {
        switch state.options.misbehaviour {
        case .silent where session.isSelected: return nil
        case .garbage where session.isSelected: return randomBytes(Int(randomBytes(1)[0] % 40))
        case .wrongLengths where session.isSelected:
            return [0x7C, 0x7F, 0x80, 0x82, 0xFF] + [0x90, 0x00]
        default: break
        }
        guard let command = CommandAPDU(parsing: frame) else { return ResponseAPDU(status: .wrongLength).bytes }
        var whole = command
        whole.instructionClass &= ~CommandAPDU.chainingBit
        if let begun = session.chained, begun.hasHeader(of: whole) { whole.data = begun.data + command.data }
        session.chained = nil
        guard whole.data.count <= Self.longestCommand else { return ResponseAPDU(status: .wrongLength).bytes }
        if command.isChained {
            session.chained = whole
            return ResponseAPDU(status: .done).bytes
        }
        let freshBefore = session.pinFresh
        session.pinFresh = false
        var answer = respond(to: whole, pinIsFresh: freshBefore)
        if answer.status == .done, whole.instruction != 0xC0 {
            session.waiting = []
            let room = min(whole.expected ?? 256, frame.count > 4 && frame[4] == 0 && frame.count > 5 ? 65_536 : 256)
            if answer.data.count > room {
                session.waiting = Array(answer.data[room...])
                answer = ResponseAPDU(
                    data: Array(answer.data[..<room]), status: .moreData(session.waiting.count))
            }
        }
        return answer.bytes
    }

    private mutating func respond(to command: CommandAPDU, pinIsFresh: Bool) -> ResponseAPDU {
        guard command.instructionClass == 0 else { return ResponseAPDU(status: .classNotSupported) }
        if command.instruction == 0xA4 { return select(command) }
        guard session.isSelected else { return ResponseAPDU(status: .instructionNotSupported) }
        let lacks = state.options.lacks
        do {
            switch command.instruction {
            case 0xC0: return getResponse(command)
            case 0x20: return verify(command)
            case 0x24: return changeReference(command)
            case 0x2C: return resetRetryCounter(command)
            case 0x87: return try generalAuthenticate(command, pinIsFresh: pinIsFresh)
            case 0x47: return try generate(command)
            case 0xFE: return try importKey(command)
            case 0xCB: return getData(command)
            case 0xDB: return putData(command)
            case 0xFF: return setManagementKey(command)
            case 0xFA where !lacks.contains(.setPINRetries): return setRetries(command)
            case 0xFB: return resetApplication()
            case 0xF7 where !lacks.contains(.metadata): return try metadata(command)
            case 0xF9 where !lacks.contains(.attest): return try attest(command)
            case 0xFD where !lacks.contains(.version): return ResponseAPDU(data: state.options.version, status: .done)
            case 0xF8:
                let serial = lacks.contains(.serial) ? 0 : state.options.serial
                return ResponseAPDU(
                    data: [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: serial >> $0) }, status: .done)
            case 0xEE where !lacks.contains(.sm2):
                guard session.managementProved else { return ResponseAPDU(status: .securityStatusNotSatisfied) }
                guard command.p1 == 0x01 else { return ResponseAPDU(status: .incorrectParameters) }
                return ResponseAPDU(
                    data: AlgorithmExtensions(sm2: state.options.sm2Identifier).bytes, status: .done)
            default: return ResponseAPDU(status: .instructionNotSupported)
            }
        } catch {
            return ResponseAPDU(status: .failure)
        }
    }

    /// SELECT by name (SP 800-73-4, part 2, 3.1.1). Any other application is not here, and PIV stays selected no more.
    private mutating func select(_ command: CommandAPDU) -> ResponseAPDU {
        let name: [UInt8] = [0xA0, 0x00, 0x00, 0x03, 0x08]
        let whole = name + [0x00, 0x00, 0x10, 0x00, 0x01, 0x00]
        session = Session()
        guard command.p1 == 0x04, command.data.count >= name.count, whole.starts(with: command.data) else {
            return ResponseAPDU(status: .notFound)
        }
        session.isSelected = true
        let template = TLV(
            0x61,
            containing: [
                TLV(0x4F, [0x00, 0x00, 0x10, 0x00, 0x01, 0x00]), TLV(0x79, containing: [TLV(0x4F, name)]),
                TLV(0x50, Array("Virtual evaluation key (not hardware)".utf8)),
            ])
        return ResponseAPDU(data: template.bytes, status: .done)
    }

    private mutating func getResponse(_ command: CommandAPDU) -> ResponseAPDU {
        let wanted = min(command.expected ?? 256, session.waiting.count)
        let part = Array(session.waiting[..<wanted])
        session.waiting.removeFirst(wanted)
        return ResponseAPDU(data: part, status: session.waiting.isEmpty ? .done : .moreData(session.waiting.count))
    }
}

extension CommandAPDU {
    /// Whether the frames belong to one chain: everything but the data is the same.
    fileprivate func hasHeader(of other: CommandAPDU) -> Bool {
        instructionClass == other.instructionClass && instruction == other.instruction && p1 == other.p1
            && p2 == other.p2
    }
}
