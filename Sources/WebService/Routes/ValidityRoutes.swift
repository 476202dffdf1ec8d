internal import Cryptography
package import Groundwork
internal import HTTPTypes
package import Hummingbird
package import LongTermEvidence

/// What the public address answers about the past, as a function.
package struct ValidityAnswers: Sendable {
    package var answer: @Sendable (ValidityService.Question, Instant) async throws -> TimeStampedStatement
    package var limit: LimitedService

    package init(
        answer: @escaping @Sendable (ValidityService.Question, Instant) async throws -> TimeStampedStatement,
        limit: LimitedService
    ) {
        self.answer = answer
        self.limit = limit
    }
}

/// "Was this certificate valid at that moment?", for anybody: the signed answer as one JSON object, which
/// `yzt certificate verify-answer` checks offline.
package enum ValidityRoutes {
    package static func add(_ answers: ValidityAnswers, to router: Router<AddressContext>) {
        router.get("/api/v1/validity/{serial}") { request, context in
            try await answers.limit.admit(context.client)
            guard let serial = SerialNumber(hex: try context.parameters.require("serial")) else {
                throw Refusal(WebServiceRefusal.malformedQuery, facts: ["parameter": "serial (32 hexadecimal digits)"])
            }
            return try await respond(.serial(serial), request, answers)
        }
        router.post("/api/v1/validity") { request, context in
            try await answers.limit.admit(context.client)
            let der = try await request.bytes(upTo: Certificate.limit, mediaType: "application/pkix-cert")
            let certificate: Certificate
            do throws(Refusal) { certificate = try Certificate(der: der) } catch {
                throw Refusal(
                    WebServiceRefusal.malformedBody, detail: error.detail, facts: ["what": "a DER certificate"])
            }
            return try await respond(.certificate(certificate), request, answers)
        }
    }

    private static func respond(
        _ question: ValidityService.Question, _ request: Request, _ answers: ValidityAnswers
    ) async throws -> Response {
        // "+" of a zone's offset is a space where a form's rules are followed.
        let text = request.uri.queryParameters["at"].map { String($0).replacing(" ", with: "+") }
        guard let instant = text.flatMap({ Instant(rfc3339: $0) }) else {
            throw Refusal(
                WebServiceRefusal.malformedQuery, facts: ["parameter": "at (RFC 3339, such as 2026-11-21T02:00:00Z)"])
        }
        let answer = try await answers.answer(question, instant)
        return Response(
            status: .ok, headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: .init(byteBuffer: ByteBuffer(bytes: answer.json.bytes)))
    }
}
