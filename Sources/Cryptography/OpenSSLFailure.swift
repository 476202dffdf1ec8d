internal import COpenSSL
internal import Groundwork

/// What OpenSSL said when it failed: its error queue of this thread, oldest first.
struct OpenSSLFailure: Error {
    let call: String
    let reasons: [String]

    /// Takes everything out of the thread's queue, so that nothing of it is blamed on a later call.
    init(in call: String) {
        var reasons: [String] = []
        while true {
            let code = ERR_get_error()
            if code == 0 { break }
            var text = [CChar](repeating: 0, count: 256)
            ERR_error_string_n(code, &text, text.count)
            let end = text.firstIndex(of: 0) ?? text.endIndex
            reasons.append(String(decoding: text[..<end].map { UInt8(bitPattern: $0) }, as: UTF8.self))
        }
        self.call = call
        self.reasons = reasons
    }

    var detail: String { ([call] + reasons).joined(separator: "; ") }
}

extension Refusal {
    /// The library failed: reads its error queue into the detail.
    static func failure(
        in call: String, _ reason: CryptographyRefusal = .operationFailed, _ what: Structure = .key
    ) -> Refusal { .cryptography(reason, what, OpenSSLFailure(in: call).detail) }
}

/// The thread's error queue without its oldest entries: called before an operation whose failure is to be explained.
func clearOpenSSLErrors() { ERR_clear_error() }
