import Groundwork
import Testing

/// What operators' monitoring depends on.
@Suite struct CountedTests {
    @Test func `Names have the form that Prometheus asks, and their sentence`() {
        for name in Counted.allCases {
            #expect(name.rawValue.wholeMatch(of: /yzt(_[a-z]+)+_total/) != nil, "\(name)")
            #expect(name.help.hasSuffix(".") && !name.help.contains("\n"))
            #expect(Set(name.labels).count == name.labels.count)
        }
        for name in Measured.allCases {
            #expect(name.rawValue.wholeMatch(of: /yzt(_[a-z]+)+/) != nil && !name.rawValue.hasSuffix("_total"))
            #expect(name.help.hasSuffix("."))
        }
    }

    @Test func `Where nobody asks, counting goes nowhere`() {
        Counted.refusals.add("groundwork.too-large")
        CountedOften(.httpRequests, "public").add("2xx")
        Measured.keysAvailable.set(1)
    }
}
