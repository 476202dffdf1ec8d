import Groundwork
import Testing

@testable import PortableDocuments

@Suite struct DocumentScanTests {
    private func traps(_ sample: PDFSample) throws -> Set<DocumentTrap> {
        Set(try PDFDocument(sample.bytes).findings.map(\.trap))
    }

    @Test func aPlainDocumentHasNone() throws {
        for kind in PDFSample.CrossReference.allCases { #expect(try traps(PDFSample(crossReference: kind)) == []) }
        let plain = PDFSample(pageCount: 4).bytes
        for options in [["--linearize"], ["--object-streams=generate"], ["--linearize", "--object-streams=generate"]] {
            let bytes = try Strangers.qpdf(plain, options)
            #expect(try PDFDocument(bytes).findings == [], "\(options)")
        }
    }

    @Test func whatIsToleratedIsReported() throws {
        let file = "<< /Length 1 /Type /EmbeddedFile >>\nstream\nx\nendstream"
        let sample = PDFSample(
            catalog:
                "/Names << /EmbeddedFiles << /Names [(a) << /EF << /F 10 0 R >> >>] >> >> /OpenAction [3 0 R /Fit]",
            page: "/Annots [11 0 R 12 0 R 13 0 R]",
            extra: [
                file, "<< /Subtype /Link /Rect [0 0 1 1] /A << /S /URI /URI (https://example.org) >> >>",
                "<< /Subtype /FreeText /Rect [0 0 1 1] >>", "<< /Subtype /Widget /FT /Sig /T (s) /Rect [0 0 0 0] >>",
                "(nothing refers to this)",
            ])
        #expect(
            try traps(sample) == [.embeddedFiles, .links, .annotations, .emptySignatureField, .unreferencedObjects])
    }

    @Test func resourceNamesAreNotActions() throws {
        #expect(try traps(PDFSample(page: "/X << /Font << /AA 5 0 R /JS 5 0 R >> >>")) == [])
    }

    @Test func earlierRevisionsAreReported() throws {
        let first = PDFSample().bytes
        let structure = try DocumentStructure(first)
        var update = IncrementalUpdate(to: first, structure: structure)
        update.write(ObjectID(5), .dictionary(PDFDictionary([("Type", .name("Font"))])))
        let second = first + update.finished(identifier: [UInt8](repeating: 1, count: 16))
        #expect(try PDFDocument(second).findings.map(\.trap) == [.earlierRevisions])
        let sealed = try StampDraftTests.sealed(second)
        #expect(try Strangers.pyHanko(Strangers.write(sealed)) == "True True ENTIRE_FILE True")
    }

    @Test func everyTrapHasALabelAndEveryRefusalANextStep() {
        for trap in DocumentTrap.allCases { #expect(!trap.label.zh.isEmpty && !trap.label.en.isEmpty) }
        for reason in PortableDocumentsRefusal.allCases {
            #expect(!reason.message.zh.isEmpty && !reason.nextStep.zh.isEmpty)
        }
    }
}
