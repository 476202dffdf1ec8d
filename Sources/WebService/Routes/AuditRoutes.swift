package import Audit
internal import Groundwork
internal import HTTPTypes
package import Hummingbird

/// The audit's part of the public address: checkpoints and proofs, so that anybody who keeps a checkpoint can see
/// later that the log was never bent. What an event says is not published.
package enum AuditRoutes {
    package static func add(_ publication: AuditPublication, to router: Router<AddressContext>) {
        let audit = router.group("/api/v1/audit")
        audit.get("checkpoints/latest") { _, _ in json(try await publication.latest(), maxAge: 5) }
        audit.get("checkpoints/{size}") { _, context in
            let size = try number(context.parameters.get("size"), "size")
            return json(try await publication.checkpoint(size: size), maxAge: 60)
        }
        audit.get("proofs/inclusion") { request, _ in
            let query = request.uri.queryParameters
            let leaf: AuditPublication.Leaf
            switch (query["event"], query["leaf"]) {
            case (let event?, nil):
                guard let identifier = AuditEventIdentifier(shown: event) else { throw malformed("event") }
                leaf = .event(identifier)
            case (nil, let text?): leaf = .number(try number(text, "leaf"))
            default: throw malformed("event")
            }
            let size = try query["size"].map { try number($0, "size") }
            return json(
                try await publication.inclusion(of: leaf, size: size), maxAge: size == nil ? 5 : immutable)
        }
        audit.get("proofs/consistency") { request, _ in
            let query = request.uri.queryParameters
            let first = try number(query["first"], "first")
            let second = try number(query["second"], "second")
            return json(try await publication.consistency(first: first, second: second), maxAge: immutable)
        }
        audit.get("keys") { _, _ in
            Response(
                status: .ok,
                headers: [.contentType: "application/x-pem-file", .cacheControl: "public, max-age=60"],
                body: .init(byteBuffer: ByteBuffer(string: try await publication.publicKeys())))
        }
    }

    /// A proof between two fixed sizes never changes.
    private static let immutable = 86_400

    private static func json(_ value: CanonicalJSON, maxAge: Int) -> Response {
        Response(
            status: .ok,
            headers: [.contentType: "application/json", .cacheControl: "public, max-age=\(maxAge)"],
            body: .init(byteBuffer: ByteBuffer(bytes: value.bytes)))
    }

    /// At most 15 decimal digits, as they are written.
    private static func number(_ text: (some StringProtocol)?, _ name: String) throws(Refusal) -> Int {
        guard let text, text.utf8.count <= 15, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let number = Int(text)
        else { throw malformed(name) }
        return number
    }

    private static func malformed(_ name: String) -> Refusal {
        Refusal(WebServiceRefusal.malformedQuery, facts: ["parameter": name])
    }
}
