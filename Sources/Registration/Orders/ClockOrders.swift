internal import Groundwork
internal import Officers
package import TimeStamping

/// An officer has compared the clock and answers for it.
package struct ClockOrders: Sendable {
    let ordering: Ordering
    let clock: TrustedClock

    /// Over the clock that officers answer for.
    package init(ordering: Ordering, clock: TrustedClock) {
        self.ordering = ordering
        self.clock = clock
    }

    /// - Parameter hours: how long the word counts.
    package func trust(hours: Int, justification: String, by keys: OrderingKeys) async throws -> TrustedClock.Status {
        let request = try await clock.request(toTrustForHours: hours, justification: justification)
        try await clock.trust(by: await ordering.order(request, by: keys))
        return try await clock.status()
    }
}
