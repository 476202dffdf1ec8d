package import Groundwork

/// What this room refuses: bytes from outside that are not what they should be, keys that are not good enough, and
/// what the library beneath could not do.
package enum CryptographyRefusal: String, RefusalReason {
    case malformed
    case tooLarge = "too-large"
    case unsupportedAlgorithm = "unsupported-algorithm"
    case keyRejected = "key-rejected"
    case wrongPassphrase = "wrong-passphrase"
    case notAuthentic = "not-authentic"
    case signatureInvalid = "signature-invalid"
    case answerUnacceptable = "answer-unacceptable"
    case operationFailed = "operation-failed"

    package static let room = "cryptography"

    package var message: LocalisedText {
        switch self {
        case .malformed: LocalisedText(zh: "{what}的编码不正确。", en: "The {what} is not correctly encoded.")
        case .tooLarge: LocalisedText(zh: "{what}超过允许的大小。", en: "The {what} is larger than allowed.")
        case .unsupportedAlgorithm:
            LocalisedText(zh: "{what}使用了不支持的算法。", en: "The {what} uses an algorithm that is not supported.")
        case .keyRejected: LocalisedText(zh: "{what}中的密钥无效。", en: "The key in the {what} is not valid.")
        case .wrongPassphrase:
            LocalisedText(zh: "口令不正确,或密钥文件已损坏。", en: "The passphrase is wrong, or the key file is damaged.")
        case .notAuthentic: LocalisedText(zh: "密文已被改动或密钥不符。", en: "The ciphertext was altered or the key differs.")
        case .signatureInvalid: LocalisedText(zh: "{what}的签名无效。", en: "The signature of the {what} is not valid.")
        case .answerUnacceptable:
            LocalisedText(zh: "{what}与请求不符。", en: "The {what} does not answer the request that was made.")
        case .operationFailed: LocalisedText(zh: "密码运算失败。", en: "A cryptographic operation failed.")
        }
    }

    package var nextStep: LocalisedText {
        switch self {
        case .malformed, .tooLarge, .answerUnacceptable:
            LocalisedText(zh: "请检查来源后重试。", en: "Check where it came from and try again.")
        case .unsupportedAlgorithm:
            LocalisedText(zh: "请改用 SM2、P-256 或 RSA-2048。", en: "Use SM2, P-256 or RSA-2048.")
        case .keyRejected: LocalisedText(zh: "请重新产生密钥。", en: "Generate a new key.")
        case .wrongPassphrase: LocalisedText(zh: "请核对口令后重试。", en: "Check the passphrase and try again.")
        case .notAuthentic, .signatureInvalid:
            LocalisedText(zh: "请勿使用该数据,并联系管理员。", en: "Do not use this data, and tell the administrator.")
        case .operationFailed: LocalisedText(zh: "请联系管理员查看日志。", en: "Ask the administrator to look at the log.")
        }
    }
}

/// The structures that this room reads, by the names that both languages of the pages share.
package enum Structure: String, Sendable {
    case der = "DER"
    case oid = "OID"
    case distinguishedName = "DN"
    case publicKey = "SubjectPublicKeyInfo"
    case privateKey = "PKCS#8"
    case certificate = "X.509"
    case certificateRequest = "PKCS#10"
    case certificateList = "CRL"
    case ocspRequest = "OCSP request"
    case ocspResponse = "OCSP response"
    case timeStampRequest = "RFC 3161 request"
    case timeStampResponse = "RFC 3161 response"
    case timeStampToken = "RFC 3161 token"
    case signedData = "CMS SignedData"
    case pem = "PEM"
    case key = "key"
}

/// Why bytes are not the structure that they should be. Inside the room; a ``Refusal`` at its border.
package enum DERFault: Error, Equatable, Sendable {
    case tooLarge
    case malformed(String)
    case unsupported(String)
}

extension Refusal {
    /// A refusal of this room that names the structure.
    static func cryptography(_ reason: CryptographyRefusal, _ what: Structure, _ detail: String = "") -> Refusal {
        Refusal(reason, detail: detail, facts: ["what": what.rawValue])
    }

    init(_ fault: DERFault, in what: Structure) {
        switch fault {
        case .tooLarge: self = .cryptography(.tooLarge, what)
        case .malformed(let detail): self = .cryptography(.malformed, what, detail)
        case .unsupported(let detail): self = .cryptography(.unsupportedAlgorithm, what, detail)
        }
    }
}

/// Runs a parser and turns its fault into a refusal that names the structure.
func reading<Value>(_ what: Structure, _ body: () throws(DERFault) -> Value) throws(Refusal) -> Value {
    do { return try body() } catch { throw Refusal(error, in: what) }
}
