internal import Cryptography
internal import Foundation
package import Groundwork
internal import HTTPTypes
package import Hummingbird

/// What the status address answers, as functions, so that the address knows no database.
package struct StatusResponses: Sendable {
    /// A DER OCSP response for a DER request to one issuer's responder; `nil` if there is no such issuer.
    package var ocsp: @Sendable (_ request: [UInt8], _ issuer: String) async throws -> OCSPAnswer?
    /// The current DER CRL with this name: `7`, `full`, `7-delta`, `full-delta`; `nil` for any other.
    package var certificateList: @Sendable (_ issuer: String, _ name: String) async throws -> CachedResponse?
    /// The DER certificate of one issuer generation.
    package var issuerCertificate: @Sendable (_ issuer: String) async throws -> [UInt8]?
    /// The time, for what caches are told.
    package var now: @Sendable () -> Instant
    /// A DER time stamp response (RFC 3161) for a DER request.
    package var timeStamp: @Sendable (_ request: [UInt8]) async throws -> [UInt8]
    /// How often third parties get one: beyond it 429 with Retry-After, before the request is read.
    package var timeStampLimit: LimitedService

    package init(
        ocsp: @escaping @Sendable (_ request: [UInt8], _ issuer: String) async throws -> OCSPAnswer?,
        certificateList: @escaping @Sendable (_ issuer: String, _ name: String) async throws -> CachedResponse?,
        issuerCertificate: @escaping @Sendable (_ issuer: String) async throws -> [UInt8]?,
        now: @escaping @Sendable () -> Instant,
        timeStamp: @escaping @Sendable (_ request: [UInt8]) async throws -> [UInt8], timeStampLimit: LimitedService
    ) {
        self.ocsp = ocsp
        self.certificateList = certificateList
        self.issuerCertificate = issuerCertificate
        self.now = now
        self.timeStamp = timeStamp
        self.timeStampLimit = timeStampLimit
    }

    package struct OCSPAnswer: Sendable {
        package var response: [UInt8]
        /// Seconds for which a cache may repeat the answer to the same GET; `nil` if it may not (nonce, errors).
        package var maxAge: Int?
        package var lastModified: Instant?
        /// Names these very bytes, without quotation marks.
        package var tag: String

        package init(response: [UInt8], maxAge: Int?, lastModified: Instant? = nil, tag: String = "") {
            self.response = response
            self.maxAge = maxAge
            self.lastModified = lastModified
            self.tag = tag
        }
    }

    package struct CachedResponse: Sendable {
        package var bytes: [UInt8]
        package var maxAge: Int
        package var lastModified: Instant?
        package var tag: String

        package init(bytes: [UInt8], maxAge: Int, lastModified: Instant? = nil, tag: String = "") {
            self.bytes = bytes
            self.maxAge = maxAge
            self.lastModified = lastModified
            self.tag = tag
        }
    }
}

