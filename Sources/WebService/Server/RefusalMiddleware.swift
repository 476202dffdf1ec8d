internal import Groundwork
package import Hummingbird
internal import Logging

/// Turns every error of a handler into a problem document, and logs what the caller is not told: as often as a person
/// can read, for whoever is refused may ask as often as he likes. Every one is counted.
package struct RefusalMiddleware<Context: RequestContext>: RouterMiddleware {
    private let log = RefusalLog()

    package init() {}

    package func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        let english = PreferredLanguage(request) == .english
        do {
            return try await next(request, context)
        } catch let refusal as Refusal {
            if let more = log.admits(refusal.code) {
                context.logger.info(
                    "refused",
                    metadata: ["code": "\(refusal.code)", "detail": "\(refusal.detail)", "notLogged": "\(more)"])
            }
            return answer(refusal, english)
        } catch let error as HTTPError where error.status == .contentTooLarge {
            return answer(Refusal(WebServiceRefusal.bodyTooLarge, facts: ["limit": "?"]), english)
        } catch let error as HTTPError where error.status == .notFound {
            return answer(Refusal(WebServiceRefusal.notFound), english)
        } catch {
            let reference = context.id
            if let more = log.admits(WebServiceRefusal.internalFault.code) {
                context.logger.error(
                    "failed",
                    metadata: ["request": "\(reference)", "error": "\(error)", "notLogged": "\(more)"])
            }
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
        self.init(acceptLanguage: request.headers[.acceptLanguage])
    }

    /// - Parameter header: the field's value.
    init(acceptLanguage header: String?) {
        let header = header?.lowercased() ?? ""
        let first = header.split(separator: ",").first?.trimmingPrefix(" ") ?? ""
        self = first.hasPrefix("en") ? .english : .chinese
    }
}
