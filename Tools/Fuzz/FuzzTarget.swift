import Cryptography
import Foundation
import Groundwork
import SmartCards

/// The parsers of outside bytes, by the names that `Tools/fuzz` lists. Each must end in a value or a refusal.
enum FuzzTarget: String, CaseIterable {
    case certificate
    case request
    case cms
    case ocsp
    case timestamp
    case json
    case apdu
    case tlv
    case pdf
    case registry

    func feed(_ bytes: [UInt8]) {
        switch self {
        case .certificate: _ = try? Certificate(der: bytes)
        case .request: _ = try? CertificateRequest(der: bytes).signatureIsValid()
        case .json: if let value = try? CanonicalJSON(parsing: bytes) { _ = value.bytes }
        case .apdu:
            if let command = CommandAPDU(parsing: bytes) { _ = command.frames(.chained) }
            _ = ResponseAPDU(parsing: bytes)
        case .tlv: if let objects = TLV.parse(bytes) { _ = TLV.encode(objects) }
        case .cms, .ocsp, .timestamp, .pdf, .registry: break
        }
    }

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

/// What libFuzzer calls (https://llvm.org/docs/LibFuzzer.html).
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOne(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    FuzzTarget.chosen.feed(Array(UnsafeBufferPointer(start: data, count: count)))
    return 0
}
