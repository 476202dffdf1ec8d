import AgentProtocol
import CertificateProfiles
import CertificateRecords
import Cryptography
import Foundation
import Groundwork
import Installation
internal import KeyCustody
import LegalEntities
import Registration
import SecurityKeys
internal import TimeStamping
import WebService

/// The entity gets its key, and the world asks for its status.
extension Life {
    func enrol() async throws -> String {
        let open = try authority
        let name = try await open.keys.enrol(
            open.registry.code(cast.code), family: options.family, at: terminal(.holder), by: officerKeys)
        let records = try await certificates(of: name)
        try expect(records.count == 2, "two certificates")
        for record in records {
            try expect(record.state(at: open.surroundings.now()) == .active, "an active certificate")
            try expect(
                record.origin.hasPrefix("attested") || options.realKey != nil,
                "an attested key, not \(record.origin)")
        }
        return "\(name.hex): "
            + records.map { "\($0.purpose.rawValue) \($0.serialNumber.hex.prefix(8))…" }
            .joined(separator: ", ")
    }

    /// Asks OCSP and the certificate's own revocation list over HTTP, as any relying party would.
    func status() async throws -> String {
        let records = try await certificates(of: cast.first)
        for record in records { try await expectStatus(of: record, .good) }
        try await askForTime()
        let clock = try await authority.authority.clock.watch()
        return "OCSP good, CRL without it, time stamp granted (\(clock.text.en))"
    }

    enum Expected: String { case good, held, revoked }

    /// What the status address says of a certificate now; leaves the answers in `status/`.
    func expectStatus(of record: CertificateRecord, _ expected: Expected) async throws {
        let open = try authority
        let issuer = try open.authority.issuers.issuer(generation: record.issuer)
        let certificate = try record.certificate()
        let identifier = OCSPCertID(issuer: issuer.certificate, serialNumber: certificate.serialNumber)
        let request = OCSPRequest(certificates: [identifier], nonce: nil)
        let base = open.configuration.addresses.status
        let answer = try await client.post(
            "\(base)/ocsp/\(record.issuer)", type: "application/ocsp-request", body: request.der)
        try expect(answer.status == 200, "an OCSP answer, not \(answer.status)")
        let name = "\(record.serialNumber.hex.prefix(12))-\(expected.rawValue)"
        try output.write(answer.body, "status/\(name).ocsp")
        let said = try OCSPReading.state(in: answer.body, of: identifier)
        try expect(said == expected, "OCSP says \(said.rawValue), expected \(expected.rawValue)")

        let list = try await client.get("\(base)/crl/\(record.issuer)/\(record.shard).crl")
        try expect(list.status == 200, "a revocation list, not \(list.status)")
        try output.write(list.body, "status/\(record.issuer)-\(record.shard)-\(name).crl")
        let parsed = try CertificateList(der: list.body)
        try expect(parsed.isSigned(by: issuer.certificate.publicKey), "a list signed by its issuer")
        let entry = parsed.entries.first { $0.serialNumber == certificate.serialNumber }
        switch expected {
        case .good: try expect(entry == nil, "no entry on the list")
        case .held: try expect(entry?.reason == .certificateHold, "a hold on the list")
        case .revoked: try expect(entry != nil && entry?.reason != .certificateHold, "an entry on the list")
        }
    }

    private func askForTime() async throws {
        let open = try authority
        let message = Array("一证通".utf8)
        let digest: DigestAlgorithm = .sha256
        let request = TimeStampRequest(
            imprint: MessageImprint(of: message, digest: digest), nonce: open.surroundings.randomBytes(16),
            certificateRequested: true)
        let answer = try await client.post(
            open.configuration.addresses.status + "/tsa", type: "application/timestamp-query", body: request.der)
        guard case .granted(let token) = try TimeStampResponse(der: answer.body) else {
            throw Refusal(CommandRefusal.stepFailed, detail: "the time stamp was rejected", facts: ["step": "status"])
        }
        _ = try token.verify(answering: request)
        try output.write(request.der, "time/first.tsq")
        try output.write(answer.body, "time/first.tsr")
    }

    /// All certificates of a key, newest first, written to `keys/` on the way.
    func certificates(of name: MediumNumber?) async throws -> [CertificateRecord] {
        guard let name else { return [] }
        let records = try await authority.authority.certificates.certificates(medium: name.bytes)
        for record in records {
            try output.write(record.der, "keys/\(name.hex)/\(record.purpose.rawValue)-\(record.serialNumber.hex).cer")
        }
        return records
    }

    /// The usable certificate of a purpose on a key.
    func active(_ purpose: CertificatePurpose, on name: MediumNumber?) async throws -> CertificateRecord {
        let now = try authority.surroundings.now()
        guard
            let record = try await certificates(of: name).first(where: { $0.purpose == purpose && $0.isUsable(at: now) }
            )
        else {
            throw Refusal(
                CommandRefusal.stepFailed, detail: "no usable \(purpose.rawValue) certificate", facts: ["step": "?"])
        }
        return record
    }

    func expect(_ condition: Bool, _ what: String) throws {
        guard condition else {
            throw Refusal(CommandRefusal.stepFailed, detail: "expected \(what)", facts: ["step": what])
        }
    }

    /// The refusal of an act that must be refused.
    func refusal(of act: () async throws -> Void) async throws -> String {
        do { try await act() } catch let refusal as Refusal { return refusal.code }
        throw Refusal(CommandRefusal.stepFailed, detail: "it was not refused", facts: ["step": "refusal"])
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
