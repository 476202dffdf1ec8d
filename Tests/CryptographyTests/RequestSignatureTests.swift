import Cryptography
import OtherPrograms
import Testing

@Suite struct RequestSignatureTests {
    /// What openssl and others sign with of themselves.
    @Test(arguments: [
        ("rsa:2048", "-sha256"), ("rsa:2048", "-sha384"), ("rsa:2048", "-sha512"),
        ("rsa:2048", "-sha256 -sigopt rsa_padding_mode:pss"),
        ("rsa:2048", "-sha512 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:20"),
        ("ec -pkeyopt ec_paramgen_curve:P-256", "-sha384"), ("ec -pkeyopt ec_paramgen_curve:P-256", "-sha512"),
    ])
    func `A request that is rightly signed proves possession, and an altered one does not`(
        _ key: String, _ options: String
    ) throws {
        let request = try self.request(key, options)
        #expect(request.signatureIsValid())
        var der = request.der
        der[der.count - 3] ^= 1
        #expect(try !CertificateRequest(der: der).signatureIsValid())
    }

    @Test(arguments: ["-sha1", "-sha1 -sigopt rsa_padding_mode:pss", "-sha224"])
    func `An algorithm that is not accepted is named`(_ options: String) throws {
        let request = try self.request("rsa:2048", options)
        #expect(!request.signatureIsValid())
        guard case .unsupported = request.signedWith else {
            Issue.record("\(request.signedWith)")
            return
        }
    }

    private func request(_ key: String, _ options: String) throws -> CertificateRequest {
        let other = try Stranger()
        defer { other.clean() }
        try other.run(
            "openssl req -new -newkey \(key) -nodes -keyout key.pem -subj /CN=request \(options) -outform DER -out r.der"
        )
        return try CertificateRequest(der: Array(other.read("r.der")))
    }
}
