internal import Groundwork
package import Hummingbird
internal import Logging

/// Turns every error of a handler into a problem document, and logs what the caller is not told.
package struct RefusalMiddleware<Context: RequestContext>: RouterMiddleware {
    package init() {}

    package func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        let english = PreferredLanguage(request) == .english
        do {
            return try await next(request, context)
        } catch let refusal as Refusal {
            context.logger.info("refused", metadata: ["code": "\(refusal.code)", "detail": "\(refusal.detail)"])
            return answer(refusal, english)
        } catch let error as HTTPError where error.status == .contentTooLarge {
            return answer(Refusal(WebServiceRefusal.bodyTooLarge, facts: ["limit": "?"]), english)
        } catch let error as HTTPError where error.status == .notFound {
            return answer(Refusal(WebServiceRefusal.notFound), english)
        } catch {
            let reference = context.id
            context.logger.error("failed", metadata: ["request": "\(reference)", "error": "\(error)"])
            return answer(Refusal(WebServiceRefusal.internalFault, facts: ["request": "\(reference)"]), english)
        }
    }

    private func answer(_ refusal: Refusal, _ english: Bool) -> Response {
        Counted.refusals.add(refusal.code)
        return ProblemDetails(refusal).response(preferringEnglish: english)
    }
}

/// The language of pages and problems: Chinese unless the request ranks English before it.
package enum PreferredLanguage: Sendable {
    case chinese
    case english

    package init(_ request: Request) {
        let header = request.headers[.acceptLanguage]?.lowercased() ?? ""
        let first = header.split(separator: ",").first?.trimmingPrefix(" ") ?? ""
        self = first.hasPrefix("en") ? .english : .chinese
    }
}
