import Foundation
import Testing

/// A maintainer who knows the table knows what a room can reach: so nothing may reach further.
@Suite struct RoomsTests {
    static let rooms = House.mayImport.keys.sorted()

    @Test(arguments: rooms)
    func aRoomImportsOnlyWhatTheTableAllows(room: String) {
        let named = Set(House.mayImport.keys).union([
            "CLinux", "COpenSSL", "CPKCS11", "CPCSC", "CPangoCairo", "CQPDF", "CIDN2",
        ])
        let files = House.swiftFiles(under: "Sources/\(room)")
        #expect(!files.isEmpty, "the room \(room) is empty")
        for file in files {
            let beyond = House.imports(in: file.text).intersection(named)
                .subtracting(House.mayImport[room, default: []]).subtracting([room])
            #expect(beyond.isEmpty, "\(file.path) imports \(beyond.sorted())")
        }
    }

    @Test(arguments: rooms)
    func thePackageDeclaresNoMoreThanTheTable(room: String) throws {
        let manifest = try String(contentsOf: House.root.appending(path: "Package.swift"), encoding: .utf8)
        let entry = try #require(manifest.range(of: "name: \"\(room)\""), "\(room) is not in Package.swift")
        let rest = manifest[entry.upperBound...]
        let end = rest.range(of: "Room(")?.lowerBound ?? rest.endIndex
        guard let sees = rest[..<end].firstMatch(of: /sees: \[([^\]]*)\]/) else { return }
        let declared = Set(sees.1.matches(of: /"([A-Za-z-]+)"/).map { String($0.1) })
        let beyond = declared.subtracting(House.mayImport[room, default: []])
        #expect(beyond.isEmpty, "Package.swift lets \(room) see \(beyond.sorted())")
    }

    @Test(arguments: ["CLinux", "COpenSSL", "CPKCS11", "CPCSC", "CPangoCairo", "CQPDF", "CIDN2"])
    func aCLibraryBelongsToOneRoom(library: String) {
        let rooms = Set(
            House.swiftFiles(under: "Sources").filter { House.imports(in: $0.text).contains(library) }
                .map { $0.path.split(separator: "/")[1] })
        #expect(rooms.count == 1, "\(library) is imported by \(rooms.sorted())")
    }
}

@Suite struct HabitsTests {
    static let sources = House.swiftFiles(under: "Sources")

    @Test func timeAndRandomnessComeInFromOutside() {
        let direct =
            /\bDate\(\)|\.random\((?!in: surroundings\b)|SystemRandomNumberGenerator|ContinuousClock(\(\))?\.now/
        let homes = ["Sources/Groundwork/Surroundings.swift"]
        for file in Self.sources where !homes.contains(file.path) {
            for (number, line) in file.text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                let code = line.firstRange(of: "//").map { line[..<$0.lowerBound] } ?? line[...]
                if code.contains("SerialNumber.random(") { continue }
                #expect(
                    code.firstMatch(of: direct) == nil, "\(file.path):\(number + 1) asks the machine itself: \(line)")
            }
        }
    }

    @Test func nothingThatShipsCanCrashByIntention() {
        let crash = /\bfatalError\(|\btry!|\bas! |\bTODO\b|\bFIXME\b/
        for file in Self.sources {
            #expect(file.text.firstMatch(of: crash) == nil, "\(file.path) has \(String(describing: crash))")
        }
    }

    @Test func nothingSleepsInsteadOfWaitingForAState() {
        let sleep = /Task\.sleep|Thread\.sleep|usleep\(/
        for file in Self.sources + House.swiftFiles(under: "Tests") where !file.path.hasPrefix("Tests/HouseTests") {
            let lines = file.text.split(separator: "\n").filter { $0.firstMatch(of: sleep) != nil }
            #expect(
                lines.allSatisfy { $0.contains("// bounded wait") }, "\(file.path) sleeps; a wait on a state says so")
        }
    }

    @Test func filesStaySmall() {
        for file in Self.sources {
            let lines = file.text.split(separator: "\n", omittingEmptySubsequences: false).count
            #expect(lines <= 300, "\(file.path) has \(lines) lines")
        }
        for file in House.swiftFiles(under: "Tests") {
            let lines = file.text.split(separator: "\n", omittingEmptySubsequences: false).count
            #expect(lines <= 500, "\(file.path) has \(lines) lines")
        }
    }

    /// The formatter breaks code at 120 columns and leaves comments as they are.
    @Test func commentsStayWithinTheColumns() {
        for file in Self.sources {
            for (number, line) in file.text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
            where line.count > 120 && line.firstMatch(of: /^\s*\/\//) != nil {
                Issue.record("\(file.path):\(number + 1) has \(line.count) columns")
            }
        }
    }

    /// A sentence that people read in Chinese has Chinese punctuation: half-width marks stand out between its
    /// characters, and beside what is put in.
    @Test func chineseSentencesHaveFullWidthPunctuation() throws {
        let between = /[\u{4E00}-\u{9FFF}”）》][,.;:!?][\u{4E00}-\u{9FFF}“（《]/
        let beside = /[\u{4E00}-\u{9FFF}”）》][,;!?]( ?[\\{]|"|$)|[})][,;:!?][\u{4E00}-\u{9FFF}“（]/
        // A line of a feed, and an address with its port.
        let excepted = /[0-9A-Z]{18},|主机名:端口/
        var files = Self.sources.filter { $0.path.hasSuffix(".swift") }.map { ($0.path, $0.text) }
        for url in try FileManager.default.subpathsOfDirectory(atPath: House.root.appending(path: "Policies").path)
        where url.hasSuffix(".yaml") || url.hasSuffix(".md") {
            let file = House.root.appending(path: "Policies/\(url)")
            files.append(("Policies/\(url)", try String(contentsOf: file, encoding: .utf8)))
        }
        for (path, text) in files {
            for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
            where line.contains(/[\u{4E00}-\u{9FFF}]/) && !line.contains(excepted) {
                let isSwift = path.hasSuffix(".swift") && !line.trimmingPrefix(while: \.isWhitespace).hasPrefix("//")
                #expect(!line.contains(between), "\(path):\(number + 1): \(line)")
                #expect(!isSwift || !line.contains(beside), "\(path):\(number + 1): \(line)")
            }
        }
    }

    @Test func uncheckedSendableSaysWhy() {
        for file in Self.sources {
            let lines = file.text.split(separator: "\n", omittingEmptySubsequences: false)
            for (number, line) in lines.enumerated()
            where line.contains("@unchecked Sendable") && !line.trimmingPrefix(while: \.isWhitespace).hasPrefix("//") {
                let around = lines[max(0, number - 6)...min(lines.count - 1, number + 3)].joined(separator: "\n")
                #expect(
                    around.contains("Sendable:") || around.contains("endable because"),
                    "\(file.path):\(number + 1) gives no proof")
            }
        }
    }

    @Test func theRoomsHaveTheirTests() {
        for room in House.mayImport.keys where !["yzt", "virtual-key"].contains(room) {
            let tests = House.swiftFiles(under: "Tests/\(room)Tests")
            #expect(tests.contains { $0.text.contains("@Test") }, "\(room) has no tests")
        }
    }
}
