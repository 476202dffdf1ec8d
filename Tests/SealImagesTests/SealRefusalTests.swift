import Groundwork
import Testing

@testable import SealImages

@Suite struct SealRefusalTests {
    private func expect(
        _ reason: SealImagesRefusal, _ name: String, pattern: SealPattern = .limitedCompany, code: String? = nil,
        lower: String? = nil, at place: SourceLocation = #_sourceLocation
    ) {
        #expect(throws: Refusal(reason), sourceLocation: place) {
            try CompanySealImage.draw(SealDesign(name: name, pattern: pattern, code: code, lowerText: lower))
        }
    }

    @Test func namesHaveFourToFortyCharacters() {
        expect(.nameLength, "")
        expect(.nameLength, "上海人")
        expect(.nameLength, String(repeating: "上", count: 41))
        expect(.nameLength, String(repeating: "上", count: 1_000_000))
    }

    @Test(arguments: [
        "\u{0}", "\n", "\t", "\u{7F}", "\u{200B}", "\u{202E}", "\u{FEFF}", "\u{E000}", "\u{FFFD}", "\u{301}",
        "\u{FE0F}",
        "<", ">", "&", ";", "\"", "😀", " ", "\u{3000}", "١", "я", "ア", "\u{10FFFF}",
    ])
    func whatIsNoNameIsRefusedByItsCodePoint(character: String) {
        expect(.unsupportedCharacter, "上海\(character)有限公司")
        expect(.unsupportedCharacter, "上海齐云有限公司", lower: character)
    }

    @Test func markupIsText() { expect(.unsupportedCharacter, "<b>上海</b>有限公司") }

    @Test func aCharacterThatTheFaceLacksIsNamed() throws {
        do {
            _ = try CompanySealImage.draw(SealDesign(name: "上海𬭎图有限公司"))
            Issue.record("drawn")
        } catch {
            #expect(error == Refusal(SealImagesRefusal.missingGlyph))
            #expect(error.facts["characters"] == "𬭎")
        }
    }

    /// Fontconfig gives something for any name; we take the face that was asked for, or none.
    @Test(arguments: ["SimSun", "No Such Face", "", "serif", "AR PL UMing CN, serif"]) func noFaceIsSubstituted(
        font: String
    ) {
        var pattern = SealPattern.limitedCompany
        pattern.font = font
        expect(.missingFont, "上海齐云有限公司", pattern: pattern)
    }

    @Test func codesHaveThirteenOrFourteenDigits() throws {
        for code in ["", "310105001234", "310105001234567", "31010500１2345", "3101050012a45"] {
            expect(.sealCode, "上海齐云有限公司", code: code)
        }
        _ = try SealDesign(name: "上海齐云有限公司", code: "31010500123456")
    }

    @Test func measurementsAreLimited() {
        for diameter in [0, 29, 46, -40, .nan, .infinity, 1e300] {
            expect(.measurements, "上海齐云有限公司", pattern: SealPattern(diameterMillimetres: diameter))
        }
        for star in [0, 39, -1, .nan] {
            expect(.measurements, "上海齐云有限公司", pattern: SealPattern(diameterMillimetres: 40, starMillimetres: star))
        }
        expect(.measurements, "上海齐云有限公司", pattern: SealPattern(diameterMillimetres: 40, edgeMillimetres: 9))
        expect(.textLength, "上海齐云有限公司", pattern: SealPattern(diameterMillimetres: 40, kindLine: ""))
        expect(.textLength, "上海齐云有限公司", lower: String(repeating: "1", count: 21))
    }

    @Test func everyRefusalSpeaksBothLanguages() {
        for reason in SealImagesRefusal.allCases {
            #expect(!reason.message.zh.isEmpty && !reason.message.en.isEmpty && !reason.nextStep.zh.isEmpty)
        }
    }
}
