internal import CertificateRecords
package import Groundwork
package import Storage

/// What a node promises that answers from a copy of the store (design, Status): at most this far behind, or tryLater.
package struct ReplicaBound: Sendable {
    package let seconds: Int
    /// When the copy was last known to be as new as the primary; `nil`: never.
    package let lastSeen: @Sendable () -> Instant?

    package init(seconds: Int, lastSeen: @escaping @Sendable () -> Instant?) {
        self.seconds = seconds
        self.lastSeen = lastSeen
    }

    /// How many seconds of the promise are left; `nil` if it is broken.
    func left(at now: Instant) -> Int? {
        guard let seen = lastSeen() else { return nil }
        let left = seconds - Int(now.seconds(since: seen).rounded(.up))
        return left >= 0 ? min(left, seconds) : nil
    }
}

/// The primary's sign of life in the store: what a copy contains at least up to that moment is what it contains at all.
package enum StatusHeartbeat {
    private static let setting: StaticString = "status-heartbeat"

    /// The primary calls it every few seconds; the copy carries it along.
    package static func beat(_ database: Database, at now: Instant) async throws {
        try await database.write { try AuthoritySetting.set("\(setting)", String(now.milliseconds), in: $0) }
    }

    /// When the primary was last seen alive in this copy, looked up at each answer. `nil`: it never beat.
    package static func bound(seconds: Int, in database: Database) throws(Refusal) -> ReplicaBound {
        let watch = try AuthoritySetting.watchInteger(setting, in: database)
        return ReplicaBound(seconds: seconds) {
            guard let milliseconds = try? watch.value(), milliseconds > 0 else { return nil }
            return Instant(milliseconds: milliseconds)
        }
    }
}