/// The status address: plain HTTP, the only one that certificates name (RFC 5280 8: no TLS here, or a client would
/// need a certificate's status to ask for a certificate's status).
package enum StatusRoutes {
    /// Bytes of an OCSP or time stamp request; ours have some 100.
    static let requestLimit = 16 * 1024

    package static func add(_ answers: StatusResponses, to router: Router<AddressContext>) {
        router.post("/ocsp/{issuer}") { request, context in
            let body = try await request.bytes(upTo: requestLimit, mediaType: "application/ocsp-request")
            return try await ocsp(body, issuer: context.parameters.require("issuer"), answers, of: request)
        }
        // RFC 6960, A.1: GET {url}/{url-encoding of base64 of the request}.
        router.get("/ocsp/{issuer}/**") { request, context in
            let issuer = try context.parameters.require("issuer")
            return try await ocsp(try questionInPath(request.uri.path), issuer: issuer, answers, of: request)
        }
        router.get("/crl/{issuer}/{list}") { request, context in
            let name = try context.parameters.require("list")
            guard name.hasSuffix(".crl"),
                let list = try await answers.certificateList(
                    context.parameters.require("issuer"), String(name.dropLast(4)))
            else { throw Refusal(WebServiceRefusal.notFound) }
            return CacheableBytes(
                bytes: list.bytes, type: "application/pkix-crl", maxAge: list.maxAge, lastModified: list.lastModified,
                now: answers.now(), tag: list.tag
            ).response(to: request)
        }
        router.get("/ca/{file}") { request, context in
            let name = try context.parameters.require("file")
            guard name.hasSuffix(".cer"),
                let certificate = try await answers.issuerCertificate(String(name.dropLast(4)))
            else { throw Refusal(WebServiceRefusal.notFound) }
            return CacheableBytes(bytes: certificate, type: "application/pkix-cert", maxAge: 86_400)
                .response(to: request)
        }
        router.post("/tsa") { request, context in
            try await answers.timeStampLimit.admit(context.client)
            let body = try await request.bytes(upTo: requestLimit, mediaType: "application/timestamp-query")
            return CacheableBytes(
                bytes: try await answers.timeStamp(body), type: "application/timestamp-reply", maxAge: nil
            ).response(to: request)
        }
    }

    /// Base64 as the RFC has it, or as clients and what lies between make of it: escaped twice, a "+" that became a
    /// blank, the URL-safe alphabet, without padding, with a line end or a slash at the end, or a
    /// slash before it. What is read so is the same request, or none.
    private static func questionInBase64(_ tail: String) -> [UInt8]? {
        guard let once = tail.removingPercentEncoding else { return nil }
        if let exact = Base64.decode(once) { return exact }
        guard var text = once.removingPercentEncoding else { return nil }
        while let last = text.last, last.isNewline || last == " " { text.removeLast() }
        text = text.replacing(" ", with: "+").replacing("-", with: "+").replacing("_", with: "/")
        func padded(_ text: String) -> [UInt8]? {
            let bare = text.replacing("=", with: "")
            return Base64.decode(bare + String(repeating: "=", count: (4 - bare.utf8.count % 4) % 4))
        }
        // A slash is one of the alphabet's signs too: as it stands first.
        var forms = [text]
        if text.hasSuffix("/") { forms.append(String(text.dropLast())) }
        if text.hasPrefix("/") { forms += forms.map { String($0.dropFirst()) } }
        for form in forms {
            // The padding says where the text ends.
            if let end = form.firstIndex(of: "="), form[end...].contains(where: { $0 != "=" }) { continue }
            if let bytes = padded(form), (try? OCSPRequest(der: bytes)) != nil { return bytes }
        }
        return nil
    }

    /// The request after `/ocsp/{issuer}/`. Many clients leave "/" and "+" of base64 as they are, so the path is read
    /// as it came: the router's segments would make one of "//". What is no base64 is an empty request, which the
    /// responder calls malformed in OCSP's own words.
    private static func questionInPath(_ path: String) throws(Refusal) -> [UInt8] {
        let tail = path.utf8.split(separator: UInt8(ascii: "/"), maxSplits: 2, omittingEmptySubsequences: true).last
        guard let tail, tail.count <= requestLimit else {
            throw Refusal(WebServiceRefusal.bodyTooLarge, facts: ["limit": String(requestLimit)])
        }
        return questionInBase64(String(Substring(tail))) ?? []
    }

    /// RFC 5019, 6: what was asked by GET may be kept and repeated by caches, for as long as the answer says.
    private static func ocsp(
        _ question: [UInt8], issuer: String, _ answers: StatusResponses, of request: Request
    ) async throws -> Response {
        guard let answer = try await answers.ocsp(question, issuer) else { throw Refusal(WebServiceRefusal.notFound) }
        return CacheableBytes(
            bytes: answer.response, type: "application/ocsp-response",
            maxAge: request.method == .post ? nil : answer.maxAge, lastModified: answer.lastModified,
            now: answers.now(), tag: answer.tag
        ).response(to: request)
    }
}
