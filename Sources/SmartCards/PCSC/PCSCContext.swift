internal import CPCSC

/// One connection to the PC/SC service. Each has one user at a time: a context that two threads share makes one of them
/// wait for the other's SCardGetStatusChange.
final class PCSCContext: @unchecked Sendable {
    // Sendable: the handle never changes, and each owner calls with it from one thread at a time.
    private let handle: SCARDCONTEXT

    init() throws(CardError) {
        var handle = SCARDCONTEXT()
        try PCSC.check(SCardEstablishContext(DWORD(SCARD_SCOPE_SYSTEM), nil, nil, &handle), reader: "")
        self.handle = handle
    }

    deinit { _ = SCardReleaseContext(handle) }

    /// The names of all readers; none is no error.
    func readerNames() throws(CardError) -> [String] {
        // A reader may come between the two calls, so the second is asked again if its room did not suffice.
        for _ in 0..<4 {
            var length = DWORD(0)
            let sized = SCardListReaders(handle, nil, nil, &length)
            if sized == CPCSC_no_readers() { return [] }
            try PCSC.check(sized, reader: "")
            var buffer = [CChar](repeating: 0, count: Int(length) + 1)
            let listed = SCardListReaders(handle, nil, &buffer, &length)
            if listed == CPCSC_no_readers() { return [] }
            guard listed == CPCSC_ok() else { continue }
            let bytes = buffer.prefix(Int(length)).map { UInt8(bitPattern: $0) }
            return bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
        }
        throw .serviceUnavailable(code: 0)
    }

    /// A reader's state, waited for: returns once it differs from `known`, or after `milliseconds`.
    func state(of reader: String, differingFrom known: DWORD, milliseconds: Int) throws(CardError) -> ReaderState {
        var state = SCARD_READERSTATE()
        let result = reader.withCString { name in
            state.szReader = name
            state.dwCurrentState = known
            let result = SCardGetStatusChange(handle, DWORD(max(0, milliseconds)), &state, 1)
            state.szReader = nil
            return result
        }
        if result != CPCSC_timeout() { try PCSC.check(result, reader: reader) }
        let length = min(Int(state.cbAtr), 33)
        let atr = withUnsafeBytes(of: state.rgbAtr) { Array($0.prefix(length)) }
        let event = state.dwEventState
        return ReaderState(
            name: reader, hasCard: event & DWORD(SCARD_STATE_PRESENT) != 0 && event & DWORD(SCARD_STATE_MUTE) == 0,
            answerToReset: atr, raw: event & ~DWORD(SCARD_STATE_CHANGED))
    }

    func connect(_ reader: String) throws(CardError) -> (card: SCARDHANDLE, protocol: DWORD) {
        var card = SCARDHANDLE()
        var active = DWORD(0)
        try PCSC.check(
            SCardConnect(
                handle, reader, DWORD(SCARD_SHARE_EXCLUSIVE), DWORD(SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1), &card,
                &active), reader: reader)
        return (card, active)
    }
}

/// A reader and what is in it.
package struct ReaderState: Sendable, Hashable {
    package let name: String
    package let hasCard: Bool
    package let answerToReset: [UInt8]
    let raw: UInt
}

/// The service's result codes.
enum PCSC {
    static func check(_ result: LONG, reader: String) throws(CardError) {
        switch result {
        case CPCSC_ok(): return
        case CPCSC_timeout(): throw .timedOut
        case CPCSC_no_card(), CPCSC_unpowered_card(), CPCSC_unresponsive_card(): throw .noCard
        case CPCSC_removed_card(), CPCSC_reset_card(): throw .cardRemoved
        case CPCSC_unknown_reader(), CPCSC_reader_unavailable(): throw .readerUnavailable(name: reader)
        case CPCSC_sharing_violation(): throw .cardInUse
        default: throw .serviceUnavailable(code: UInt(UInt32(truncatingIfNeeded: result)))
        }
    }
}
