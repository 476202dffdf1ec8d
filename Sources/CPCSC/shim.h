// What pcsc-lite's client library says on Linux (winscard.h, pcsclite.h): its types, numbers and the forms of its
// functions. The library itself is opened when a reader is first used, so nothing here needs its header or links it; a
// test holds these lines against the header.
#pragma once

typedef long CPCSC_result;
typedef unsigned long CPCSC_number;
typedef long CPCSC_context;
typedef long CPCSC_card;

/// SCARD_READERSTATE.
typedef struct {
    const char *reader;
    void *user;
    CPCSC_number known;
    CPCSC_number event;
    CPCSC_number atr_length;
    unsigned char atr[33];
} CPCSC_reader_state;

/// SCARD_IO_REQUEST: the protocol header of a command.
typedef struct {
    unsigned long protocol;
    unsigned long length;
} CPCSC_protocol_header;

enum {
    CPCSC_scope_system = 2,
    CPCSC_protocol_t0 = 1,
    CPCSC_protocol_t1 = 2,
    CPCSC_share_exclusive = 1,
    CPCSC_reset_card = 1,
    CPCSC_state_changed = 0x0002,
    CPCSC_state_unavailable = 0x0008,
    CPCSC_state_present = 0x0020,
    CPCSC_state_exclusive = 0x0080,
    CPCSC_state_in_use = 0x0100,
    CPCSC_state_mute = 0x0200,
};

/// SCARD_S_SUCCESS and the errors that are told apart, as their 32 bits.
enum {
    CPCSC_ok = 0,
    CPCSC_insufficient_buffer = 0x80100008,
    CPCSC_unknown_reader = 0x80100009,
    CPCSC_timeout = 0x8010000A,
    CPCSC_sharing_violation = 0x8010000B,
    CPCSC_no_card = 0x8010000C,
    CPCSC_comm_error = 0x80100013,
    CPCSC_not_transacted = 0x80100016,
    CPCSC_reader_unavailable = 0x80100017,
    CPCSC_no_service = 0x8010001D,
    CPCSC_service_stopped = 0x8010001E,
    CPCSC_no_readers = 0x8010002E,
    CPCSC_unresponsive_card = 0x80100066,
    CPCSC_unpowered_card = 0x80100067,
    CPCSC_was_reset = 0x80100068,
    CPCSC_removed_card = 0x80100069,
};

typedef CPCSC_result (*CPCSC_establish)(CPCSC_number scope, const void *, const void *, CPCSC_context *);
typedef CPCSC_result (*CPCSC_release)(CPCSC_context);
typedef CPCSC_result (*CPCSC_list_readers)(CPCSC_context, const char *groups, char *readers, CPCSC_number *length);
typedef CPCSC_result (*CPCSC_status_change)(
    CPCSC_context, CPCSC_number milliseconds, CPCSC_reader_state *, CPCSC_number count);
typedef CPCSC_result (*CPCSC_connect)(
    CPCSC_context, const char *reader, CPCSC_number share, CPCSC_number protocols, CPCSC_card *,
    CPCSC_number *protocol);
typedef CPCSC_result (*CPCSC_reconnect)(
    CPCSC_card, CPCSC_number share, CPCSC_number protocols, CPCSC_number initialisation, CPCSC_number *protocol);
typedef CPCSC_result (*CPCSC_disconnect)(CPCSC_card, CPCSC_number disposition);
typedef CPCSC_result (*CPCSC_transmit)(
    CPCSC_card, const CPCSC_protocol_header *, const unsigned char *command, CPCSC_number command_length,
    CPCSC_protocol_header *, unsigned char *answer, CPCSC_number *answer_length);
