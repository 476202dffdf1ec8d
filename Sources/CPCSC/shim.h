// The PC/SC client library (pcsc-lite). Its constants are macros with casts that Swift reads as they are.
#pragma once
#include <winscard.h>

/// The protocol header for T=0 or T=1: macros that name structures of the library.
static inline const SCARD_IO_REQUEST *CPCSC_protocol_header(DWORD protocol) {
    return protocol == SCARD_PROTOCOL_T0 ? SCARD_PCI_T0 : SCARD_PCI_T1;
}

static inline LONG CPCSC_ok(void) { return SCARD_S_SUCCESS; }
static inline LONG CPCSC_timeout(void) { return SCARD_E_TIMEOUT; }
static inline LONG CPCSC_no_readers(void) { return SCARD_E_NO_READERS_AVAILABLE; }
static inline LONG CPCSC_no_card(void) { return SCARD_E_NO_SMARTCARD; }
static inline LONG CPCSC_unknown_reader(void) { return SCARD_E_UNKNOWN_READER; }
static inline LONG CPCSC_reader_unavailable(void) { return SCARD_E_READER_UNAVAILABLE; }
static inline LONG CPCSC_sharing_violation(void) { return SCARD_E_SHARING_VIOLATION; }
static inline LONG CPCSC_removed_card(void) { return SCARD_W_REMOVED_CARD; }
static inline LONG CPCSC_unpowered_card(void) { return SCARD_W_UNPOWERED_CARD; }
static inline LONG CPCSC_unresponsive_card(void) { return SCARD_W_UNRESPONSIVE_CARD; }
static inline LONG CPCSC_reset_card(void) { return SCARD_W_RESET_CARD; }
static inline LONG CPCSC_not_transacted(void) { return SCARD_E_NOT_TRANSACTED; }
static inline LONG CPCSC_comm_error(void) { return SCARD_F_COMM_ERROR; }
static inline LONG CPCSC_insufficient_buffer(void) { return SCARD_E_INSUFFICIENT_BUFFER; }
