internal import CPCSC
internal import Foundation
internal import PIV

/// pcsc-lite's client library, opened when a reader is first used and never closed.
///
/// So a program that holds this room and touches no reader, such as the service, runs where the library is not
/// installed, and has none of it in its memory.
struct PCSCLibrary: Sendable {
    let establish: CPCSC_establish
    let release: CPCSC_release
    let listReaders: CPCSC_list_readers
    let statusChange: CPCSC_status_change
    let connect: CPCSC_connect
    let reconnect: CPCSC_reconnect
    let disconnect: CPCSC_disconnect
    let transmit: CPCSC_transmit

    /// The name by which its packages install it for programs.
    static let name = "libpcsclite.so.1"

    private static let opened: Result<PCSCLibrary, CardError> = Result { () throws(CardError) in
        try PCSCLibrary(opening: name)
    }

    /// - Throws: `CardError.libraryMissing` where the library is not installed, or is another one.
    static func shared() throws(CardError) -> PCSCLibrary { try opened.get() }

    init(opening name: String) throws(CardError) {
        guard let library = dlopen(name, RTLD_NOW | RTLD_LOCAL) else { throw .libraryMissing(name) }
        func function<Form>(_ symbol: String, as form: Form.Type) throws(CardError) -> Form {
            guard let address = dlsym(library, symbol) else { throw .libraryMissing("\(name): \(symbol)") }
            return unsafeBitCast(address, to: form)
        }
        establish = try function("SCardEstablishContext", as: CPCSC_establish.self)
        release = try function("SCardReleaseContext", as: CPCSC_release.self)
        listReaders = try function("SCardListReaders", as: CPCSC_list_readers.self)
        statusChange = try function("SCardGetStatusChange", as: CPCSC_status_change.self)
        connect = try function("SCardConnect", as: CPCSC_connect.self)
        reconnect = try function("SCardReconnect", as: CPCSC_reconnect.self)
        disconnect = try function("SCardDisconnect", as: CPCSC_disconnect.self)
        transmit = try function("SCardTransmit", as: CPCSC_transmit.self)
    }
}
