package import CertificateProfiles
package import Groundwork
internal import Synchronization

/// Token buckets for one service to third parties: one for each client, one for all. Memory is bounded: beyond so many
/// clients at once, newcomers share one bucket.
package final class RequestRates: Sendable {
    private struct State {
        var all: TokenBucket?
        var clients: [String: TokenBucket] = [:]
    }

    static let clientLimit = 20_000
    private static let others = "others"
    private let monotonicNanoseconds: @Sendable () -> UInt64
    private let state = Mutex(State())

    package init(monotonicNanoseconds: @escaping @Sendable () -> UInt64) {
        self.monotonicNanoseconds = monotonicNanoseconds
    }

    /// Admits one request of this client.
    /// - Throws: `web-service.too-many-requests` with the seconds to wait (429, Retry-After).
    package func admit(_ client: ClientAddress, under rate: CertificatePolicy.PublicRate) throws(Refusal) {
        try admit(client.text, under: rate)
    }

    /// The same for whoever has this name.
    func admit(_ client: String, under rate: CertificatePolicy.PublicRate) throws(Refusal) {
        let now = monotonicNanoseconds()
        let wait = state.withLock { state -> Double? in
            if state.clients.count >= Self.clientLimit { Self.forgetIdle(&state, now, rate) }
            let name =
                state.clients[client] == nil && state.clients.count >= Self.clientLimit ? Self.others : client
            var bucket = state.clients[name] ?? TokenBucket(burst: rate.clientBurst, at: now)
            let ownWait = bucket.take(
                perSecond: Double(rate.clientPerMinute) / 60, burst: rate.clientBurst, at: now)
            state.clients[name] = bucket
            if let ownWait { return ownWait }
            var all = state.all ?? TokenBucket(burst: rate.allBurst, at: now)
            let wait = all.take(perSecond: Double(rate.allPerMinute) / 60, burst: rate.allBurst, at: now)
            state.all = all
            return wait
        }
        guard let wait else { return }
        throw Refusal(
            WebServiceRefusal.tooManyRequests, detail: client,
            facts: ["seconds": String(max(1, Int(wait.rounded(.up))))])
    }

    /// A bucket that is full again says nothing that a new one would not.
    private static func forgetIdle(_ state: inout State, _ now: UInt64, _ rate: CertificatePolicy.PublicRate) {
        state.clients = state.clients.filter {
            !$0.value.isFull(perSecond: Double(rate.clientPerMinute) / 60, burst: rate.clientBurst, at: now)
        }
    }
}

/// A service to third parties with its limit.
package struct LimitedService: Sendable {
    private let rates: RequestRates
    private let rate: @Sendable () async throws -> CertificatePolicy.PublicRate

    package init(
        rates: RequestRates, rate: @escaping @Sendable () async throws -> CertificatePolicy.PublicRate
    ) {
        self.rates = rates
        self.rate = rate
    }

    func admit(_ client: ClientAddress) async throws { try rates.admit(client, under: await rate()) }
}
