import Dispatch
import Groundwork
import PIV
import Synchronization
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

    /// A PIN whose command was given up while the thread was held by another one never leaves.
    @Test func whatWasGivenUpBeforeItBeganIsNotBegun() async throws {
        let gate = Gate()
        let hasBegun = DispatchSemaphore(value: 0)
        async let first = Deadline.race(.seconds(60), on: gate.thread) { () throws(CardError) in
            hasBegun.signal()
            gate.wait()
        }
        // On a thread that may wait.
        try await BlockingPool(threads: 1, name: "begun").run { hasBegun.wait() }
        let sent = Mutex(false)
        let second = await Deadline.race(.milliseconds(30), on: gate.thread) { () throws(CardError) in
            sent.withLock { $0 = true }
        }
        #expect(throws: CardError.timedOut) { try second.get() }
        gate.open()
        try await first.get()
        // The thread takes one thing after the other: when this has run, it has passed the one that was given up.
        _ = await Deadline.race(.seconds(60), on: gate.thread) { () throws(CardError) in }
        #expect(!sent.withLock { $0 })
    }

    /// The driver still reads the frame when the caller has gone on: it must be whole until the driver lets go.
    @Test func aSecretFrameIsWholeUntilTheThreadThatSendsItLetsGo() async throws {
        let gate = Gate()
        let hasBegun = DispatchSemaphore(value: 0)
        let frame = SecretFrame(SecretBytes(copying: [0x00, 0x20, 0x00, 0x80]))
        async let sent = gate.thread.run {
            try frame.sent { (bytes) throws(CardError) in
                hasBegun.signal()
                gate.wait()
                return Array(bytes)
            }
        }
        try await BlockingPool(threads: 1, name: "begun").run { hasBegun.wait() }
        // It is the thread's: nobody else can take or wipe it any more.
        #expect(throws: CardError.sessionEnded) { try frame.sent { (_) throws(CardError) in } }
        gate.open()
        #expect(try await sent == [0x00, 0x20, 0x00, 0x80])
    }
}
