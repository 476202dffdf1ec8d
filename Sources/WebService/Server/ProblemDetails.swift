internal import Audit
internal import Authentication
internal import Foundation
package import Groundwork
package import HTTPTypes
package import Hummingbird

/// A refusal as `application/problem+json` (RFC 9457): `type` is `/problems/<code>`, `title` is Chinese or English by
/// the request's Accept-Language. The operator's detail is not sent: it is in the log beside the same request id.
package struct ProblemDetails: Sendable {
    package let refusal: Refusal
    package let status: HTTPResponse.Status

    package init(_ refusal: Refusal) {
        self.refusal = refusal
        self.status = Self.status(for: refusal)
    }

    /// The response, in the language that the request prefers.
    package func response(preferringEnglish: Bool) -> Response {
        Response(
            status: status, headers: fields(preferringEnglish: preferringEnglish),
            body: .init(byteBuffer: ByteBuffer(bytes: body(preferringEnglish: preferringEnglish).bytes)))
    }

    /// The document.
    func body(preferringEnglish: Bool) -> CanonicalJSON {
        func choose(_ text: LocalisedText) -> CanonicalJSON { .string(preferringEnglish ? text.en : text.zh) }
        return .object([
            "type": .string("/problems/\(refusal.code)"),
            "title": choose(refusal.message),
            "detail": choose(refusal.nextStep),
            "status": .integer(Int64(status.code)),
            "code": .string(refusal.code),
            "message": .object(["zh": .string(refusal.message.zh), "en": .string(refusal.message.en)]),
            "nextStep": .object(["zh": .string(refusal.nextStep.zh), "en": .string(refusal.nextStep.en)]),
            "tryAgain": .bool(refusal.retry == .later),
        ])
    }

    /// The header section that goes with it.
    func fields(preferringEnglish: Bool) -> HTTPFields {
        var fields: HTTPFields = [
            .contentType: "application/problem+json; charset=utf-8", .cacheControl: "no-store",
            .contentLanguage: preferringEnglish ? "en" : "zh-CN", .vary: "Accept-Language",
        ]
        if status == .methodNotAllowed { fields[.allow] = refusal.facts["allowed"] }
        if refusal.retry == .later { fields[.retryAfter] = refusal.facts["seconds"] ?? "1" }
        return fields
    }

    /// One table from codes to HTTP statuses: what cannot be read is 400, what is not there 404, what was spent 409,
    /// what is too large 413, what is understood and refused 422, our own fault 500, what may work later 503.
    private static func status(for refusal: Refusal) -> HTTPResponse.Status {
        switch refusal.code {
        case WebServiceRefusal.bodyTooLarge.code: .contentTooLarge
        case WebServiceRefusal.unsupportedMediaType.code: .unsupportedMediaType
        case AuthenticationRefusal.tooLarge.code: .contentTooLarge
        case WebServiceRefusal.methodUnknown.code: .notImplemented
        case WebServiceRefusal.requestTooSlow.code: .requestTimeout
        case WebServiceRefusal.malformedRequest.code, WebServiceRefusal.malformedBody.code,
            AuthenticationRefusal.malformedRequest.code, AuthenticationRefusal.malformedOrigin.code,
            AuthenticationRefusal.malformedClient.code, AuthenticationRefusal.malformedCertificate.code,
            WebServiceRefusal.malformedQuery.code,
            AuditRefusal.proofRange.code:
            .badRequest
        case WebServiceRefusal.notFound.code, AuthenticationRefusal.challengeUnknown.code,
            AuditRefusal.unknownEvent.code, AuditRefusal.unknownCheckpoint.code:
            .notFound
        case WebServiceRefusal.methodNotAllowed.code: .methodNotAllowed
        case AuthenticationRefusal.challengeSpent.code: .conflict
        case WebServiceRefusal.tooManyRequests.code: .tooManyRequests
        case WebServiceRefusal.internalFault.code: .internalServerError
        default: refusal.retry == .later ? .serviceUnavailable : .unprocessableContent
        }
    }
}
