import Foundation
import Groundwork
import Testing

@testable import PortableDocuments

@Suite struct RefusedDocumentTests {
    struct Bad: Sendable, CustomTestStringConvertible {
        var name: String
        var reason: PortableDocumentsRefusal
        var make: @Sendable () throws -> [UInt8]
        var testDescription: String { name }

        init(_ name: String, _ reason: PortableDocumentsRefusal, _ make: @escaping @Sendable () throws -> [UInt8]) {
            (self.name, self.reason, self.make) = (name, reason, make)
        }
    }

    static let script = "<< /S /JavaScript /JS (app.alert\\(1\\)) >>"

    static let structures: [Bad] = [
        Bad("empty", .notPDF) { [] },
        Bad("text", .notPDF) { Array("hello".utf8) },
        Bad("a picture", .notPDF) { [0x89, 0x50, 0x4E, 0x47] + [UInt8](repeating: 0, count: 5000) },
        Bad("bytes before the header", .damaged) { Array("\r\n".utf8) + PDFSample().bytes },
        Bad("cut in the middle", .truncated) { Array(PDFSample().bytes.prefix(400)) },
        Bad("cut before the end", .truncated) { PDFSample().bytes.dropLast(8) },
        Bad("cut update", .truncated) { PDFSample().bytes + Array("4 0 obj\n<< >>\nendobj\n".utf8) },
        Bad("middle missing", .truncated) {
            let bytes = PDFSample(pageCount: 9).bytes
            return bytes.prefix(200) + bytes.suffix(120)
        },
        Bad("something behind the end", .trailingData) { PDFSample(ending: "\nMZ hidden").bytes },
        Bad("wrong startxref", .damaged) {
            let text = String(decoding: PDFSample().bytes, as: UTF8.self)
            return Array(text.replacing(/startxref\n\d+/, with: "startxref\n30").utf8)
        },
        Bad("an object is elsewhere", .damaged) {
            Array(String(decoding: PDFSample().bytes, as: UTF8.self).replacing("4 0 obj", with: "4 1 obj").utf8)
        },
        Bad("a loop of sections", .damaged) {
            let text = String(decoding: PDFSample().bytes, as: UTF8.self)
            let start =
                text.range(of: "xref\n").map { text.utf8.distance(from: text.startIndex, to: $0.lowerBound) } ?? 0
            return Array(text.replacing("/Root 1 0 R", with: "/Root 1 0 R /Prev \(start)").utf8)
        },
        Bad("hybrid", .hybrid) { PDFSample(trailer: "/XRefStm 15").bytes },
        Bad("stream behind a table", .hybrid) {
            let first = PDFSample().bytes
            let start = try DocumentStructure(first).startOfCrossReference
            let text =
                "11 0 obj\n<< /Type /XRef /Size 12 /W [1 3 1] /Index [11 1] /Root 1 0 R /Length 5 /Prev \(start) >>\n"
            let data: [UInt8] = [1, 0, UInt8(first.count >> 8), UInt8(first.count & 255), 0]
            return first + Array((text + "stream\n").utf8) + data
                + Array("\nendstream\nendobj\nstartxref\n\(first.count)\n%%EOF\n".utf8)
        },
        Bad("encrypted", .encrypted) {
            try Strangers.qpdf(PDFSample().bytes, "--encrypt", "secret", "owner", "256", "--")
        },
        Bad("encrypted without a password", .encrypted) {
            try Strangers.qpdf(PDFSample().bytes, "--encrypt", "", "owner", "256", "--print=none", "--")
        },
        Bad("encrypted, object streams", .encrypted) {
            try Strangers.qpdf(
                PDFSample().bytes, "--object-streams=generate", "--encrypt", "", "o", "128", "--use-aes=y", "--")
        },
        Bad("no pages", .damaged) { PDFSample(pageCount: 0).bytes },
        Bad("a page tree that is a loop", .damaged) {
            Array(String(decoding: PDFSample().bytes, as: UTF8.self).replacing("[3 0 R]", with: "[2 0 R]").utf8)
        },
        Bad("one page twice", .damaged) {
            let text = String(decoding: PDFSample(pageCount: 2).bytes, as: UTF8.self)
            return Array(text.replacing("[3 0 R 100 0 R]", with: "[3 0 R 003 0 R]").utf8)
        },
        Bad("no MediaBox", .damaged) { PDFSample(mediaBox: "null").bytes },
        Bad("an empty MediaBox", .damaged) { PDFSample(mediaBox: "[0 0 0 842]").bytes },
        Bad("turned by 45 degrees", .damaged) { PDFSample(page: "/Rotate 45").bytes },
        Bad("a duplicate key", .damaged) { PDFSample(trailer: "/Root 2 0 R").bytes },
        Bad("a Size that hides objects", .damaged) {
            Array(String(decoding: PDFSample().bytes, as: UTF8.self).replacing("/Size 6", with: "/Size 5").utf8)
        },
        Bad("a form whose fields are a loop", .damaged) {
            PDFSample(catalog: "/AcroForm << /Fields [10 0 R] >>", extra: ["<< /FT /Tx /T (a) /Kids [10 0 R] >>"]).bytes
        },
        Bad("nested too deeply", .damaged) {
            PDFSample(catalog: "/X " + String(repeating: "[", count: 5000) + String(repeating: "]", count: 5000)).bytes
        },
        Bad("already signed", .alreadySigned) { try StampDraftTests.sealed(PDFSample().bytes) },
        Bad("already signed, with a stream", .alreadySigned) {
            try StampDraftTests.sealed(PDFSample(crossReference: .stream).bytes)
        },
    ]

