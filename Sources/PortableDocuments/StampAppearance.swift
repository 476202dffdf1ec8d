/// What a stamp looks like: a content stream of its own, and the size of its box in points, which begins at the origin.
///
/// The content may use paths and colours only: the form that carries it has no resources.
package struct StampAppearance: Hashable, Sendable {
    package let content: [UInt8]
    package let widthPoints: Double
    package let heightPoints: Double

    package init(content: [UInt8], widthPoints: Double, heightPoints: Double) {
        self.content = content
        self.widthPoints = widthPoints
        self.heightPoints = heightPoints
    }

    static let largest = 4 << 20

    var isSensible: Bool {
        !content.isEmpty && content.count <= Self.largest
            && [widthPoints, heightPoints].allSatisfy { $0.isFinite && (1...5000).contains($0) }
    }
}

/// What the signature dictionary says beside the signature (ISO 32000-1, table 252). None of it is proof.
package struct StampStatement: Hashable, Sendable {
    /// Who signs, as in the certificate.
    package var name: String?
    package var reason: String?
    package var location: String?
    /// The field's partial name; unique in the document. Without one, the first free `Seal…` is taken.
    package var fieldName: String?

    package init(name: String? = nil, reason: String? = nil, location: String? = nil, fieldName: String? = nil) {
        self.name = name
        self.reason = reason
        self.location = location
        self.fieldName = fieldName
    }
}
