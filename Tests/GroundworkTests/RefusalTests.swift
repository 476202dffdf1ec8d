import Groundwork
import Testing

@Suite struct RefusalTests {
    @Test func factsFillTheSentenceInBothLanguages() {
        let refusal = Refusal(GroundworkRefusal.unknownKey, facts: ["file": "a.yaml", "keys": "colour"])
        #expect(refusal.message.en == "a.yaml has keys that nothing reads: colour.")
        #expect(refusal.message.zh.contains("a.yaml"))
        #expect(refusal.code == "groundwork.unknown-key")
    }
}

@Suite struct StrictYAMLTests {
    struct Shelf: Codable, Equatable {
        struct Board: Codable, Equatable { var width: Int }
        var name: String
        var boards: [Board]
        var note: String?
    }

    @Test func aDocumentWithoutSurprisesIsRead() throws {
        let shelf = try StrictYAML.decode(Shelf.self, from: "name: a\nboards: [{width: 3}]\n", file: "x")
        #expect(shelf == Shelf(name: "a", boards: [.init(width: 3)], note: nil))
    }

    @Test(arguments: [
        ("name: a\nboards: []\ncolour: red\n", "colour"),
        ("name: a\nboards: [{width: 3}, {width: 4, depth: 1}]\n", "boards[1].depth"),
    ])
    func aKeyThatNothingReadsIsNamed(text: String, key: String) {
        let refusal = #expect(throws: Refusal.self) { try StrictYAML.decode(Shelf.self, from: text, file: "x") }
        #expect(refusal?.code == "groundwork.unknown-key")
        #expect(refusal?.facts["keys"] == key)
    }

    @Test(arguments: ["name: [", "name: a", "", "boards: 3", "name: a\nname: b\nboards: []"])
    func whatIsNotTheDocumentIsRefused(text: String) {
        let refusal = #expect(throws: Refusal.self) { try StrictYAML.decode(Shelf.self, from: text, file: "x") }
        #expect(refusal?.code == "groundwork.malformed-yaml")
    }

    @Test(arguments: [
        ("name: a\nboards: [{width: three}]", "boards[0].width (line 2, column 18): "),
        ("name: a\nboards:\n  - width: 1\n  - depth: 2\n", "boards[1].width (line 4, column 5): missing"),
        ("name: a", "boards (line 1, column 1): missing"), ("name: a\nboards: [", "3:1: error: parser: "),
    ])
    func whereTheMistakeIsIsSaid(text: String, place: String) {
        let refusal = #expect(throws: Refusal.self) { try StrictYAML.decode(Shelf.self, from: text, file: "x") }
        #expect(refusal?.detail.hasPrefix(place) == true, "\(refusal?.detail ?? "")")
    }

    @Test func aHugeDocumentIsNotParsed() {
        let refusal = #expect(throws: Refusal.self) {
            try StrictYAML.decode(Shelf.self, from: String(repeating: "a", count: 2 << 20), file: "x")
        }
        #expect(refusal?.code == "groundwork.too-large")
    }
}
