internal import CPCSC
internal import PIV

/// One connection to the PC/SC service. Each has one user at a time: a context that two threads share makes one of them
/// wait for the other's SCardGetStatusChange.
final class PCSCContext: @unchecked Sendable {
    // Sendable: the handle never changes, and each owner calls with it from one thread at a time.
    private let handle: CPCSC_context
    let library: PCSCLibrary

    init() throws(CardError) {
        library = try PCSCLibrary.shared()
        var handle = CPCSC_context()
        try ServiceCode.check(
            library.establish(CPCSC_number(CPCSC_scope_system), nil, nil, &handle), reader: "")
        self.handle = handle
    }

    deinit { _ = library.release(handle) }

    /// The names of all readers; none is no error.
    func readerNames() throws(CardError) -> [String] {
        // A reader may come between the two calls, so the second is asked again if its room did not suffice.
        for _ in 0..<4 {
            var length = CPCSC_number(0)
            let sized = library.listReaders(handle, nil, nil, &length)
            if ServiceCode(sized) == .noReaders { return [] }
            try ServiceCode.check(sized, reader: "")
            var buffer = [CChar](repeating: 0, count: Int(length) + 1)
            let listed = library.listReaders(handle, nil, &buffer, &length)
            if ServiceCode(listed) == .noReaders { return [] }
            guard ServiceCode(listed) == .ok else { continue }
            let bytes = buffer.prefix(Int(length)).map { UInt8(bitPattern: $0) }
            return bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
        }
        throw .serviceUnavailable(code: 0)
    }

    /// A reader's state, waited for: returns once it differs from `known`, or after `milliseconds`.
    func state(of reader: String, differingFrom known: UInt, milliseconds: Int) throws(CardError) -> ReaderState {
        var state = CPCSC_reader_state()
        let result = reader.withCString { name in
            state.reader = name
            state.known = known
            let result = library.statusChange(handle, CPCSC_number(max(0, milliseconds)), &state, 1)
            state.reader = nil
            return result
        }
        if ServiceCode(result) != .timeout { try ServiceCode.check(result, reader: reader) }
        let length = min(Int(state.atr_length), 33)
        let atr = withUnsafeBytes(of: state.atr) { Array($0.prefix(length)) }
        return ReaderState(name: reader, event: state.event, answerToReset: atr)
    }

    func connect(_ reader: String) throws(CardError) -> (card: CPCSC_card, protocol: CPCSC_number) {
        var card = CPCSC_card()
        var active = CPCSC_number(0)
        try ServiceCode.check(
            library.connect(
                handle, reader, CPCSC_number(CPCSC_share_exclusive), Self.protocols, &card, &active),
            reader: reader)
        return (card, active)
    }

    /// Either protocol of ISO/IEC 7816-3.
    static let protocols = CPCSC_number(CPCSC_protocol_t0 | CPCSC_protocol_t1)
}
