import Foundation
import Groundwork
import OtherPrograms
import PIV
import Testing

@testable import PCSC

/// The client library of the reader service: what we say of it in C, and what happens where it is not installed.
@Suite struct LibraryTests {
    @Test func aMachineWithoutTheLibraryIsToldSo() {
        #expect(throws: CardError.libraryMissing("libpcsclite.so.0")) { try PCSCLibrary(opening: "libpcsclite.so.0") }
        #expect(CardError.libraryMissing("x").refusal == Refusal(CardRefusal.libraryMissing))
    }

    /// A library of that name that is another one.
    @Test func aLibraryThatLacksAFunctionIsNotUsed() {
        #expect(throws: CardError.libraryMissing("libc.so.6: SCardEstablishContext")) {
            try PCSCLibrary(opening: "libc.so.6")
        }
    }

    /// The compiler holds our lines against the maker's header: sizes, places, numbers, and the functions' forms.
    @Test func ourTypesAndNumbersAreTheHeaders() throws {
        let shim = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Sources/CPCSC/shim.h")
        let program = """
            #include <winscard.h>
            #include "\(shim.path)"
            #include <stddef.h>
            #define SAME(a, b) _Static_assert((unsigned)(a) == (unsigned)(b), #a)
            #define FORM(ours, theirs) static ours ours##_checked = (ours)0; \\
                _Static_assert(__builtin_types_compatible_p(ours, __typeof__(&theirs)), #theirs)
            SAME(sizeof(CPCSC_reader_state), sizeof(SCARD_READERSTATE));
            SAME(offsetof(CPCSC_reader_state, known), offsetof(SCARD_READERSTATE, dwCurrentState));
            SAME(offsetof(CPCSC_reader_state, event), offsetof(SCARD_READERSTATE, dwEventState));
            SAME(offsetof(CPCSC_reader_state, atr_length), offsetof(SCARD_READERSTATE, cbAtr));
            SAME(offsetof(CPCSC_reader_state, atr), offsetof(SCARD_READERSTATE, rgbAtr));
            SAME(sizeof(CPCSC_protocol_header), sizeof(SCARD_IO_REQUEST));
            SAME(offsetof(CPCSC_protocol_header, protocol), offsetof(SCARD_IO_REQUEST, dwProtocol));
            SAME(sizeof(CPCSC_context), sizeof(SCARDCONTEXT));
            SAME(sizeof(CPCSC_card), sizeof(SCARDHANDLE));
            SAME(sizeof(CPCSC_number), sizeof(DWORD));
            SAME(sizeof(CPCSC_result), sizeof(LONG));
            SAME(CPCSC_scope_system, SCARD_SCOPE_SYSTEM);
            SAME(CPCSC_protocol_t0, SCARD_PROTOCOL_T0);
            SAME(CPCSC_protocol_t1, SCARD_PROTOCOL_T1);
            SAME(CPCSC_share_exclusive, SCARD_SHARE_EXCLUSIVE);
            SAME(CPCSC_reset_card, SCARD_RESET_CARD);
            SAME(CPCSC_state_changed, SCARD_STATE_CHANGED);
            SAME(CPCSC_state_unavailable, SCARD_STATE_UNAVAILABLE);
            SAME(CPCSC_state_present, SCARD_STATE_PRESENT);
            SAME(CPCSC_state_exclusive, SCARD_STATE_EXCLUSIVE);
            SAME(CPCSC_state_in_use, SCARD_STATE_INUSE);
            SAME(CPCSC_state_mute, SCARD_STATE_MUTE);
            SAME(CPCSC_ok, SCARD_S_SUCCESS);
            SAME(CPCSC_insufficient_buffer, SCARD_E_INSUFFICIENT_BUFFER);
            SAME(CPCSC_unknown_reader, SCARD_E_UNKNOWN_READER);
            SAME(CPCSC_timeout, SCARD_E_TIMEOUT);
            SAME(CPCSC_sharing_violation, SCARD_E_SHARING_VIOLATION);
            SAME(CPCSC_no_card, SCARD_E_NO_SMARTCARD);
            SAME(CPCSC_comm_error, SCARD_F_COMM_ERROR);
            SAME(CPCSC_not_transacted, SCARD_E_NOT_TRANSACTED);
            SAME(CPCSC_reader_unavailable, SCARD_E_READER_UNAVAILABLE);
            SAME(CPCSC_no_service, SCARD_E_NO_SERVICE);
            SAME(CPCSC_service_stopped, SCARD_E_SERVICE_STOPPED);
            SAME(CPCSC_no_readers, SCARD_E_NO_READERS_AVAILABLE);
            SAME(CPCSC_unresponsive_card, SCARD_W_UNRESPONSIVE_CARD);
            SAME(CPCSC_unpowered_card, SCARD_W_UNPOWERED_CARD);
            SAME(CPCSC_was_reset, SCARD_W_RESET_CARD);
            SAME(CPCSC_removed_card, SCARD_W_REMOVED_CARD);
            FORM(CPCSC_establish, SCardEstablishContext);
            FORM(CPCSC_release, SCardReleaseContext);
            FORM(CPCSC_list_readers, SCardListReaders);
            FORM(CPCSC_disconnect, SCardDisconnect);
            FORM(CPCSC_connect, SCardConnect);
            FORM(CPCSC_reconnect, SCardReconnect);
            """
        let file = FileManager.default.temporaryDirectory.appending(path: "yzt-pcsc-\(UUID().uuidString).c")
        try program.write(to: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: file) }
        let judged = try OtherProgram.run(["clang", "-fsyntax-only", "-I/usr/include/PCSC", file.path])
        #expect(judged.status == 0, "\(judged.said)")
    }
}
