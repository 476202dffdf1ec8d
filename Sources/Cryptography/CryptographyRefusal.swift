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
    case tokenModule = "token-module"
    case tokenMissing = "token-missing"
    case tokenUnavailable = "token-unavailable"
    case tokenPIN = "token-pin"
    case tokenUnsupported = "token-unsupported"
    case tokenKey = "token-key"
    case tokenBusy = "token-busy"

    package static let room = "cryptography"

    package var message: LocalisedText {
        switch self {
        case .malformed: LocalisedText(zh: "{what}的编码不正确。", en: "The {what} is not correctly encoded.")
        case .tooLarge: LocalisedText(zh: "{what}超过允许的大小。", en: "The {what} is larger than allowed.")
        case .unsupportedAlgorithm:
            LocalisedText(zh: "{what}使用了不支持的算法。", en: "The {what} uses an algorithm that is not supported.")
        case .keyRejected: LocalisedText(zh: "{what}中的密钥无效。", en: "The key in the {what} is not valid.")
        case .wrongPassphrase:
            LocalisedText(zh: "口令不正确，或密钥文件已损坏。", en: "The passphrase is wrong, or the key file is damaged.")
        case .notAuthentic: LocalisedText(zh: "密文已被改动或密钥不符。", en: "The ciphertext was altered or the key differs.")
        case .signatureInvalid: LocalisedText(zh: "{what}的签名无效。", en: "The signature of the {what} is not valid.")
        case .answerUnacceptable:
            LocalisedText(zh: "{what}与请求不符。", en: "The {what} does not answer the request that was made.")
        case .operationFailed: LocalisedText(zh: "密码运算失败。", en: "A cryptographic operation failed.")
        case .tokenModule:
            LocalisedText(zh: "无法装入密码设备的模块{module}。", en: "The PKCS #11 module {module} cannot be loaded.")
        case .tokenMissing:
            LocalisedText(zh: "密码设备不在，没有签名。", en: "The token with the keys is not there; nothing was signed.")
        case .tokenUnavailable:
            LocalisedText(zh: "密码设备暂时不能工作，没有签名。", en: "The token with the keys does not work now; nothing was signed.")
        case .tokenPIN:
            LocalisedText(
                zh: "密码设备{token}拒绝了PIN，不再尝试。", en: "The token {token} refused the PIN; it is not tried again.")
        case .tokenUnsupported:
            LocalisedText(zh: "密码设备{token}不支持{algorithm}。", en: "The token {token} does not have {algorithm}.")
        case .tokenKey:
            LocalisedText(
                zh: "密码设备{token}中的密钥{key}不能使用。", en: "The key {key} in the token {token} cannot be used.")
        case .tokenBusy:
            LocalisedText(zh: "密码设备的请求过多。", en: "The token with the keys has more to do than it can.")
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
            LocalisedText(zh: "请勿使用该数据，并联系管理员。", en: "Do not use this data, and tell the administrator.")
        case .operationFailed: LocalisedText(zh: "请联系管理员查看日志。", en: "Ask the administrator to look at the log.")
        case .tokenModule: LocalisedText(zh: "请核对配置中的模块路径。", en: "Check the module's path in the configuration.")
        case .tokenMissing:
            LocalisedText(zh: "请检查设备连接和配置中的标签。", en: "Check the device and the label in the configuration.")
        case .tokenUnavailable, .tokenBusy:
            LocalisedText(
                zh: "请稍后重试；设备恢复后自动继续。", en: "Try again later; work goes on by itself when the token is back.")
        case .tokenPIN:
            LocalisedText(zh: "请改正PIN文件后重新启动。", en: "Correct the PIN's file, then start again.")
        case .tokenUnsupported:
            LocalisedText(
                zh: "请使用支持该算法的密码设备，或改用密钥文件。", en: "Use a token that has it, or keep the keys in files.")
        case .tokenKey:
            LocalisedText(zh: "请用设备工具检查该密钥。", en: "Look at that key with the token's own tools.")
        }
    }

    package var retry: Refusal.Retry {
        switch self {
        case .tokenMissing, .tokenUnavailable, .tokenBusy: .later
        default: .no
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

    /// What is wrong, for a person.
    package var text: String {
        switch self {
        case .tooLarge: "too large"
        case .malformed(let text): text
        case .unsupported(let text): "unsupported: \(text)"
        }
    }
}

extension Refusal {
    static func tokenModule(_ path: String, _ detail: String) -> Refusal {
        Refusal(CryptographyRefusal.tokenModule, detail: detail, facts: ["module": path])
    }

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
