import Groundwork
import OtherPrograms
import Testing

@Suite struct CanonicalJSONTests {
    // RFC 8785, 3.2.3: members sort by UTF-16 code units, so U+1F600 (D83D…) comes before U+FB33.
    @Test func membersSortAsTheStandardSays() {
        let value: CanonicalJSON = ["\u{FB33}": 1, "\u{1F600}": 2, "\r": 3, "1": 4, "\u{80}": 5, "ö": 6, "€": 7]
        #expect(
            value.text == "{\"\\r\":3,\"1\":4,\"\u{80}\":5,\"ö\":6,\"€\":7,\"\u{1F600}\":2,\"\u{FB33}\":1}")
    }

    @Test func controlCharactersHaveTheShortestEscape() {
        #expect(CanonicalJSON.string("\u{08}\t\n\u{0C}\r\"\\/\u{1F}é").text == "\"\\b\\t\\n\\f\\r\\\"\\\\/\\u001fé\"")
    }

    @Test func everyValueComesBackFromItsBytes() throws {
        var generator = Seeded(20_261_121)
        for _ in 0..<500 {
            let value = CanonicalJSON.arbitrary(depth: 4, using: &generator)
            #expect(try CanonicalJSON(parsingCanonical: value.bytes) == value)
        }
    }

    @Test(arguments: [
        "", "{", "{\"a\":1,}", "[1 2]", "01", "-", "1.5", "1e3", "9007199254740992", "\"\\ud800\"", "\"\u{01}\"", "nul",
        "{\"a\":1}x", "{a:1}", "\"\\x\"", "tru", "[", "\"",
    ])
    func otherTextIsRefused(text: String) {
        #expect(throws: CanonicalJSON.ParsingError.self) { try CanonicalJSON(parsing: Array(text.utf8)) }
    }

    @Test func aRepeatedMemberIsRefused() {
        #expect(throws: CanonicalJSON.ParsingError.repeatedMember("a")) {
            try CanonicalJSON(parsing: Array(#"{"a":1,"a":2}"#.utf8))
        }
    }

    @Test func deepNestingAndLargeInputEndInARefusalNotInACrash() {
        let deep = Array(String(repeating: "[", count: 100_000).utf8)
        #expect(throws: CanonicalJSON.ParsingError.tooDeep) { try CanonicalJSON(parsing: deep) }
        #expect(throws: CanonicalJSON.ParsingError.tooLarge) { try CanonicalJSON(parsing: deep, limit: 99) }
    }

    @Test(arguments: ["{ \"a\":1}", "{\"b\":1,\"a\":2}", "\"\\u0041\"", "\"\\/\""])
    func validJSONInAnotherFormIsNotCanonical(text: String) throws {
        _ = try CanonicalJSON(parsing: Array(text.utf8))
        #expect(throws: CanonicalJSON.ParsingError.notCanonical) {
            try CanonicalJSON(parsingCanonical: Array(text.utf8))
        }
    }

    @Test func whatIsReadOfAnyBytesIsWrittenAndReadAsTheSame() throws {
        var generator = Seeded(7)
        let seed = Array(#"{"a":[1,-2,"x\u00e9\n",null,true],"b":{"c":false}}"#.utf8)
        for _ in 0..<5_000 {
            var bytes = seed
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            let given = Array(bytes.prefix(.random(in: 0...bytes.count, using: &generator)))
            guard let read = try? CanonicalJSON(parsing: given) else {
                #expect((try? CanonicalJSON(parsingCanonical: given)) == nil)
                continue
            }
            #expect(try CanonicalJSON(parsingCanonical: read.bytes) == read)
        }
    }
}

extension CanonicalJSON {
    static func arbitrary(depth: Int, using generator: inout Seeded) -> CanonicalJSON {
        let strings = ["", "a", "法人", "\u{1F600}", "\"\\\n\u{07}", "ö\u{FB33}"]
        switch Int.random(in: 0..<(depth > 0 ? 6 : 4), using: &generator) {
        case 0: return .null
        case 1: return .bool(.random(using: &generator))
        case 2: return .integer(.random(in: -largestInteger...largestInteger, using: &generator))
        case 3: return .string(strings.randomElement(using: &generator) ?? "")
        case 4: return .array((0..<3).map { _ in arbitrary(depth: depth - 1, using: &generator) })
        default:
            return .object(
                Dictionary(
                    strings.prefix(3).map { ($0, arbitrary(depth: depth - 1, using: &generator)) },
                    uniquingKeysWith: { $1 }))
        }
    }
}
