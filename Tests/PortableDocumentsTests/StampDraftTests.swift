import Foundation
import Groundwork
import OtherPrograms
import Testing

@testable import PortableDocuments

@Suite struct StampDraftTests {
    static let moment = Instant(seconds: 1_795_233_653)
    static let points = 72 / 25.4
    static let side = 42.0

    /// A red square of 42 mm with a blue quarter in its upper left corner, which tells which way is up.
    static var appearance: StampAppearance {
        let size = side * points
        let content = """
            1 0 0 rg 0 0 \(size) \(size) re f
            0 0 1 rg 0 \(size / 2) \(size / 2) \(size / 2) re f
            """
        return StampAppearance(content: Array(content.utf8), widthPoints: size, heightPoints: size)
    }

    static func draft(
        _ bytes: [UInt8], page: Int = 1, left: Double = 100, top: Double = 150, field: String? = nil
    ) throws -> StampDraft {
        try StampDraft.prepare(
            PDFDocument(bytes),
            placement: StampPlacement(
                page: page, leftMillimetres: left, topMillimetres: top, widthMillimetres: side, heightMillimetres: side),
            appearance: appearance, claimedAt: moment, identifier: [UInt8](repeating: 7, count: 16),
            statement: StampStatement(name: "上海浦江纸业有限公司", fieldName: field), reservedBytes: 8192)
    }

    static func sealed(_ bytes: [UInt8], page: Int = 1, left: Double = 100, top: Double = 150) throws -> [UInt8] {
        let draft = try draft(bytes, page: page, left: left, top: top)
        return try draft.filled(with: Strangers.cms(over: draft.signedBytes))
    }

    /// Each way that a document may say what a stamp extends, and each way its objects may lie.
    static let documents: [(name: String, make: @Sendable () throws -> [UInt8])] = [
        ("table", { PDFSample().bytes }),
        ("stream", { PDFSample(crossReference: .stream).bytes }),
        ("no newline at the end", { PDFSample(ending: "").bytes }),
        (
            "a Size that is too large",
            {
                Array(String(decoding: PDFSample().bytes, as: UTF8.self).replacing("/Size 6", with: "/Size 9").utf8)
            }
        ),
        ("PDF 1.4", { PDFSample(version: "1.4").bytes }),
        ("PDF 2.0", { PDFSample(version: "2.0").bytes }),
        (
            "direct form and annotations",
            {
                PDFSample(
                    catalog: "/AcroForm << /Fields [] /DA (/F1 0 Tf) >>", page: "/Annots [10 0 R]",
                    extra: ["<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] >>"]
                ).bytes
            }
        ),
        (
            "indirect form, fields and annotations",
            {
                PDFSample(
                    crossReference: .stream, catalog: "/AcroForm 10 0 R", page: "/Annots 12 0 R",
                    extra: ["<< /Fields 11 0 R >>", "[13 0 R]", "[13 0 R]", textField]
                ).bytes
            }
        ),
        (
            "form whose parts are null",
            {
                PDFSample(catalog: "/AcroForm 77 0 R /Extensions null", page: "/Annots 78 0 R").bytes
            }
        ),
        ("object streams", { try Strangers.qpdf(PDFSample(pageCount: 3).bytes, "--object-streams=generate") }),
        (
            "object streams with a form",
            {
                try Strangers.qpdf(
                    PDFSample(
                        catalog: "/AcroForm 10 0 R", page: "/Annots [11 0 R]",
                        extra: ["<< /Fields [11 0 R] >>", textField]
                    )
                    .bytes, "--object-streams=generate")
            }
        ),
        ("linearized", { try Strangers.qpdf(PDFSample(pageCount: 3).bytes, "--linearize") }),
        (
            "linearized with streams",
            {
                try Strangers.qpdf(PDFSample(pageCount: 3).bytes, "--linearize", "--object-streams=generate")
            }
        ),
        (
            "info and metadata",
            { PDFSample(trailer: "/Info 10 0 R", extra: ["<< /Title (A) /Producer <FEFF4E00> >>"]).bytes }
        ),
    ]

    static let textField = """
        << /Type /Annot /Subtype /Widget /FT /Tx /T (name) /Rect [10 10 20 20] /AP << /N 4 0 R >> /F 4 >>
        """