    static let traps: [Bad] = [
        Bad("open action", .activeContent) { PDFSample(catalog: "/OpenAction \(script)").bytes },
        Bad("open action elsewhere", .activeContent) {
            PDFSample(catalog: "/OpenAction 10 0 R", extra: ["<< /S /URI /URI (http://example.org) >>"]).bytes
        },
        Bad("named script", .activeContent) {
            PDFSample(catalog: "/Names << /JavaScript << /Names [(a) 10 0 R] >> >>", extra: [script]).bytes
        },
        Bad("script in a link", .activeContent) {
            PDFSample(
                page: "/Annots [10 0 R]",
                extra: ["<< /Type /Annot /Subtype /Link /Rect [0 0 1 1] /A 11 0 R >>", script]
            )
            .bytes
        },
        Bad("script with an escaped name", .activeContent) {
            PDFSample(
                page: "/Annots [10 0 R]",
                extra: ["<< /Subtype /Link /Rect [0 0 1 1] /A << /S /Java#53cript /J#53 (1) >> >>"]
            )
            .bytes
        },
        Bad("page action", .activeContent) { PDFSample(page: "/AA << /O \(script) >>").bytes },
        Bad("launch", .activeContent) {
            PDFSample(
                page: "/Annots [10 0 R]",
                extra: ["<< /Subtype /Link /Rect [0 0 1 1] /A << /S /Launch /F (calc.exe) >> >>"]
            )
            .bytes
        },
        Bad("script in an object stream", .activeContent) {
            try Strangers.qpdf(
                PDFSample(catalog: "/OpenAction 10 0 R", extra: [script]).bytes, "--object-streams=generate")
        },
        Bad("XFA", .unsettledForm) {
            PDFSample(catalog: "/AcroForm << /Fields [] /XFA 10 0 R >>", extra: ["()"]).bytes
        },
        Bad("need appearances", .unsettledForm) {
            PDFSample(catalog: "/AcroForm << /Fields [] /NeedAppearances true >>").bytes
        },
        Bad("a value without its appearance", .unsettledForm) {
            PDFSample(
                catalog: "/AcroForm << /Fields [10 0 R] >>", page: "/Annots [10 0 R]",
                extra: ["<< /Subtype /Widget /FT /Tx /T (a) /V (1000) /Rect [0 0 9 9] >>"]
            ).bytes
        },
        Bad("layers", .optionalContent) {
            PDFSample(catalog: "/OCProperties << /OCGs [10 0 R] /D << >> >>", extra: ["<< /Type /OCG /Name (a) >>"])
                .bytes
        },
        Bad("a stream in another file", .externalContent) {
            PDFSample(page: "/X 10 0 R", extra: ["<< /Length 0 /F (/etc/passwd) >>\nstream\n\nendstream"]).bytes
        },
        Bad("a form in another file", .externalContent) {
            PDFSample(page: "/X 10 0 R", extra: ["<< /Length 0 /Subtype /Form /Ref << >> >>\nstream\n\nendstream"])
                .bytes
        },
        Bad("multimedia", .multimedia) {
            PDFSample(page: "/Annots [10 0 R]", extra: ["<< /Type /Annot /Subtype /RichMedia /Rect [0 0 9 9] >>"]).bytes
        },
        Bad("a hidden page", .hiddenPages) {
            PDFSample(extra: ["<< /Type /Page /Parent 2 0 R /Contents 4 0 R >>"]).bytes
        },
        Bad("a hidden catalog", .hiddenPages) { PDFSample(extra: ["<< /Type /Catalog /Pages 2 0 R >>"]).bytes },
        Bad("a hidden signature", .alreadySigned) {
            PDFSample(extra: ["<< /Type /Sig /ByteRange [0 1 2 3] /Contents <00> >>"]).bytes
        },
        Bad("permissions by a signature", .alreadySigned) { PDFSample(catalog: "/Perms << >>").bytes },
    ]

