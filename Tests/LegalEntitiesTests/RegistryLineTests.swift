import CreditCodes
import Groundwork
import LegalEntities
import OtherPrograms
import Testing

@Suite struct RegistryLineTests {
    let rules: CodeRules
    init() throws { rules = try Codes.rules() }

    static let good = "91310000631291289X,上海市数字证书认证中心有限公司,有限责任公司(国有控股),310110,张伟,active"

    @Test func aLineBecomesARecordAndALineAgain() throws {
        let record = try RegistryLine.parse(Array(Self.good.utf8), rules: rules)
        #expect(record.code.text == "91310000631291289X")
        #expect(record.name == "上海市数字证书认证中心有限公司")
        #expect(record.type == "有限责任公司(国有控股)")
        #expect(record.division == "310110")
        #expect(record.legalRepresentative == "张伟")
        #expect(record.status == .active)
        #expect(RegistryLine.write(record) == Self.good)
    }

    @Test func quotedFieldsAndChineseStatus() throws {
        let line = "91310000631291289X,\"甲,\"\"乙\"\"公司\",\"有限\",310110,张伟,\"注销\""
        let record = try RegistryLine.parse(Array(line.utf8), rules: rules)
        #expect(record.name == "甲,\"乙\"公司")
        #expect(record.status == .deregistered)
        #expect(try RegistryLine.parse(Array(RegistryLine.write(record).utf8), rules: rules) == record)
    }

    @Test(
        arguments: [
            ("", .fieldCount(1)), (good + ",", .fieldCount(7)), ("91310000631291289X,a,b,310110,c", .fieldCount(5)),
            (good.replacing("291289X", with: "2912890"), .code(.creditCheckDigit(expected: "X", found: "0"))),
            (good.replacing("上海市数字证书认证中心有限公司", with: ""), .field(.name, .empty)),
            (good.replacing("张伟", with: " 张伟"), .field(.legalRepresentative, .surroundingSpace)),
            (good.replacing("张伟", with: "张\u{07}伟"), .field(.legalRepresentative, .controlCharacter)),
            (good.replacing("张伟", with: "张\u{202E}伟"), .field(.legalRepresentative, .controlCharacter)),
            (good.replacing("上海市", with: String(repeating: "上", count: 200)), .field(.name, .tooLong)),
            (good.replacing("310110", with: "31011"), .field(.division, .unknownValue)),
            (good.replacing("310110", with: "31011A"), .field(.division, .unknownValue)),
            (good.replacing("active", with: "fine"), .field(.status, .unknownValue)),
            (good.replacing(",张伟", with: ",\"张伟"), .quoting), (good.replacing(",张伟", with: ",张\"伟"), .quoting),
            (good.replacing(",张伟", with: ",\"张\"伟"), .quoting),
        ] as [(String, RegistryLine.Defect)])
    func eachDefectIsNamed(line: String, defect: RegistryLine.Defect) {
        #expect(throws: defect) { try RegistryLine.parse(Array(line.utf8), rules: rules) }
        let refusal = defect.refusal(line: 7)
        #expect(refusal.message.zh.hasPrefix("第7行：") && refusal.message.en.hasPrefix("Line 7:"))
        #expect(!refusal.message.zh.contains("{") && !refusal.message.en.contains("{"))
    }

    @Test func bytesThatAreNotUTF8() {
        let line = Array("91310000631291289X,".utf8) + [0xC9, 0xCF] + Array(",有限,310110,张伟,active".utf8)
        #expect(throws: RegistryLine.Defect.notUTF8) { try RegistryLine.parse(line, rules: rules) }
    }

    @Test func neverCrashesOnAlteredBytes() {
        var generator = Seeded(6)
        for _ in 0..<5000 {
            var bytes = Array(Self.good.utf8)
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let index = Int.random(in: bytes.indices, using: &generator)
                switch Int.random(in: 0...2, using: &generator) {
                case 0: bytes[index] = .random(in: 0...255, using: &generator)
                case 1: bytes.remove(at: index)
                default: bytes.insert([0x22, 0x2C, 0x00, 0x80].randomElement(using: &generator) ?? 0, at: index)
                }
            }
            do { _ = try RegistryLine.parse(bytes, rules: rules) } catch { _ = error.refusal(line: 1) }
        }
    }
}

@Suite struct FeedLinesTests {
    private func lines(_ text: String, chunk: Int, limit: Int = 8) -> [FeedLines.Line] {
        var lines = FeedLines(limit: limit)
        let bytes = Array(text.utf8)
        var result: [FeedLines.Line] = []
        for start in stride(from: 0, to: bytes.count, by: chunk) {
            result += lines.take(bytes[start..<min(start + chunk, bytes.count)])
        }
        if let last = lines.finish() { result.append(last) }
        return result
    }

    @Test(arguments: [1, 2, 3, 100])
    func cutsAtLineEndsWhereverTheChunksEnd(chunk: Int) {
        #expect(
            lines("a\r\nbc\n\n12345678\n123456789\n\r\nlast", chunk: chunk) == [
                .text(Array("a".utf8), number: 1), .text(Array("bc".utf8), number: 2), .text([], number: 3),
                .text(Array("12345678".utf8), number: 4), .tooLong(number: 5), .text([], number: 6),
                .text(Array("last".utf8), number: 7),
            ])
    }

    @Test func aLineWithoutEndIsDroppedAsItStreamsBy() {
        #expect(lines(String(repeating: "x", count: 100_000), chunk: 1000) == [.tooLong(number: 1)])
        #expect(lines("", chunk: 1) == [])
        #expect(lines("a\n", chunk: 1) == [.text(Array("a".utf8), number: 1)])
    }
}
