import AgentProtocol
import Cryptography
import ElectronicSeals
import Foundation
import Groundwork
import LegalEntities
import Officers
import PortableDocuments
import SmartCards

/// The parsers of outside bytes, by the names that `Tools/fuzz` lists. Each must end in a value or a refusal, and what
/// was accepted must bear being asked.
enum FuzzTarget: String, CaseIterable {
    case certificate, request, crl, cms, key, name, pem
    case ocsp, ocspAnswer = "ocsp-answer"
    case timestamp, timestampAnswer = "timestamp-answer"
    case json, yaml
    case apdu, tlv, chuid
    case pdf
    case registry
    case statement, plan, act
    case seal

    func feed(_ bytes: [UInt8]) {
        switch self {
        case .certificate: Certificates.certificate(bytes)
        case .request: _ = try? CertificateRequest(der: bytes).signatureIsValid()
        case .crl: _ = try? CertificateList(der: bytes)
        case .cms: Certificates.signedData(bytes)
        case .key: _ = try? PublicKey(spki: bytes).verifies([0x30, 0x00], over: bytes)
        case .name: if let name = try? DistinguishedName(der: bytes) { _ = "\(name)" }
        case .pem: _ = try? PEM.decode(String(decoding: bytes, as: UTF8.self))
        case .ocsp: _ = try? OCSPRequest(der: bytes)
        case .ocspAnswer: _ = try? OCSPResponse(der: bytes)
        case .timestamp: _ = try? TimeStampRequest(der: bytes)
        case .timestampAnswer: _ = try? TimeStampResponse(der: bytes)
        case .json: canonicalJSON(bytes)
        case .yaml: _ = try? CodeRules(yaml: String(decoding: bytes, as: UTF8.self))
        case .apdu:
            for coding in CommandAPDU.LengthCoding.allCases { _ = CommandAPDU(parsing: bytes)?.frames(coding) }
            _ = ResponseAPDU(parsing: bytes)
        case .tlv:
            if let objects = TLV.parse(bytes) {
                _ = TLV.encode(objects)
                _ = objects.map(\.parts)
            }
            _ = TLV(parsing: bytes)
        case .chuid:
            _ = CardHolderIdentifier(parsing: bytes)
            _ = KeyMetadata(parsing: bytes)
            _ = AlgorithmExtensions(parsing: bytes)
        case .pdf:
            _ = try? PDFDocument(bytes)
            _ = try? EmbeddedSignature.all(in: bytes)
        case .registry: registry(bytes)
        case .statement: _ = try? LoginStatement(bytes: bytes)
        case .plan: _ = try? PlanOrder(bytes: bytes)
        case .act: _ = try? CanonicalRequest(bytes: bytes)
        case .seal: _ = try? SealData(der: bytes)
        }
    }

    /// What was read is written again as bytes that are read as the same.
    private func canonicalJSON(_ bytes: [UInt8]) {
        guard let value = try? CanonicalJSON(parsing: bytes) else { return }
        let again = try? CanonicalJSON(parsingCanonical: value.bytes)
        precondition(again == value, "canonical JSON that is read differently")
    }

    private func registry(_ bytes: [UInt8]) {
        var lines = FeedLines()
        _ = lines.take(bytes)
        _ = lines.finish()
        guard let rules = Self.rules, let record = try? RegistryLine.parse(bytes, rules: rules) else { return }
        let again = try? RegistryLine.parse(Array(RegistryLine.write(record).utf8), rules: rules)
        precondition(again == record, "a record that is read differently")
    }

    private static let rules: CodeRules? = {
        guard let text = try? String(contentsOfFile: "Policies/uscc.yaml", encoding: .utf8) else { return nil }
        return try? CodeRules(yaml: text)
    }()

    /// Chosen once, by the environment variable that the script sets.
    static let chosen: FuzzTarget = {
        let name = ProcessInfo.processInfo.environment["YZT_FUZZ_TARGET"] ?? ""
        guard let target = FuzzTarget(rawValue: name) else {
            print("YZT_FUZZ_TARGET must be one of: \(allCases.map(\.rawValue).joined(separator: " "))")
            exit(64)
        }
        return target
    }()
}

/// Readers whose results have more to be asked.
private enum Certificates {
    static func certificate(_ bytes: [UInt8]) {
        guard let certificate = try? Certificate(der: bytes) else { return }
        _ = certificate.publicKey.verifies(bytes, over: bytes)
        _ = certificate.publicKey.keyIdentifier
    }

    static func signedData(_ bytes: [UInt8]) {
        _ = try? SignedData(padded: bytes)
        _ = try? TimeStampToken(der: bytes)
        guard let data = try? SignedData(der: bytes) else { return }
        _ = try? data.verifyContent()
        _ = try? data.verify(contentDigest: Array(repeating: 0, count: 32))
        _ = data.signers.map(\.timeStampToken)
    }
}

/// What libFuzzer calls (https://llvm.org/docs/LibFuzzer.html).
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOne(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    FuzzTarget.chosen.feed(Array(UnsafeBufferPointer(start: data, count: count)))
    return 0
}