    @Test(arguments: structures + traps) func isRefusedByItsCode(bad: Bad) throws {
        let bytes = try bad.make()
        do {
            _ = try PDFDocument(bytes)
            Issue.record("accepted")
        } catch {
            #expect(error.code == bad.reason.code, "\(error)")
            #expect(!error.nextStep.zh.isEmpty)
        }
    }

    @Test func sizesAreLimited() throws {
        let bytes = PDFSample(pageCount: 5).bytes
        let tooLarge = Refusal(PortableDocumentsRefusal.tooLarge)
        #expect(throws: tooLarge) { try PDFDocument(bytes, limits: DocumentLimits(bytes: bytes.count - 1)) }
        #expect(throws: tooLarge) { try PDFDocument(bytes, limits: DocumentLimits(objects: 5)) }
        #expect(throws: Refusal(PortableDocumentsRefusal.tooManyPages)) {
            try PDFDocument(bytes, limits: DocumentLimits(pages: 4))
        }
        #expect(try PDFDocument(bytes, limits: DocumentLimits(pages: 5)).pages.count == 5)
        let folded = try Strangers.qpdf(bytes, "--object-streams=generate")
        #expect(throws: tooLarge) { try PDFDocument(folded, limits: DocumentLimits(unfoldedBytes: 100)) }
        #expect(try PDFDocument(folded, limits: DocumentLimits(unfoldedBytes: 10_000)).pages.count == 5)
    }

    /// A number in the file that claims more than there is costs no memory and no time.
    @Test func claimsAreNotBelieved() throws {
        for claim in ["0 999999999", "99999999 1", "0 999999999999999999"] {
            let text = String(decoding: PDFSample().bytes, as: UTF8.self).replacing(
                "xref\n0 1\n", with: "xref\n\(claim)\n")
            #expect(throws: Refusal.self) { try PDFDocument(Array(text.utf8)) }
        }
        for entry in ["/W [7 7 7]", "/W [0 0 0]", "/W [1 3 1] /Index [0 900000000]", "/W [1 9 1]", "/W [1 -3 1]"] {
            let text = String(
                String.UnicodeScalarView(PDFSample(crossReference: .stream).bytes.map { Unicode.Scalar($0) }))
            let changed = text.replacing(/\/W \[1 3 1\]( \/Index \[[0-9 ]+\])/, with: entry)
            #expect(throws: Refusal.self) {
                try PDFDocument(changed.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) })
            }
        }
    }
}
