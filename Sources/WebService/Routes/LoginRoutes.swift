package import Authentication
internal import Foundation
internal import Groundwork
internal import HTTPTypes
package import Hummingbird

/// What the login address answers, as functions.
package struct LoginAnswers: Sendable {
    package var challenge: @Sendable (ChallengeRequest, SessionToken?) async throws -> IssuedChallenge
    package var limits: LoginLimits
    package var verification: @Sendable (VerificationRequest, SessionToken?) async throws -> VerificationAnswer

    /// Whether browsers reach the address by TLS: then the cookie says so, and its name keeps others from setting it.
    package var isSecure: Bool

    package init(
        isSecure: Bool, limits: LoginLimits,
        challenge: @escaping @Sendable (ChallengeRequest, SessionToken?) async throws -> IssuedChallenge,
        verification: @escaping @Sendable (VerificationRequest, SessionToken?) async throws -> VerificationAnswer
    ) {
        self.isSecure = isSecure
        self.limits = limits
        self.challenge = challenge
        self.verification = verification
    }
}

/// The login address: challenges and their verification for applications that keep their own login page.
///
/// A challenge is bound to the caller's session by a host-only cookie, which an application's page keeps as any browser
/// does; the token is never in a body or an address.
package enum LoginRoutes {
    static let requestLimit = 32 * 1024
    /// RFC 6265bis 4.1.3.2: a browser takes a `__Host-` cookie only from the host itself, over TLS, for all paths.
    static func cookieName(isSecure: Bool) -> String { isSecure ? "__Host-yzt-session" : "yzt-session" }

    package static func add(_ answers: LoginAnswers, to router: Router<AddressContext>) {
        let isSecure = answers.isSecure
        let cookieName = cookieName(isSecure: isSecure)
        let description = LoginInterface.description(cookieName: cookieName).bytes
        router.post("/api/v1/auth/challenges") { request, context in
            try answers.limits.admit(context.client)
            let asked: ChallengeRequest = try await decode(request)
            let issued = try await answers.challenge(asked, session(of: request, in: cookieName))
            let cookie =
                "\(cookieName)=\(issued.session.cookie); Path=/; HttpOnly; SameSite=Strict; Max-Age=600"
                + (isSecure ? "; Secure" : "")
            return try json(issued.answer, status: .created, cookie: cookie)
        }
        router.post("/api/v1/auth/verifications") { request, context in
            try answers.limits.admit(context.client)
            let shown: VerificationRequest = try await decode(request)
            let answer = try await answers.verification(shown, session(of: request, in: cookieName))
            return try json(answer, status: .ok, cookie: nil)
        }
        router.get("/openapi.json") { _, _ in
            Response(
                status: .ok, headers: [.contentType: "application/json"],
                body: .init(byteBuffer: ByteBuffer(bytes: description)))
        }
    }

    private static func decode<Value: Decodable>(_ request: Request) async throws -> Value {
        let body = try await request.bytes(upTo: requestLimit, mediaType: "application/json")
        do { return try JSONDecoder().decode(Value.self, from: Data(body)) } catch {
            throw Refusal(
                WebServiceRefusal.malformedBody, detail: "\(error)", facts: ["what": member(of: error) ?? "JSON"])
        }
    }

    /// The member that is missing or of another type, by its path: names of ours alone, never the caller's.
    private static func member(of error: any Error) -> String? {
        let path: [any CodingKey]
        switch error as? DecodingError {
        case .keyNotFound(let key, let context): path = context.codingPath + [key]
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            path = context.codingPath
        default: return nil
        }
        return path.isEmpty ? nil : path.map(\.stringValue).joined(separator: ".")
    }

    /// The session token of the one cookie with our name; two of that name count as none.
    private static func session(of request: Request, in cookieName: String) -> SessionToken? {
        let values = request.headers[values: .cookie].flatMap { $0.split(separator: ";") }
            .map { $0.trimmingPrefix(while: \.isWhitespace) }
            .filter { $0.hasPrefix(cookieName + "=") }.map { $0.dropFirst(cookieName.count + 1) }
        guard values.count == 1, let value = values.first else { return nil }
        return SessionToken(cookie: value)
    }

    private static func json(
        _ value: some Encodable, status: HTTPResponse.Status, cookie: String?
    ) throws -> Response {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let body = try encoder.encode(value)
        var headers: HTTPFields = [.contentType: "application/json", .cacheControl: "no-store"]
        headers[.setCookie] = cookie
        return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: Array(body))))
    }
}
