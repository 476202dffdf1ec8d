package import Groundwork
internal import HTTPTypes
package import Hummingbird

/// The public address: the first page, and what each error code means.
package enum PublicRoutes {
    /// - Parameter more: refusals of rooms above this one, for the page of codes.
    package static func add(
        _ page: HomePage, _ validity: ValidityAnswers,
        more: [any RefusalReason.Type] = [], to router: Router<AddressContext>
    ) {
        ValidityRoutes.add(validity, to: router)
        let description = PublicInterface.description.bytes
        router.get("/openapi.json") { _, _ in
            Response(
                status: .ok, headers: [.contentType: "application/json"],
                body: .init(byteBuffer: ByteBuffer(bytes: description)))
        }
        router.get("/") { request, _ in html(await page.html(in: language(of: request))) }
        router.get("/style.css") { _, _ in
            Response(
                status: .ok, headers: [.contentType: "text/css; charset=utf-8", .cacheControl: "max-age=3600"],
                body: .init(byteBuffer: ByteBuffer(string: Stylesheet.text)))
        }
        router.get("/problems") { request, _ in
            html(ProblemsPage(code: nil, more: more).html(in: language(of: request)) ?? "")
        }
        router.get("/problems/{code}") { request, context in
            let code = try context.parameters.require("code")
            guard let text = ProblemsPage(code: code, more: more).html(in: language(of: request)) else {
                throw Refusal(WebServiceRefusal.notFound)
            }
            return html(text)
        }
    }

    /// On the other addresses: a problem's `type` is read relative to the address that gave it, and leads to the page.
    package static func leadProblems(to publicBase: String, from router: Router<AddressContext>) {
        router.get("/problems") { _, _ in Response.redirect(to: publicBase + "/problems", type: .permanent) }
        router.get("/problems/{code}") { _, context in
            let code = try context.parameters.require("code")
            guard code.count <= 100, code.allSatisfy({ $0.isASCII && ($0.isLetter || $0 == "." || $0 == "-") }) else {
                throw Refusal(WebServiceRefusal.notFound)
            }
            return Response.redirect(to: "\(publicBase)/problems/\(code)", type: .permanent)
        }
    }

    /// `?language=` chooses; otherwise the browser's preference; otherwise Chinese.
    private static func language(of request: Request) -> PreferredLanguage {
        switch request.uri.queryParameters["language"] {
        case "en": .english
        case "zh": .chinese
        default: PreferredLanguage(request)
        }
    }

    private static func html(_ text: String) -> Response {
        Response(
            status: .ok,
            headers: [
                .contentType: "text/html; charset=utf-8", .cacheControl: "no-cache",
                .vary: "Accept-Language",
            ], body: .init(byteBuffer: ByteBuffer(string: text)))
    }
}