    @Test(arguments: documents.indices)
    func strangersAcceptEveryKindOfDocument(index: Int) throws {
        let (name, make) = Self.documents[index]
        let original = try make()
        let sealed = try Self.sealed(original)
        #expect(sealed.starts(with: original), "\(name): no byte of the original changes")

        let path = try Strangers.write(sealed)
        let check = try OtherProgram.run(["qpdf", "--check", path])
        #expect(check.status == 0, "\(name): \(check.text) \(check.complaints)")
        let pdfsig = try OtherProgram.run(["pdfsig", "-nocert", path])
        #expect(pdfsig.text.contains("Signature is Valid"), "\(name): \(pdfsig.text)")
        #expect(pdfsig.text.contains("Total document signed"), "\(name): \(pdfsig.text)")
        #expect(pdfsig.text.contains("ETSI.CAdES.detached"), "\(name): \(pdfsig.text)")
        #expect(try Strangers.pyHanko(path) == "True True ENTIRE_FILE True", "\(name)")

        let signatures = try EmbeddedSignature.all(in: sealed)
        #expect(signatures.count == 1)
        #expect(signatures[0].coversWholeFile && signatures[0].coversWholeRevision)
        #expect(signatures[0].subFilter == "ETSI.CAdES.detached")
    }

    @Test(arguments: PDFSample.CrossReference.allCases)
    func theSectionAppendedIsOfTheDocumentsKind(kind: PDFSample.CrossReference) throws {
        let original = PDFSample(crossReference: kind).bytes
        let draft = try Self.draft(original)
        let added = String(decoding: draft.bytes[original.count...], as: UTF8.self)
        let structure = try DocumentStructure(draft.bytes)
        #expect(structure.sections.count == 2)
        #expect(structure.trailer["Prev"] == .integer(try DocumentStructure(original).startOfCrossReference))
        let identifier = try #require(structure.trailer["ID"]?.asArray)
        #expect(identifier[0] == structure.sections[1].trailer["ID"]?.asArray?[0])
        #expect(identifier[1] == .string([UInt8](repeating: 7, count: 16)))
        switch (kind, structure.kind) {
        case (.table, .table):
            #expect(!added.contains("/XRef"))
            let table = try #require(added.range(of: "xref\n"))
            let rows = added[table.upperBound...].prefix { $0 != "t" }.split(separator: "\n")
            #expect(rows.filter { $0.hasSuffix("n ") || $0.hasSuffix("f ") }.allSatisfy { $0.utf8.count == 19 })
        case (.stream, .stream(let id)):
            #expect(structure.sections[0].entries[id.number] != nil, "the stream lists itself")
            #expect(!added.contains("trailer"))
        default: Issue.record("the kind changed")
        }
    }

    @Test func existingFieldsStay() throws {
        let bytes = PDFSample(
            catalog: "/AcroForm 10 0 R", page: "/Annots [11 0 R]",
            extra: ["<< /Fields [11 0 R] /DR << >> >>", Self.textField]
        ).bytes
        let draft = try Self.draft(bytes)
        let reader = try ObjectReader(draft.bytes)
        let form = try #require(try reader.object(ObjectID(10)).asDictionary)
        #expect(form["Fields"]?.asArray?.count == 2)
        #expect(form["Fields"]?.asArray?.first == .reference(ObjectID(11)))
        #expect(form["SigFlags"] == .integer(3))
        #expect(form["DR"] != nil)
    }

    @Test func namesAreUnique() throws {
        let field = "<< /Type /Annot /Subtype /Widget /FT /Tx /T (Seal1) /Rect [1 1 2 2] /AP << /N 4 0 R >> >>"
        let bytes = PDFSample(catalog: "/AcroForm << /Fields [10 0 R] >>", page: "/Annots [10 0 R]", extra: [field])
            .bytes
        let sealed = try Self.sealed(bytes)
        #expect(try EmbeddedSignature.all(in: sealed)[0].fieldName == "Seal2")
        for name in ["Seal1", "", "a.b"] {
            #expect(throws: Refusal(PortableDocumentsRefusal.fieldName)) { try Self.draft(bytes, field: name) }
        }
    }

    @Test func aSignatureThatDoesNotFitIsNotCut() throws {
        let draft = try Self.draft(PDFSample().bytes)
        let refusal = Refusal(PortableDocumentsRefusal.signatureTooLarge)
        #expect(throws: refusal) { try draft.filled(with: [UInt8](repeating: 0x30, count: 8193)) }
        #expect(throws: refusal) { try draft.filled(with: []) }
        #expect(try draft.filled(with: [UInt8](repeating: 0x30, count: 8192)).count == draft.bytes.count)
    }
}
