import PIV
import Testing

@testable import PCSC

/// What the PC/SC service's own codes mean to us (pcsc-lite, pcsclite.h).
@Suite struct ServiceCodeTests {
    @Test(
        arguments: [
            (0x8010_001D, .serviceUnavailable(code: 0x8010_001D)),
            (0x8010_0003, .serviceUnavailable(code: 0x8010_0003)),
            (0x8010_000C, .noCard), (0x8010_0066, .mute), (0x8010_0067, .noCard), (0x8010_0069, .cardRemoved),
            (0x8010_0068, .cardRemoved), (0x8010_000B, .cardInUse), (0x8010_0009, .readerUnavailable(name: "r")),
            (0x8010_0017, .readerUnavailable(name: "r")), (0x8010_000A, .timedOut),
        ] as [(Int, CardError)])
    func eachCodeIsATypedError(code: Int, expected: CardError) {
        #expect(throws: expected) { try ServiceCode.check(code, reader: "r") }
    }

    @Test func successIsNoError() throws { try ServiceCode.check(0, reader: "r") }

    @Test func aBoundIsKeptAlthoughTheCallDoesNotReturn() async throws {
        // The loser of the race is let go: its thread ends by itself, once its call comes back.
        let gate = Gate()
        let outcome = await Deadline.race(.milliseconds(30), on: gate.thread) { () throws(CardError) in gate.wait() }
        #expect(throws: CardError.timedOut) { try outcome.get() }
        gate.open()
    }
}
