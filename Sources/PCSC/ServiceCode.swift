internal import CPCSC
internal import PIV

/// The PC/SC service's result, one of its codes (pcsclite.h): 32 bits, whatever the width of the C type.
struct ServiceCode: RawRepresentable, Hashable, Sendable {
    let rawValue: UInt32

    init(rawValue: UInt32) { self.rawValue = rawValue }
    init(_ result: CPCSC_result) { rawValue = UInt32(truncatingIfNeeded: result) }

    static let ok = ServiceCode(rawValue: UInt32(CPCSC_ok))
    static let timeout = ServiceCode(rawValue: UInt32(CPCSC_timeout))
    static let noReaders = ServiceCode(rawValue: UInt32(CPCSC_no_readers))
    static let insufficientBuffer = ServiceCode(rawValue: UInt32(CPCSC_insufficient_buffer))
    /// The driver got no answer.
    static let notTransacted = ServiceCode(rawValue: UInt32(CPCSC_not_transacted))
    static let communicationError = ServiceCode(rawValue: UInt32(CPCSC_comm_error))

    static func check(_ result: CPCSC_result, reader: String) throws(CardError) {
        switch ServiceCode(result).rawValue {
        case UInt32(CPCSC_ok): return
        case UInt32(CPCSC_timeout): throw .timedOut
        case UInt32(CPCSC_no_card), UInt32(CPCSC_unpowered_card): throw .noCard
        case UInt32(CPCSC_unresponsive_card): throw .mute
        case UInt32(CPCSC_removed_card), UInt32(CPCSC_was_reset): throw .cardRemoved
        case UInt32(CPCSC_unknown_reader), UInt32(CPCSC_reader_unavailable):
            throw .readerUnavailable(name: reader)
        case UInt32(CPCSC_sharing_violation): throw .cardInUse
        case let code: throw .serviceUnavailable(code: UInt(code))
        }
    }
}
