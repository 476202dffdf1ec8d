package import Groundwork

/// A document that was read in full, strictly, and may be sealed.
package struct PDFDocument: Sendable {
    package let bytes: [UInt8]
    package let pages: [PageGeometry]
    /// What the scan found and tolerates; kept as evidence of what was sealed.
    package let findings: [DocumentFinding]
    let structure: DocumentStructure

    /// Blocks: it reads every object through libqpdf. From asynchronous code call ``reading(_:limits:on:)``.
    /// - Throws: a `Refusal` for the first trap that forbids sealing, for damage, encryption and size.
    package init(_ bytes: [UInt8], limits: DocumentLimits = .standard) throws(Refusal) {
        let read = try Self.examined(bytes, limits: limits)
        for finding in read.findings {
            if let refusal = finding.refusal { throw refusal }
        }
        self = read
    }

    /// The same on a thread where blocking C is allowed.
    package static func reading(
        _ bytes: [UInt8], limits: DocumentLimits = .standard, on pool: BlockingPool
    ) async throws -> PDFDocument {
        try await pool.run { try PDFDocument(bytes, limits: limits) }
    }

    /// Everything that the scan finds, also in a document that may not be sealed, for a person to read.
    /// - Throws: a `Refusal` only if the document cannot be read at all.
    package static func findings(
        in bytes: [UInt8], limits: DocumentLimits = .standard
    ) throws(Refusal) -> [DocumentFinding] {
        try examined(bytes, limits: limits).findings
    }

    private init(
        bytes: [UInt8], structure: DocumentStructure, pages: [PageGeometry], findings: [DocumentFinding]
    ) {
        self.bytes = bytes
        self.structure = structure
        self.pages = pages
        self.findings = findings
    }

    private static func examined(_ bytes: [UInt8], limits: DocumentLimits) throws(Refusal) -> PDFDocument {
        let structure = try DocumentStructure(bytes, limits: limits)
        let reader = try ObjectReader(bytes)
        guard let catalog = try reader.object(structure.root).asDictionary, catalog.names("Catalog", at: "Type") else {
            throw DocumentStructure.damaged("no catalog")
        }
        let tree = try PageTree(catalog: catalog, reader: reader, limits: limits)
        var scan = DocumentScan(structure, reader: reader)
        return PDFDocument(
            bytes: bytes, structure: structure, pages: tree.pages, findings: try scan.findings(catalog: catalog))
    }
}
