import AgentProtocol
import Cryptography
import Groundwork

/// The parts of evidence, decoded: what the checks work on.
struct EvidenceParts {
    let origin: String
    let client: String
    let statementBytes: [UInt8]
    let statement: LoginStatement
    let serviceSignature: [UInt8]
    let serviceCertificate: Certificate
    let signature: [UInt8]
    let certificate: Certificate
    let chain: [Certificate]
    let statusAnswer: [UInt8]
    let verifiedAt: Instant
    let auditEvent: String
    let json: CanonicalJSON

    init(_ evidence: Evidence) throws(Refusal) {
        let json = evidence.json
        func refused(_ what: String) -> Refusal {
            Refusal(AuthenticationRefusal.malformedEvidence, facts: ["what": what])
        }
        func text(_ name: String) throws(Refusal) -> String {
            guard let value = json[name]?.string else { throw refused(name) }
            return value
        }
        func bytes(_ name: String) throws(Refusal) -> [UInt8] {
            guard let value = Base64.decode(try text(name)) else { throw refused(name) }
            return value
        }
        func certificate(_ name: String) throws(Refusal) -> Certificate {
            do { return try Certificate(der: bytes(name)) } catch { throw refused(name) }
        }
        self.json = json
        origin = try text("origin")
        client = try text("client")
        statementBytes = try bytes("statement")
        do { statement = try LoginStatement(bytes: statementBytes) } catch { throw refused("statement") }
        serviceSignature = try bytes("service_signature")
        serviceCertificate = try certificate("service_certificate")
        signature = try bytes("signature")
        self.certificate = try certificate("certificate")
        guard let list = json["chain"]?.array, list.count <= 8 else { throw refused("chain") }
        var chain: [Certificate] = []
        for each in list {
            guard let der = each.string.flatMap({ Base64.decode($0) }), let issuer = try? Certificate(der: der) else {
                throw refused("chain")
            }
            chain.append(issuer)
        }
        self.chain = chain
        statusAnswer = try bytes("ocsp")
        guard let milliseconds = json["verified_at"]?.integer, milliseconds > 0 else { throw refused("verified_at") }
        verifiedAt = Instant(milliseconds: milliseconds)
        auditEvent = try text("audit_event")
    }
}
