import Foundation
import Groundwork
import Testing

@testable import SealImages

@Suite struct SealPictureTests {
    private func picture() throws -> SealPicture {
        try CompanySealImage.draw(SealDesign(companyName: "上海浦江纸业有限公司", diameterMillimetres: 42, code: "3101050012345"))
    }

    @Test func thePDFFormIsPathsAlone() throws {
        let paths = try picture().pathsPDF
        #expect(abs(paths.widthPoints - 119.0551) < 0.0001)
        #expect(paths.widthPoints == paths.heightPoints)
        let text = String(decoding: paths.content, as: UTF8.self)
        let operators = Set(text.split(whereSeparator: \.isWhitespace).filter { Double($0) == nil })
        #expect(operators == ["q", "rg", "RG", "w", "j", "m", "l", "c", "h", "f", "B", "Q"])
    }

    @Test func numbersAreDecimal() {
        for (value, text) in [
            (0, "0"), (1, "1"), (-1.5, "-1.5"), (0.00004, "0"), (0.00005, "0.0001"), (-0.00001, "0"),
            (119.05511, "119.0551"),
            (1e300, "0"), (.nan, "0"), (2.9999999, "3"),
        ] as [(Double, String)] {
            #expect(SealPicture.number(value) == text)
        }
    }

    /// Read by poppler's own decoder would need a program; the chunks are simple enough to read here.
    @Test(arguments: [1, 8, 24]) func thePNGHasItsTrueSize(resolution: Int) throws {
        let png = try picture().png(pixelsPerMillimetre: resolution)
        #expect(png.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]))
        func big(_ at: Int) -> Int { png[at..<at + 4].reduce(0) { $0 << 8 | Int($1) } }
        #expect((big(16), big(20)) == (42 * resolution, 42 * resolution))
        #expect(png[25] == 6, "colour with alpha")
        #expect(png[37..<41].elementsEqual("pHYs".utf8))
        #expect((big(41), big(45), Int(png[49])) == (resolution * 1000, resolution * 1000, 1))
    }

    @Test func resolutionsAreLimited() throws {
        let picture = try picture()
        for resolution in [0, -1, 97, Int.max] {
            #expect(throws: Refusal(SealImagesRefusal.pictureSize)) { try picture.png(pixelsPerMillimetre: resolution) }
        }
    }

    @Test func manyAreDrawnAtOnceAndAlike() async throws {
        let pool = BlockingPool(threads: 4, name: "test-drawing")
        let design = try SealDesign(companyName: "上海浦江纸业有限公司")
        let pictures = try await withThrowingTaskGroup { group in
            for _ in 0..<12 { group.addTask { try await CompanySealImage.draw(design, on: pool) } }
            return try await group.reduce(into: Set<SealPicture>()) { $0.insert($1) }
        }
        #expect(pictures.count == 1)
    }

    @Test func plainDocumentsAreWrappedAndPaged() throws {
        let long = String(repeating: "本合同一式两份，甲乙双方各执一份，具有同等法律效力。", count: 80)
        let bytes = try DocumentDrawing.plainPDF(
            title: "房屋租赁合同", lines: ["甲方：上海浦江纸业有限公司", "", long], createdAt: Instant(seconds: 1_795_233_653))
        for mark in ["/Count 2", "\nxref\n0 ", "(20261121040053Z)"] { #expect(bytes.contains(mark), "\(mark)") }
        #expect(!bytes.contains("/Font"), "outlines alone")
        #expect(throws: Refusal(SealImagesRefusal.missingGlyph)) {
            try DocumentDrawing.plainPDF(title: "𬭎", lines: [])
        }
        #expect(throws: Refusal(SealImagesRefusal.textLength)) {
            try DocumentDrawing.plainPDF(title: "", lines: [String(repeating: "长", count: 4001)])
        }
        if let folder = ProcessInfo.processInfo.environment["SEAL_PICTURES"] {
            try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/contract.pdf"))
        }
    }
}

extension [UInt8] {
    fileprivate func contains(_ text: String) -> Bool {
        indices.contains { self[$0...].starts(with: text.utf8) }
    }
}
