import CertificateProfiles
import Groundwork
import Synchronization
import Testing
import WebService

/// Third parties get as much as the policy says.
@Suite struct RequestRateTests {
    private let rate = CertificatePolicy.PublicRate(clientPerMinute: 60, clientBurst: 3, allPerMinute: 600, allBurst: 8)

    private final class Hand: Sendable {
        let nanoseconds = Mutex<UInt64>(1_000_000_000)
        func turn(seconds: UInt64) { nanoseconds.withLock { $0 += seconds * 1_000_000_000 } }
    }

    private func admitted(_ rates: RequestRates, _ client: String) -> Int {
        (0..<50).count { _ in (try? rates.admit(ClientAddress(client), under: rate)) != nil }
    }

    @Test func aBurstThenTheRate() {
        let hand = Hand()
        let rates = RequestRates(monotonicNanoseconds: { hand.nanoseconds.withLock { $0 } })
        #expect(admitted(rates, "192.0.2.1") == 3)
        hand.turn(seconds: 2)
        #expect(admitted(rates, "192.0.2.1") == 2)
        hand.turn(seconds: 3600)
        #expect(admitted(rates, "192.0.2.1") == 3)
    }

    @Test func allTogetherHaveALimitToo() {
        let hand = Hand()
        let rates = RequestRates(monotonicNanoseconds: { hand.nanoseconds.withLock { $0 } })
        #expect((1...20).reduce(0) { $0 + admitted(rates, "192.0.2.\($1)") } == 8)
    }

    @Test func aRefusalSaysHowLong() throws {
        let rates = RequestRates(monotonicNanoseconds: { 5 })
        _ = admitted(rates, "192.0.2.1")
        let refusal = #expect(throws: Refusal.self) { try rates.admit(ClientAddress("192.0.2.1"), under: rate) }
        #expect(refusal?.code == WebServiceRefusal.tooManyRequests.code && refusal?.facts["seconds"] == "1")
    }
}
