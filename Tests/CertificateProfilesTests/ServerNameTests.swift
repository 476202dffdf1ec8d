import CertificateProfiles
import Testing

@Suite struct ServerNameTests {
    @Test(arguments: [
        "api.tax.example", "xn--fiqs8s.example", "xn--55qx5d.xn--fiqs8s", "xn--mgbh0fb.example", "a-b.example",
    ])
    func `Registrable names are sound`(_ name: String) { #expect(ServerName.isSound(name)) }

    /// Not Punycode; Punycode of what IDNA 2008 does not permit (an emoji, a capital letter, what ASCII can say itself);
    /// hyphens that only A-labels may have.
    @Test(arguments: [
        "xn--zzzz99999.cn", "xn--a.example", "xn--i-7iq.example", "xn--ls8h.example", "xn--abc-.example",
        "ab--cd.example", "xn--.example",
    ])
    func `What IDNA 2008 does not register is not`(_ name: String) { #expect(!ServerName.isSound(name)) }
}
