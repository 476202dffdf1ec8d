internal import HTTPTypes
package import Hummingbird

/// Names that the library has not, read once.
private enum HeaderNames {
    static let referrerPolicy = HTTPField.Name("Referrer-Policy")
    static let openerPolicy = HTTPField.Name("Cross-Origin-Opener-Policy")
}

/// The same strict headers on every answer: no script, frame, form or resource from elsewhere.
package struct SecurityHeaders<Context: RequestContext>: RouterMiddleware {
    package init() {}

    package func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        Self.set(in: &response.headers)
        return response
    }

    /// The same where no router is asked.
    static func set(in fields: inout HTTPFields) {
        fields[.xContentTypeOptions] = "nosniff"
        fields[.contentSecurityPolicy] =
            "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; "
            + "base-uri 'none'"
        if let name = HeaderNames.referrerPolicy { fields[name] = "no-referrer" }
        if let name = HeaderNames.openerPolicy { fields[name] = "same-origin" }
    }
}
