internal import Groundwork
internal import HTTPTypes
package import Hummingbird

extension Request {
    /// The whole body, read no further than `limit` bytes.
    ///
    /// - Throws: `web-service.body-too-large`; `web-service.unsupported-media-type` if a media type is demanded and
    ///   another one, or none, was named.
    package func bytes(upTo limit: Int, mediaType: String? = nil) async throws -> [UInt8] {
        if let mediaType {
            let named = headers[.contentType]?.split(separator: ";").first.map { $0.lowercased() } ?? ""
            guard named.filter({ $0 != " " }) == mediaType else {
                throw Refusal(WebServiceRefusal.unsupportedMediaType, facts: ["expected": mediaType])
            }
        }
        var bytes: [UInt8] = []
        for try await part in body {
            guard bytes.count + part.readableBytes <= limit else {
                throw Refusal(WebServiceRefusal.bodyTooLarge, facts: ["limit": String(limit)])
            }
            bytes.append(contentsOf: part.readableBytesView)
        }
        return bytes
    }
}
