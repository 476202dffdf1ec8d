import Cryptography
import Foundation
import Groundwork

/// What the world is told of a certificate: asked over HTTP at the addresses that the certificate itself names.
extension Life {
    func status() async throws -> String {
        for shown in try onKey(at: .holder) { try await expectStatus(of: shown, .good) }
        try await askForTime()
        let clock = try yzt.run(["clock", "status"]).text.firstMatch(of: /[^·]+$/)?.output ?? ""
        return
            "OCSP good, CRL without it, time stamp granted (\(clock.trimmingCharacters(in: .whitespacesAndNewlines)))"
    }

    enum Expected: String { case good, held, revoked }

    /// What OCSP and the certificate's own revocation list say now; leaves the answers in `status/`.
    func expectStatus(of shown: ShownCertificate, _ expected: Expected) async throws {
        let certificate = try certificate(shown)
        guard let responder = certificate.facts.ocspAddresses.first,
            let listed = certificate.facts.crlAddresses.first,
            let issuer = issuers.values.first(where: { certificate.isSigned(by: $0.publicKey) })
        else { throw Refusal(CommandRefusal.stepFailed, facts: ["step": "addresses in \(shown.serial)"]) }
        let identifier = OCSPCertID(issuer: issuer, serialNumber: certificate.serialNumber)
        let request = OCSPRequest(certificates: [identifier], nonce: nil)
        let answer = try await client.post(responder, type: "application/ocsp-request", body: request.der)
        try expect(answer.status == 200, "an OCSP answer, not \(answer.status)")
        let name = "\(shown.serial.prefix(12))-\(expected.rawValue)"
        try output.write(answer.body, "status/\(name).ocsp")
        let said = try OCSPReading.state(in: answer.body, of: identifier)
        try expect(said == expected, "OCSP says \(said.rawValue), expected \(expected.rawValue)")

        let list = try await client.get(listed)
        try expect(list.status == 200, "a revocation list, not \(list.status)")
        let shard = listed.split(separator: "/").suffix(2).joined(separator: "-").replacing(".crl", with: "")
        try output.write(list.body, "status/\(shard)-\(name).crl")
        let parsed = try CertificateList(der: list.body)
        try expect(parsed.isSigned(by: issuer.publicKey), "a list signed by its issuer")
        let entry = parsed.entries.first { $0.serialNumber == certificate.serialNumber }
        switch expected {
        case .good: try expect(entry == nil, "no entry on the list")
        case .held: try expect(entry?.reason == .certificateHold, "a hold on the list")
        case .revoked: try expect(entry != nil && entry?.reason != .certificateHold, "an entry on the list")
        }
    }

    private func askForTime() async throws {
        let request = TimeStampRequest(
            imprint: MessageImprint(of: Array("一证通".utf8), digest: .sha256),
            nonce: Surroundings.real.randomBytes(16), certificateRequested: true)
        let answer = try await client.post(
            address("status") + "/tsa", type: "application/timestamp-query", body: request.der)
        guard case .granted(let token) = try TimeStampResponse(der: answer.body) else {
            throw Refusal(CommandRefusal.stepFailed, detail: "the time stamp was rejected", facts: ["step": "status"])
        }
        _ = try token.verify(answering: request)
        try output.write(request.der, "time/first.tsq")
        try output.write(answer.body, "time/first.tsr")
    }
}

/// What an OCSP answer says, as this life's words.
enum OCSPReading {
    static func state(in der: [UInt8], of identifier: OCSPCertID) throws -> Life.Expected {
        let response = try OCSPResponse(der: der)
        guard let single = response.basic?.response(for: identifier) else {
            throw Refusal(CommandRefusal.stepFailed, detail: "no answer for the certificate", facts: ["step": "OCSP"])
        }
        switch single.status {
        case .good: return .good
        case .revoked(_, let reason): return reason == .certificateHold ? .held : .revoked
        case .unknown:
            throw Refusal(CommandRefusal.stepFailed, detail: "unknown", facts: ["step": "OCSP"])
        }
    }
}
