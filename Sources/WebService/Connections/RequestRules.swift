internal import Groundwork
internal import NIOHTTP1

/// What RFC 9112 asks of a request's first line and header section before anybody may act on it.
enum RequestRules {
    /// Why it must be refused with 400; `nil` if it need not.
    static func refusal(of head: HTTPRequestHead) -> Refusal? {
        func malformed(_ what: String) -> Refusal { Refusal(WebServiceRefusal.malformedRequest, facts: ["what": what]) }
        guard head.version.major == 1 else { return malformed("HTTP/\(head.version.major).\(head.version.minor)") }
        // 3.2: exactly one Host in HTTP/1.1, none or one in HTTP/1.0, with a value that is one.
        let hosts = head.headers["host"]
        guard hosts.count <= 1, hosts.count == 1 || head.version.minor == 0 else { return malformed("Host") }
        guard hosts.allSatisfy(isHost) else { return malformed("Host") }
        // 6.1: a length in two ways, or chunks in a version that has none, is an attack or a broken proxy.
        if head.headers.contains(name: "transfer-encoding") {
            guard head.version.minor > 0, !head.headers.contains(name: "content-length") else {
                return malformed("Transfer-Encoding")
            }
        }
        return nil
    }

    /// `uri-host [ ":" port ]` of RFC 3986, or empty (RFC 9110, 7.2).
    private static func isHost(_ text: String) -> Bool {
        guard text.utf8.count <= 260 else { return false }
        var name = Substring(text)
        if let colon = name.lastIndex(of: ":"), !name[colon...].contains("]") {
            let port = name[name.index(after: colon)...]
            guard port.utf8.count <= 5, port.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return false }
            name = name[..<colon]
        }
        if name.first == "[" { return name.last == "]" && name.dropFirst().dropLast().allSatisfy(isInAddress) }
        return name.unicodeScalars.allSatisfy { $0.isASCII && ($0.properties.isAlphabetic || isMark($0)) }
    }

    private static func isInAddress(_ character: Character) -> Bool { character.isHexDigit || ":.".contains(character) }

    /// Digits, unreserved marks, sub-delims and "%" of RFC 3986.
    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        ("0"..."9").contains(scalar) || "-._~!$&'()*+,;=%".unicodeScalars.contains(scalar)
    }

    /// Whether the client waits for a word before it sends the body (RFC 9110, 10.1.1).
    static func expectsContinue(_ head: HTTPRequestHead) -> Bool {
        head.version.minor > 0 && head.headers["expect"].contains { $0.lowercased() == "100-continue" }
            && (head.headers.contains(name: "content-length") || head.headers.contains(name: "transfer-encoding"))
    }

    static func prefersEnglish(_ head: HTTPRequestHead) -> Bool {
        PreferredLanguage(acceptLanguage: head.headers.first(name: "accept-language")) == .english
    }
}
