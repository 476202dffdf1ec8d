internal import Groundwork
internal import HTTPTypes
internal import Hummingbird

/// Bytes with what a cache has to know about them (RFC 9111; for OCSP RFC 5019, 6.2).
struct CacheableBytes {
    var bytes: [UInt8]
    var type: String
    /// Seconds; `nil`: nobody may keep it.
    var maxAge: Int?
    var lastModified: Instant?
    /// When it is given: `Expires` counts from there, for caches that know no `Cache-Control`.
    var now: Instant?
    /// Names these very bytes, without quotation marks; empty: nothing does.
    var tag = ""

    /// 304 where the requester has these bytes already.
    func response(to request: Request) -> Response {
        var headers: HTTPFields = [.contentType: type]
        guard let maxAge else {
            headers[.cacheControl] = "no-store"
            return Response(status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
        }
        headers[.cacheControl] = "max-age=\(maxAge), public, no-transform, must-revalidate"
        if let now { headers[.expires] = HTTPDate.text(now.adding(seconds: Int64(maxAge))) }
        if let lastModified { headers[.lastModified] = HTTPDate.text(lastModified) }
        guard !tag.isEmpty else {
            return Response(status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
        }
        let quoted = "\"\(tag)\""
        headers[.eTag] = quoted
        if let known = request.headers[.ifNoneMatch], known == "*" || known.contains(quoted) {
            headers[.contentType] = nil
            return Response(status: .notModified, headers: headers)
        }
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}

/// `Sat, 21 Nov 2026 07:40:00 GMT` (RFC 9110, 5.6.7).
enum HTTPDate {
    private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    static func text(_ instant: Instant) -> String {
        let civil = instant.utc
        let day = Int(((instant.seconds / 86_400) % 7 + 7) % 7)
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : String(value) }
        return "\(days[day]), \(two(civil.day)) \(months[civil.month - 1]) \(civil.year) \(civil.colonTime) GMT"
    }
}
