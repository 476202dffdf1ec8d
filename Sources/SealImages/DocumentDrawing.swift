internal import CPangoCairo
package import Groundwork

/// Plain documents with Chinese text: receipts, and the contract that the evaluation seals.
package enum DocumentDrawing {
    private static let pageWidth = 595.276
    private static let pageHeight = 841.89
    private static let margin = 72.0
    private static let titleSize = 20.0
    private static let textSize = 11.0
    private static let leading = 1.7

    /// A PDF of A4 pages with a classic cross-reference table: the title, then each line, wrapped. An empty line is a
    /// gap. Text is drawn as outlines of the Song face.
    /// - Parameter createdAt: the document's creation date; without one, cairo states the machine's time.
    package static func plainPDF(
        title: String, lines: [String], createdAt: Instant? = nil, font: String = SealPattern.songFace
    ) throws(Refusal) -> [UInt8] {
        for line in [title] + lines where line.unicodeScalars.count > SongFace.longestLine {
            throw Refusal(
                SealImagesRefusal.textLength,
                facts: ["text": "\(line.prefix(20))…", "most": "\(SongFace.longestLine)"])
        }
        let face = try SongFace(family: font)
        let missing = face.missingCharacters(in: title + lines.joined())
        guard missing.isEmpty else {
            throw Refusal(
                SealImagesRefusal.missingGlyph,
                facts: ["font": font, "characters": missing.map(String.init).joined(separator: " ")])
        }
        let output = CairoOutput()
        return try withExtendedLifetime(output) { () throws(Refusal) -> [UInt8] in
            let failed = Refusal(SealImagesRefusal.drawing, detail: "pdf")
            let surface = cairo_pdf_surface_create_for_stream(CairoOutput.write, output.closure, pageWidth, pageHeight)
            guard let surface else { throw failed }
            defer { cairo_surface_destroy(surface) }
            cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, title)
            if let createdAt {
                let time = createdAt.truncatedToSecond.rfc3339.replacing(".000Z", with: "Z")
                cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, time)
            }
            guard let cairo = cairo_create(surface) else { throw failed }
            defer { cairo_destroy(cairo) }
            write(title: title, lines: lines, face: face, on: cairo)
            cairo_surface_finish(surface)
            guard cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS, cairo_status(cairo) == CAIRO_STATUS_SUCCESS
            else { throw failed }
            return output.bytes
        }
    }

    private static func write(title: String, lines: [String], face: SongFace, on cairo: OpaquePointer) {
        var y = margin
        func put(_ text: String, size: Double, centred: Bool) {
            let width = pageWidth - 2 * margin
            for line in face.wrapped(text, widthInEms: width / size) {
                if y + size * leading > pageHeight - margin {
                    cairo_show_page(cairo)
                    y = margin
                }
                cairo_save(cairo)
                cairo_translate(cairo, centred ? (pageWidth - line.advance * size) / 2 : margin, y + size)
                cairo_scale(cairo, size, -size)
                line.outline.trace(on: cairo)
                cairo_fill(cairo)
                cairo_restore(cairo)
                y += size * leading
            }
        }
        put(title, size: titleSize, centred: true)
        y += titleSize
        for line in lines {
            if line.isEmpty { y += textSize * leading / 2 } else { put(line, size: textSize, centred: false) }
        }
        cairo_show_page(cairo)
    }
}
