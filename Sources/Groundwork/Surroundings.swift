internal import CLinux  // timespec, which the toolchain attributes to the module that includes sys/timex.h
internal import Foundation

/// The outside facts that logic depends on: time and randomness. Tests fix both.
///
/// Keys and signatures do not draw from here: they take their randomness from OpenSSL alone.
package struct Surroundings: Sendable {
    /// Wall-clock time, UTC.
    package var now: @Sendable () -> Instant
    /// Nanoseconds that never go back; the difference of two readings is a duration.
    package var monotonicNanoseconds: @Sendable () -> UInt64
    /// Unpredictable bytes.
    package var randomBytes: @Sendable (_ count: Int) -> [UInt8]
    /// What the machine says about its own clock.
    package var clock: @Sendable () -> ClockReading
    /// Lets so many milliseconds pass; ends early only with the task's cancellation, as an error.
    package var pause: @Sendable (_ milliseconds: Int64) async throws -> Void

    /// - Parameters:
    ///   - clock: left out, the given `now` is a clock that is always right and never set.
    ///   - pause: left out, the machine's own time passes.
    package init(
        now: @escaping @Sendable () -> Instant, monotonicNanoseconds: @escaping @Sendable () -> UInt64,
        randomBytes: @escaping @Sendable (_ count: Int) -> [UInt8],
        clock: (@Sendable () -> ClockReading)? = nil,
        pause: (@Sendable (_ milliseconds: Int64) async throws -> Void)? = nil
    ) {
        self.now = now
        self.monotonicNanoseconds = monotonicNanoseconds
        self.randomBytes = randomBytes
        self.clock = clock ?? { ClockReading.ideal(at: now()) }
        self.pause = pause ?? { try await Task.sleep(for: .milliseconds($0)) }  // bounded wait
    }

    /// The machine's own clock and the kernel's random number generator.
    package static let real = Surroundings(
        now: { Instant(Date()) },
        monotonicNanoseconds: {
            var time = timespec()
            clock_gettime(CLOCK_MONOTONIC, &time)
            return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
        },
        randomBytes: { count in
            // Eight at a time: each is a call into the kernel.
            var generator = SystemRandomNumberGenerator()
            var bytes: [UInt8] = []
            bytes.reserveCapacity(count + 7)
            while bytes.count < count { withUnsafeBytes(of: generator.next()) { bytes.append(contentsOf: $0) } }
            bytes.removeLast(bytes.count - max(0, count))
            return bytes
        }, clock: ClockReading.ofThisMachine)
}
