internal import CLinux
internal import Foundation

/// What the machine says about its own clock at one moment.
package struct ClockReading: Hashable, Sendable {
    /// Names this run of the machine: after a restart it is another one.
    package var boot: String
    /// Milliseconds since the machine started, its sleep included: nobody can set this clock.
    package var millisecondsSinceBoot: Int64
    /// Whether the kernel says that a time server keeps the clock (STA_UNSYNC is not set).
    package var isSynchronised: Bool
    /// The kernel's own figures; they mean something only while the clock is synchronised.
    package var estimatedErrorMicroseconds: Int64
    package var maximumErrorMicroseconds: Int64

    package init(
        boot: String, millisecondsSinceBoot: Int64, isSynchronised: Bool, estimatedErrorMicroseconds: Int64,
        maximumErrorMicroseconds: Int64
    ) {
        self.boot = boot
        self.millisecondsSinceBoot = millisecondsSinceBoot
        self.isSynchronised = isSynchronised
        self.estimatedErrorMicroseconds = estimatedErrorMicroseconds
        self.maximumErrorMicroseconds = maximumErrorMicroseconds
    }

    /// A clock that is always right: what a time that somebody made up says about itself.
    package static func ideal(at now: Instant) -> ClockReading {
        ClockReading(
            boot: "ideal", millisecondsSinceBoot: now.milliseconds, isSynchronised: true,
            estimatedErrorMicroseconds: 0, maximumErrorMicroseconds: 0)
    }

    /// The kernel's word: ntp_adjtime(3), CLOCK_BOOTTIME, and the identifier of this boot. Where it cannot be asked,
    /// the clock is not synchronised.
    package static let ofThisMachine: @Sendable () -> ClockReading = {
        let clock = CLinux_read_clock()
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        return ClockReading(
            boot: bootIdentifier, millisecondsSinceBoot: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000,
            isSynchronised: clock.is_known == 1 && clock.is_synchronised == 1,
            estimatedErrorMicroseconds: Int64(clock.estimated_error),
            maximumErrorMicroseconds: Int64(clock.maximum_error))
    }

    /// Constant while the machine runs.
    private static let bootIdentifier: String = {
        let text = try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)
        return text.map { $0.filter { !$0.isWhitespace } } ?? "unknown"
    }()
}
