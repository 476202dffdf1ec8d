import Groundwork
import Installation
import Testing
import WebService

/// Whose limits count.
@Suite struct ClientAddressTests {
    @Test(arguments: [
        ("192.0.2.1", "192.0.2.1"), ("192.0.2.1:4711", "192.0.2.1"), ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::/64"), ("2001:DB8:0:0:1:2:3:4", "2001:db8::/64"),
        ("2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::/64"), ("[2001:db8::1]:443", "2001:db8::/64"),
        ("[2001:db8::1]", "2001:db8::/64"), ("2001:db8:1:2:3::", "2001:db8:1:2::/64"), ("fe80::1%eth0", "fe80::/64"),
        ("::1", "::/64"),
    ])
    func anAddressHasOneForm(_ written: String, _ form: String) { #expect(ClientAddress(written).text == form) }

    @Test(arguments: [
        "", "unknown", "192.0.2", "192.0.2.256", "192.0.2.1:", "192.0.2.1:x", "[2001:db8::1", "[192.0.2.1]x", "_hidden",
        "192.0.2.1, 192.0.2.2", "１９２.0.2.1", String(repeating: "1", count: 100),
    ])
    func whatIsNoAddressIsNone(_ text: String) { #expect(IPAddress(withPort: text) == nil) }

    @Test func networks() throws {
        let network = try #require(IPNetwork("10.1.0.0/16"))
        #expect(network.contains(try #require(IPAddress("10.1.255.255"))))
        #expect(!network.contains(try #require(IPAddress("10.2.0.0"))))
        #expect(!network.contains(try #require(IPAddress("::a01:0"))))
        #expect(network.description == "10.1.0.0/16" && IPNetwork("192.0.2.7")?.description == "192.0.2.7")
        let six = try #require(IPNetwork("2001:db8:8000::/33"))
        #expect(six.contains(try #require(IPAddress("2001:db8:ffff::1"))))
        #expect(!six.contains(try #require(IPAddress("2001:db8:7fff::1"))))
        let all = try #require(IPNetwork("0.0.0.0/0"))
        #expect(all.contains(try #require(IPAddress("203.0.113.9"))))
        for wrong in ["10.1.0.1/16", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "x/8", "::/129", ""] {
            #expect(IPNetwork(wrong) == nil, "\(wrong)")
        }
    }

    @Test func theHeaderIsBelievedFromTrustedProxiesAlone() {
        let proxies = TrustedProxies(["10.0.0.0/24", "::1"].compactMap { IPNetwork($0) })
        func client(_ peer: String, _ forwarded: String...) -> String {
            proxies.client(peer: IPAddress(peer), forwarded: forwarded).text
        }
        #expect(client("192.0.2.1", "198.51.100.1") == "192.0.2.1")
        #expect(client("10.0.0.5", "198.51.100.1") == "198.51.100.1")
        #expect(client("10.0.0.5", "203.0.113.66, 198.51.100.1:4000") == "198.51.100.1")
        // Two proxies, one after the other; two fields count as one.
        #expect(client("10.0.0.5", "203.0.113.66, 198.51.100.1, 10.0.0.9") == "198.51.100.1")
        #expect(client("10.0.0.5", "203.0.113.66", " 198.51.100.1 ,10.0.0.9") == "198.51.100.1")
        #expect(client("::1", "2001:db8:5::9") == "2001:db8:5::/64")
        // Nothing said, or nothing that is an address: the proxy itself.
        #expect(client("10.0.0.5") == "10.0.0.5")
        #expect(client("10.0.0.5", "198.51.100.1, unknown") == "10.0.0.5")
        #expect(proxies.client(peer: nil, forwarded: ["198.51.100.1"]) == .unknown)
    }

    @Test func limitsFitTheFilesThatThereAre() {
        let limits = NetworkLimits()
        #expect(limits.fitting(OpenFileLimit(soft: 1 << 20, hard: 1 << 20)) == limits)
        for files in [256, 512, 1024, 4096] {
            let fitting = limits.fitting(OpenFileLimit(soft: files, hard: files))
            let sum = fitting.connections.values.reduce(0, +)
            #expect(
                sum + min(256, files / 4) <= max(files, 320) + 32 && fitting.connections.values.allSatisfy { $0 >= 16 },
                "\(files): \(sum)")
            #expect(
                ServiceAddress.allCases.allSatisfy { fitting.perClient(on: $0) * 2 <= fitting.connections[$0] ?? 0 })
        }
    }
}
