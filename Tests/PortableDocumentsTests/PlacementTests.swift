import Groundwork
import Testing

@testable import PortableDocuments

@Suite struct PlacementTests {
    struct Page: Sendable, CustomTestStringConvertible {
        var entries: String
        var mediaBox = "[0 0 595 842]"
        var inherited = ""
        /// Poppler shows user space units as points.
        var userUnit = 1.0
        var testDescription: String { "\(entries) \(mediaBox) \(inherited)" }
    }

    static let pages: [Page] = [
        Page(entries: ""), Page(entries: "/Rotate 90"), Page(entries: "/Rotate 180"), Page(entries: "/Rotate 270"),
        Page(entries: "/Rotate -90"), Page(entries: "", inherited: "/Rotate 90"),
        Page(entries: "/CropBox [20 30 580 800]"), Page(entries: "/Rotate 90 /CropBox [20 30 580 800]"),
        Page(entries: "/Rotate 180 /CropBox [20 30 580 800]"), Page(entries: "/Rotate 270 /CropBox [20 30 580 800]"),
        Page(entries: "/CropBox [-50 -50 500 9999]"), Page(entries: "", mediaBox: "[695 942 100 100]"),
        Page(entries: "/MediaBox [-300 -400 300 400] /Rotate 450", inherited: "/CropBox [-280 -400 300 380]"),
        Page(entries: "/UserUnit 2.0 /Rotate 90", mediaBox: "[0 0 420 595]", userUnit: 2),
    ]

    /// Measured in poppler's picture: the stamp is where it was asked for, of the size asked for, and upright.
    @Test(arguments: pages) func theStampIsExactInMillimetres(page: Page) throws {
        let sample = PDFSample(page: page.entries, mediaBox: page.mediaBox, pages: page.inherited, content: "")
        let draft = try StampDraftTests.draft(sample.bytes, left: 31.5, top: 77.3)
        let rendering = try Rendering(Strangers.write(draft.bytes))
        let red = try #require(rendering.box { $0 > 200 && $1 < 60 && $2 < 60 })
        let blue = try #require(rendering.box { $0 < 60 && $1 < 60 && $2 > 200 })
        let unit = page.userUnit
        for (measured, wanted) in [
            (red.left, 31.5), (red.top, 77.3), (red.right, 31.5 + 42), (red.bottom, 77.3 + 42), (blue.left, 31.5),
            (blue.top, 77.3), (blue.right, 31.5 + 21), (blue.bottom, 77.3 + 21),
        ] {
            #expect(abs(measured * unit - wanted) <= 0.25 * unit, "\(measured * unit) is not \(wanted)")
        }
        let rectangle = try widgetRectangle(of: draft)
        for side in [rectangle.width, rectangle.height] { #expect(abs(side * unit - 42 * 72 / 25.4) < 0.0001) }
        let shown = try PDFDocument(sample.bytes).pages[0]
        #expect(abs(shown.widthMillimetres - Double(rendering.width) / 5 * unit) < 0.4 * unit)
        #expect(abs(shown.heightMillimetres - Double(rendering.height) / 5 * unit) < 0.4 * unit)
    }

    private func widgetRectangle(of draft: StampDraft) throws -> PDFRectangle {
        let reader = try ObjectReader(draft.bytes)
        let structure = try DocumentStructure(draft.bytes)
        let catalog = try #require(try reader.object(structure.root).asDictionary)
        let form = try #require(try reader.resolved(catalog["AcroForm"])?.asDictionary)
        let field = try #require(try reader.resolved(form["Fields"]?.asArray?.last)?.asDictionary)
        return try #require(PDFRectangle(field["Rect"]))
    }

    @Test func onlyOnThePage() throws {
        let bytes = PDFSample(pageCount: 2).bytes
        for (left, top) in [(-0.1, 10.0), (10, -0.1), (209.9 - 42 + 0.2, 10), (10, 297.04 - 42 + 0.2)] {
            #expect(throws: Refusal(PortableDocumentsRefusal.outsidePage)) {
                try StampDraftTests.draft(bytes, left: left, top: top)
            }
        }
        _ = try StampDraftTests.draft(bytes, page: 2, left: 0, top: 0)
        for page in [0, -1, 3, Int.max, Int.min + 1] {
            #expect(throws: Refusal(PortableDocumentsRefusal.noSuchPage)) {
                try StampDraftTests.draft(bytes, page: page)
            }
        }
        for left in [Double.nan, .infinity, 1e300] {
            #expect(throws: Refusal(PortableDocumentsRefusal.placement)) {
                try StampDraftTests.draft(bytes, left: left)
            }
        }
    }

    @Test func theSecondPageIsTheSecond() throws {
        let draft = try StampDraftTests.draft(PDFSample(pageCount: 3).bytes, page: 2)
        let path = try Strangers.write(draft.bytes)
        #expect(try Rendering(path, page: 1).box { $0 > 200 && $1 < 60 && $2 < 60 } == nil)
        #expect(try Rendering(path, page: 2).box { $0 > 200 && $1 < 60 && $2 < 60 } != nil)
    }
}
