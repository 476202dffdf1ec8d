import AgentProtocol
import CreditCodes
import Cryptography
import ElectronicSeals
import Foundation
import Groundwork
import LegalEntities
import Officers
import PIV
import PortableDocuments

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
    /// A key as a PKCS #11 token describes it.
    case tokenKey = "token-key"
    case share, joining, script, transcript
    case journal, bulk, calendar, moment, policy
    case proof, merkle, checkpoint, countersignature
    /// An audit's public keys with their ends.
    case checkpointKeys = "checkpoint-keys"
    case lines, export
    case record, manifest, answer
    /// An event about a certificate, and a line of its history.
    case history
    /// What `yzt certificate lint` is given.
    case lint
    /// Short texts: of addresses, arguments and cookies.
    case words
    case evidence, login

    func feed(_ bytes: [UInt8]) {
        switch self {
        case .certificate: Certificates.certificate(bytes)
        case .request: _ = try? CertificateRequest(der: bytes).signatureIsValid()
        case .crl:
            _ = try? CertificateList(der: bytes)
            _ = try? CertificateList(der: bytes, kind: .delta)
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
        case .tokenKey: Certificates.tokenKey(bytes)
        case .share: CeremonyTargets.share(bytes)
        case .joining: CeremonyTargets.joining(bytes)
        case .script: CeremonyTargets.script(bytes)
        case .transcript: CeremonyTargets.transcript(bytes)
        case .journal: AuthorityTargets.journal(bytes)
        case .bulk: AuthorityTargets.bulk(bytes)
        case .calendar: AuditTargets.calendar(bytes)
        case .moment: AuditTargets.moment(bytes)
        case .policy: AuthorityTargets.policy(String(decoding: bytes, as: UTF8.self))
        case .proof: AuditTargets.proof(bytes)
        case .merkle: AuditTargets.merkle(bytes)
        case .checkpoint: AuditTargets.checkpoints(bytes)
        case .checkpointKeys: AuditTargets.keys(bytes)
        case .countersignature: AuditTargets.countersignature(bytes)
        case .lines: AuditTargets.lines(bytes)
        case .export: AuditTargets.export(bytes)
        case .record: AuthorityTargets.record(bytes)
        case .manifest: AuthorityTargets.manifest(bytes)
        case .answer: AuthorityTargets.answer(bytes)
        case .history: AuthorityTargets.history(bytes)
        case .lint: AuthorityTargets.lint(bytes)
        case .words: LoginTargets.words(String(decoding: bytes, as: UTF8.self))
        case .evidence: LoginTargets.evidence(bytes)
        case .login: LoginTargets.login(bytes)
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
        _ = CertificateHeader(der: bytes)
        guard let certificate = try? Certificate(der: bytes) else { return }
        _ = certificate.publicKey.verifies(bytes, over: bytes)
        _ = certificate.publicKey.keyIdentifier
    }

    /// Modulus and exponent in one: where the first ends is the first byte's word.
    static func tokenKey(_ bytes: [UInt8]) {
        for family in [AlgorithmFamily.sm2, .p256] {
            if let key = try? PublicKey(ecPoint: bytes, family: family) { _ = key.verifies(bytes, over: bytes) }
        }
        guard let first = bytes.first else { return }
        let rest = bytes.dropFirst()
        let length = min(Int(first) * 2, rest.count)
        let key = try? PublicKey(rsaModulus: Array(rest.prefix(length)), exponent: Array(rest.dropFirst(length)))
        _ = key?.verifies(bytes, over: bytes)
        _ = key?.keyIdentifier
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

/// Files that parsers read, and what the seeds were made with.
enum FuzzScratch {
    static let directory = ProcessInfo.processInfo.environment["YZT_FUZZ_SCRATCH"] ?? NSTemporaryDirectory()

    /// Writes the bytes where a parser looks for them.
    static func file(_ bytes: [UInt8], _ name: String) -> String {
        let path = "\(directory)/\(name)"
        _ = FileManager.default.createFile(atPath: path, contents: Data(bytes))
        return path
    }

    /// A certificate that is its own root, by openssl.
    static let certificate: Certificate? = {
        guard let path = ProcessInfo.processInfo.environment["YZT_FUZZ_CERTIFICATE"],
            let text = try? String(contentsOfFile: path, encoding: .utf8)
        else { return nil }
        return try? PEM.decode(text).first.map { try Certificate(der: $0.der) }
    }()
}

/// Called once before anything is fed: writes the seeds and ends, where the script asks for them.
@_cdecl("LLVMFuzzerInitialize")
public func fuzzInitialize(
    _ count: UnsafeMutablePointer<CInt>?,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>?
) -> CInt {
    guard let directory = ProcessInfo.processInfo.environment["YZT_FUZZ_SEEDS"] else { return 0 }
    do { try Seeds(directory: directory).write() } catch {
        print("no seeds: \(error)")
        exit(1)
    }
    exit(0)
}

/// What libFuzzer calls (https://llvm.org/docs/LibFuzzer.html).
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOne(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    FuzzTarget.chosen.feed(Array(UnsafeBufferPointer(start: data, count: count)))
    return 0
}
