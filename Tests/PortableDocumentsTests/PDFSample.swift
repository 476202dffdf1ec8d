import Foundation

/// Small documents for tests, written byte by byte, so that each flaw is one that the test put there.
struct PDFSample {
    enum CrossReference: CaseIterable { case table, stream }

    var crossReference = CrossReference.table
    var version = "1.7"
    /// Entries added to the catalog, the page and the trailer.
    var catalog = ""
    var page = ""
    var trailer = ""
    var mediaBox = "[0 0 595 842]"
    /// Entries that pages inherit.
    var pages = ""
    var pageCount = 1
    var content = "BT /F1 24 Tf 72 700 Td (Lease contract) Tj ET"
    /// Objects 10, 11, …: whole bodies.
    var extra: [String] = []
    /// What follows the last `%%EOF`.
    var ending = "\n"

    /// Catalog 1, pages 2, first page 3, content 4, font 5; extra objects from 10; further pages 100, 101, ….
    var bodies: [(number: Int, body: String)] {
        let numbers = [3] + (100..<99 + max(1, pageCount))
        let kids = numbers.prefix(pageCount).map { "\($0) 0 R" }.joined(separator: " ")
        var bodies: [(Int, String)] = [
            (1, "<< /Type /Catalog /Pages 2 0 R \(catalog) >>"),
            (2, "<< /Type /Pages /Kids [\(kids)] /Count \(pageCount) /MediaBox \(mediaBox) \(pages) >>"),
            (4, "<< /Length \(content.utf8.count) >>\nstream\n\(content)\nendstream"),
            (5, "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"),
        ]
        for number in numbers.prefix(pageCount) {
            let body = "<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> \(page) >>"
            bodies.append((number, body))
        }
        bodies += extra.enumerated().map { (10 + $0, $1) }
        return bodies.sorted { $0.0 < $1.0 }
    }

    var bytes: [UInt8] {
        var output = Array("%PDF-\(version)\n%\u{00B5}\u{00B5}\n".utf8)
        var offsets: [Int: Int] = [:]
        for (number, body) in bodies {
            offsets[number] = output.count
            output += "\(number) 0 obj\n\(body)\nendobj\n".utf8
        }
        let identifier = "/ID [<00112233445566778899AABBCCDDEEFF> <00112233445566778899AABBCCDDEEFF>]"
        let start = output.count
        switch crossReference {
        case .table:
            output += "xref\n0 1\n0000000000 65535 f \n".utf8
            for number in offsets.keys.sorted() {
                output += "\(number) 1\n\(Self.padded(offsets[number] ?? 0)) 00000 n \n".utf8
            }
            let size = (offsets.keys.max() ?? 0) + 1
            output += "trailer\n<< /Size \(size) /Root 1 0 R \(identifier) \(trailer) >>\n".utf8
        case .stream:
            let own = (offsets.keys.max() ?? 0) + 1
            offsets[own] = start
            var index = "0 1"
            var data: [UInt8] = [0, 0, 0, 0, 255]
            for number in offsets.keys.sorted() {
                index += " \(number) 1"
                let offset = offsets[number] ?? 0
                data += [1, UInt8(offset >> 16 & 255), UInt8(offset >> 8 & 255), UInt8(offset & 255), 0]
            }
            let entries = "/Type /XRef /Size \(own + 1) /W [1 3 1] /Index [\(index)] /Root 1 0 R"
            output += "\(own) 0 obj\n<< \(entries) /Length \(data.count) \(identifier) \(trailer) >>\nstream\n".utf8
            output += data
            output += "\nendstream\nendobj\n".utf8
        }
        output += "startxref\n\(start)\n%%EOF\(ending)".utf8
        return output
    }

    static func padded(_ number: Int) -> String { String(repeating: "0", count: 10 - "\(number)".count) + "\(number)" }
}
