internal import Groundwork
internal import HTTPTypes
package import Hummingbird

extension Request {
    /// The whole body, read no further than `limit` bytes.
    ///
    /// - Throws: `web-service.body-too-large`; `web-service.unsupported-media-type` if a media type is demanded and
    ///   another one, or none, was named; `web-service.malformed-request` and `web-service.request-too-slow` if it
    ///   does not come whole.
    package func bytes(upTo limit: Int, mediaType: String? = nil) async throws -> [UInt8] {
        if let length = headers[.contentLength].flatMap({ Int($0) }), length > limit {
            throw Refusal(WebServiceRefusal.bodyTooLarge, facts: ["limit": String(limit)])
        }
        if let mediaType {
            let named = headers[.contentType]?.split(separator: ";").first.map { $0.lowercased() } ?? ""
            guard named.filter({ $0 != " " }) == mediaType else {
                throw Refusal(WebServiceRefusal.unsupportedMediaType, facts: ["expected": mediaType])
            }
        }
        var bytes: [UInt8] = []
        do {
            for try await part in body {
                guard bytes.count + part.readableBytes <= limit else {
                    throw Refusal(WebServiceRefusal.bodyTooLarge, facts: ["limit": String(limit)])
                }
                bytes.append(contentsOf: part.readableBytesView)
            }
        } catch let refusal as Refusal {
            throw refusal
        } catch is RequestTooSlow {
            throw Refusal(WebServiceRefusal.requestTooSlow)
        } catch {
            // The client's framing is wrong, or it went away: nothing of ours failed.
            throw Refusal(WebServiceRefusal.malformedRequest, detail: "\(error)", facts: ["what": "body"])
        }
        // A connection that ended early leaves a body that looks whole.
        if let length = headers[.contentLength].flatMap({ Int($0) }), length != bytes.count {
            throw Refusal(WebServiceRefusal.malformedRequest, detail: "body cut short", facts: ["what": "body"])
        }
        return bytes
    }
}
