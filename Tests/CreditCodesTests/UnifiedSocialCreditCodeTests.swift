import CreditCodes
import Foundation
import Groundwork
import OtherPrograms
import Testing

@Suite struct UnifiedSocialCreditCodeTests {
    let rules: CodeRules
    init() throws { rules = try Codes.rules() }

    @Test(arguments: Codes.real)
    func realCodesAreAccepted(text: String) throws {
        let code = try UnifiedSocialCreditCode(text, rules: rules)
        #expect(code.text == text)
        #expect(!code.isOverridden)
    }

    @Test(arguments: Codes.invented)
    func inventedCodesAreNot(text: String) {
        #expect(throws: CodeDefect.self) { try UnifiedSocialCreditCode(text, rules: rules) }
    }

    @Test func aRealCodeCanFailItsCheckDigit() throws {
        #expect(throws: CodeDefect.creditCheckDigit(expected: "R", found: "6")) {
            try UnifiedSocialCreditCode(Codes.realButWrong, rules: rules)
        }
        #expect(
            try UnifiedSocialCreditCode.defects(of: Codes.realButWrong, rules: rules)
                == [.creditCheckDigit(expected: "R", found: "6")])
    }

    @Test(
        arguments: [
            ("", .wrongLength(0)), ("91310000631291289", .wrongLength(17)), ("91310000631291289X0", .wrongLength(19)),
            ("91310000631291289X ", .wrongLength(19)), (String(repeating: "9", count: 100), .wrongLength(100)),
            ("91310000631291289Ｘ", .fullWidth(position: 18, character: "Ｘ")),
            ("９1310000631291289X", .fullWidth(position: 1, character: "９")),
            ("\u{3000}91310000631291289X", .fullWidth(position: 1, character: "\u{3000}")),
            ("91310000631291289x", .lowerCase(position: 18, character: "x")),
            ("91110108ma01r70k8d", .lowerCase(position: 9, character: "m")),
            ("9131O000631291289X", .forbidden(position: 5, character: "O")),
            ("91310000I31291289X", .forbidden(position: 9, character: "I")),
            ("91310000S31291289X", .forbidden(position: 9, character: "S")),
            ("91310000V31291289X", .forbidden(position: 9, character: "V")),
            ("91310000Z31291289X", .forbidden(position: 9, character: "Z")),
            ("91310000 31291289X", .forbidden(position: 9, character: " ")),
            ("91310000\n31291289X", .forbidden(position: 9, character: "\n")),
            ("91310000法31291289X", .forbidden(position: 9, character: "法")),
            ("9131A000631291289X", .notADigit(position: 5, character: "A")),
            ("913100006312912890", .creditCheckDigit(expected: "X", found: "0")),
            ("913100006312912880", .organizationCheckDigit(expected: "9", found: "8")),
        ] as [(String, CodeDefect)])
    func eachDefectIsNamed(text: String, defect: CodeDefect) {
        #expect(throws: defect) { try UnifiedSocialCreditCode(text, rules: rules) }
        #expect(defect.refusal.code.hasPrefix("legal-entities."))
        #expect(!defect.refusal.message.zh.contains("{"), "\(defect.refusal.message.zh)")
        #expect(!defect.refusal.message.en.contains("{"), "\(defect.refusal.message.en)")
    }

    @Test func anUnknownPrefixIsSaidOnlyWhenTheArithmeticIsRight() throws {
        let first = "G1310000" + "631291289"
        let check = try #require(CheckDigits.creditCode(Array(first.utf8)))
        let text = first + String(Unicode.Scalar(check))
        #expect(throws: CodeDefect.unknownPrefix("G1")) { try UnifiedSocialCreditCode(text, rules: rules) }
    }

    /// 31 is prime and every weight has an inverse: no single wrong character passes mod 31, whatever mod 11 says.
    @Test(arguments: Codes.real)
    func everySingleSubstitutionIsCaught(text: String) throws {
        for position in 0..<18 {
            for replacement in CheckDigits.alphabet {
                var bytes = Array(text.utf8)
                guard bytes[position] != replacement else { continue }
                bytes[position] = replacement
                let altered = String(decoding: bytes, as: UTF8.self)
                #expect(throws: CodeDefect.self, "\(altered)") { try UnifiedSocialCreditCode(altered, rules: rules) }
            }
        }
    }

    /// Neighbouring weights differ by a factor of 3, so swapped neighbours are caught as well.
    @Test(arguments: Codes.real)
    func everySwapOfDifferentNeighboursIsCaught(text: String) throws {
        for position in 0..<17 {
            var bytes = Array(text.utf8)
            guard bytes[position] != bytes[position + 1] else { continue }
            bytes.swapAt(position, position + 1)
            let altered = String(decoding: bytes, as: UTF8.self)
            #expect(throws: CodeDefect.self, "\(altered)") { try UnifiedSocialCreditCode(altered, rules: rules) }
        }
    }

    /// What mod 31 cannot catch: a second error that makes up for the first. About one pair of errors in 31 passes it,
    /// and mod 11 catches most of those that touch the organization code.
    @Test func twoErrorsCanPassMod31() throws {
        let text = Array("91310000631291289X".utf8)
        var passed = 0
        for replacement in CheckDigits.alphabet.prefix(10) where replacement != text[2] {
            var bytes = text
            bytes[2] = replacement
            bytes[17] = try #require(CheckDigits.creditCode(bytes[..<17]))
            if (try? UnifiedSocialCreditCode(String(decoding: bytes, as: UTF8.self), rules: rules)) != nil {
                passed += 1
            }
        }
        #expect(passed == 9)
    }

    @Test func itsPartsAndWhatTheyMean() throws {
        let code = try UnifiedSocialCreditCode("91310000631291289X", rules: rules)
        #expect(code.prefix == "91")
        #expect(code.registeringDivision == "310000")
        #expect(code.organizationCode == "631291289")
        #expect(rules.category(of: code)?.kind == .enterprise)
        #expect(rules.category(of: code)?.name.zh == "企业")
        #expect(rules.organizationIdentifier(for: code) == "NTRCN-91310000631291289X")
        #expect(rules.division(code.registeringDivision)?.name.zh == "上海市")
    }

    @Test func onlyTheTradeRegistersCodesGetATradeRegistersIdentifier() throws {
        for category in rules.categories {
            let first = "\(category.prefix)310000631291289"
            let check = try #require(CheckDigits.creditCode(Array(first.utf8)))
            let code = try UnifiedSocialCreditCode(first + String(Unicode.Scalar(check)), rules: rules)
            #expect((rules.organizationIdentifier(for: code) != nil) == category.prefix.hasPrefix("9"))
        }
    }

    @Test func neverCrashesOnAnyText() {
        var generator = Seeded(5)
        for _ in 0..<5000 {
            let bytes = (0..<Int.random(in: 0...24, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
            let text = String(decoding: bytes, as: UTF8.self)
            do { _ = try UnifiedSocialCreditCode(text, rules: rules) } catch { _ = error.refusal }
        }
    }
}

@Suite struct CodeRulesTests {
    @Test func theShippedRulesListTheStandardsPrefixes() throws {
        let rules = try Codes.rules()
        #expect(rules.categories.count == 38)
        #expect(rules.divisions.count == 17)
        for prefix in ["11", "12", "51", "91", "92", "93", "A1", "N1", "Y1"] {
            #expect(rules.category(prefix: prefix) != nil, "\(prefix)")
        }
        #expect(rules.category(prefix: "94") == nil)
    }

    @Test(arguments: [
        ("version: 1", "version: 2"), ("code: \"Y\"", "code: \"Z\""), ("code: \"Y\"", "code: \"YY\""),
        ("code: \"Y\"", "code: \"9\""), ("code: \"310101\"", "code: \"31010A\""),
        ("code: \"310101\"", "code: \"310104\""),
    ])
    func badRulesAreRefused(text: String, by: String) throws {
        let altered = try Codes.shippedRules().replacing(text, with: by)
        #expect(throws: Refusal(CreditCodesRefusal.rules)) { try CodeRules(yaml: altered) }
    }

    @Test func anUnknownKeyIsRefused() throws {
        let altered = try Codes.shippedRules() + "\nsurprise: 1\n"
        #expect(throws: Refusal(GroundworkRefusal.unknownKey)) { try CodeRules(yaml: altered) }
    }

    @Test func refusalsSpeakBothLanguages() {
        for reason in CreditCodesRefusal.allCases {
            #expect(!reason.message.zh.isEmpty && !reason.message.en.isEmpty)
            #expect(!reason.nextStep.zh.isEmpty && !reason.nextStep.en.isEmpty)
        }
        let labels = EntityKind.allCases.map(\.label)
        #expect(labels.allSatisfy { !$0.zh.isEmpty && !$0.en.isEmpty })
    }
}

@Suite struct WrittenCreditCodeTests {
    /// A command refuses what cannot be a code before it opens a store; a wrong check digit needs the store, for two
    /// officers may have accepted it.
    @Test func formNeedsNoRulesAndArithmeticIsToldApart() throws {
        #expect(throws: CodeDefect.wrongLength(17)) { try WrittenCreditCode("91310000631291289") }
        #expect(throws: CodeDefect.lowerCase(position: 18, character: "x")) {
            try WrittenCreditCode("91310000631291289x")
        }
        #expect(try WrittenCreditCode(Codes.real[0]).arithmeticDefects.isEmpty)
        #expect(
            try WrittenCreditCode(Codes.realButWrong).arithmeticDefects
                == [.creditCheckDigit(expected: "R", found: "6")])
    }

    @Test func aStoredCodeIsItsText() throws {
        let code = try UnifiedSocialCreditCode(Codes.real[0], rules: Codes.rules())
        let stored = try JSONEncoder().encode([code])
        #expect(String(decoding: stored, as: UTF8.self) == #"["91310000631291289X"]"#)
        #expect(try JSONDecoder().decode([UnifiedSocialCreditCode].self, from: stored) == [code])
        #expect(throws: Refusal(CreditCodesRefusal.codeLength)) {
            try JSONDecoder().decode([UnifiedSocialCreditCode].self, from: Data(#"["9131"]"#.utf8))
        }
    }
}
