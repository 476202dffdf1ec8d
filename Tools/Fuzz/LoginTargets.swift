import AgentProtocol
@testable import CertificateProfiles
import Cryptography
import Foundation
import Groundwork

@testable import Authentication

/// What browsers and key agents send, and what somebody brings who wants to know whether a login was one.
enum LoginTargets {
    static func evidence(_ bytes: [UInt8]) {
        guard let certificate = FuzzScratch.certificate else { return }
        _ = try? EvidenceVerifier.verify(bytes, anchors: [certificate]).isComplete
    }

    static func login(_ bytes: [UInt8]) {
        let data = Data(bytes)
        _ = try? JSONDecoder().decode(ChallengeRequest.self, from: data)
        guard let request = try? JSONDecoder().decode(VerificationRequest.self, from: data) else { return }
        _ = try? LoginAnswer(request)
    }

    /// What is accepted is written as it was read: one thing has one name.
    static func words(_ text: String) {
        if let name = CRLName(text) { precondition(name.text == text, "two addresses of one list") }
        if let origin = try? WebOrigin(text) { precondition("\(origin)" == text, "two spellings of one origin") }
        _ = try? ClientIdentifier(text)
        _ = SessionToken(cookie: text)
        _ = (SerialNumber(hex: text), MediumNumber(hex: text), try? OID(validating: text))
        if let bytes = Base64.decode(text) { precondition(Base64.encode(bytes) == text, "two texts of the same bytes") }
        if let bytes = Hex.decode(text) { precondition(Hex.decode(Hex.encode(bytes)) == bytes, "hexadecimal digits") }
    }
}
