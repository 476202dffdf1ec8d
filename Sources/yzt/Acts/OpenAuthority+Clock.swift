import CertificateAuthority
import Groundwork

/// The clock, before strangers rely on it.
extension OpenAuthority {
    /// Says on whose word the clock is used. An evaluation's rule is for evaluations alone.
    func announceClock() async throws {
        let rules = try await authority.policies.current().certificates.timeStamps.clock
        guard configuration.evaluation || rules.unsynchronised == .refused else {
            throw Refusal(CommandRefusal.evaluationClock)
        }
        let verdict = try await authority.clock.watch()
        Console.say("时钟 · clock: \(verdict.text.zh) · \(verdict.text.en)")
    }

    /// An officer has compared the clock and answers for it.
    func trustClock(hours: Int, words: String, by keys: OrderingKeys) async throws -> TrustedClock.Status {
        let request = try await authority.clock.request(toTrustForHours: hours, words: words)
        try await authority.clock.trust(by: await order(request, by: keys))
        return try await authority.clock.status()
    }
}
