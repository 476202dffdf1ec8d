import Foundation
import FoundationNetworking
import Groundwork
import Registration

/// A client of the service's own addresses, without cookies or caches, for the life: it sees what any client would.
struct WebClient: Sendable {
    struct Answer: Sendable {
        var status: Int
        var body: [UInt8]
        /// The cookie that was set, as it is sent back: `name=value`.
        var cookie: String?

        /// The `code` of a problem document, if this is one.
        var problemCode: String? { (try? CanonicalJSON(parsing: body))?["code"]?.string }
    }

    private let session: URLSession

    init() {
        let configuration = URLSessionConfiguration.ephemeral
        configuration.timeoutIntervalForRequest = 30
        configuration.requestCachePolicy = .reloadIgnoringLocalCacheData
        configuration.httpCookieStorage = nil
        session = URLSession(configuration: configuration)
    }

    func get(_ address: String) async throws -> Answer {
        guard let url = URL(string: address) else {
            throw Refusal(RegistrationRefusal.badArgument, facts: ["argument": address])
        }
        return try await send(URLRequest(url: url))
    }

    func post(_ address: String, type: String, body: [UInt8], headers: [String: String] = [:]) async throws -> Answer {
        guard let url = URL(string: address) else {
            throw Refusal(RegistrationRefusal.badArgument, facts: ["argument": address])
        }
        var request = URLRequest(url: url)
        request.httpMethod = "POST"
        request.httpBody = Data(body)
        request.setValue(type, forHTTPHeaderField: "Content-Type")
        for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
        return try await send(request)
    }

    private func send(_ request: URLRequest) async throws -> Answer {
        let (data, response) = try await session.data(for: request)
        let http = response as? HTTPURLResponse
        let cookie = http?.value(forHTTPHeaderField: "Set-Cookie")?.split(separator: ";").first.map(String.init)
        return Answer(status: http?.statusCode ?? 0, body: Array(data), cookie: cookie)
    }
}
