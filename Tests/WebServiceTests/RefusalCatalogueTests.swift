import Foundation
import Groundwork
import Testing
import Installation
import WebService

@Suite struct RefusalCatalogueTests {
    @Test func noCodeIsGivenTwice() {
        let codes = RefusalCatalogue.entries.map(\.code)
        #expect(Set(codes).count == codes.count)
    }

    @Test func everyCodeIsKebabCaseWithItsRoom() {
        for entry in RefusalCatalogue.entries {
            #expect(
                entry.code.wholeMatch(of: /[a-z][a-z0-9]*(-[a-z0-9]+)*\.[a-z0-9]+(-[a-z0-9]+)*/) != nil, "\(entry.code)"
            )
        }
    }

    @Test func everyRefusalSpeaksChineseAndSaysWhatToDo() {
        let chinese = /[\u{4E00}-\u{9FFF}]/
        for entry in RefusalCatalogue.entries {
            #expect(entry.message.zh.contains(chinese), "\(entry.code) has no Chinese message")
            #expect(entry.nextStep.zh.contains(chinese), "\(entry.code) has no Chinese next step")
            #expect(!entry.message.en.isEmpty && !entry.nextStep.en.isEmpty, "\(entry.code) has no English")
        }
    }

    /// A room's list that the catalogue forgot would be explained nowhere. What the program and its readers refuse, the
    /// program itself adds (``ProgramRefusals``); the virtual key's is explained where it is shown.
    @Test func everyRoomsListIsInTheCatalogue() throws {
        let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Sources")
        let program = try String(contentsOf: sources.appending(path: "yzt/ProgramRefusals.swift"), encoding: .utf8)
        let added = program.matches(of: /(\w+)\.self/).map { String($0.1) }
        let catalogued = Set(RefusalCatalogue.rooms.map { String(describing: $0) } + added + ["WebServiceRefusal"])
        let walk = try #require(FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
        for case let file as URL in walk
        where file.pathExtension == "swift" && !file.path.contains("/VirtualKey/") {
            let text = try String(contentsOf: file, encoding: .utf8)
            for match in text.matches(of: /enum (\w+): String, RefusalReason/) {
                #expect(catalogued.contains(String(match.1)), "\(match.1) is not in the catalogue")
            }
        }
    }
}
