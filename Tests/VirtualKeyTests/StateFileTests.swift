import Cryptography
import Foundation
import Groundwork
import OtherPrograms
import PIV
import Testing
import VirtualKey

/// The file that is the card.
@Suite struct StateFileTests {
    @Test func aCardComesBackAsItWas() async throws {
        try await withFolder { folder in
            let file = VirtualKeyFile(path: folder.appending(path: "card").path)
            var state = try file.load(orMaking: VirtualCardOptions(pinTries: 5, lacks: [.attest, .serial]))
            state.pin.triesLeft = 2
            state.objects[0x5FC102] = [1, 2, 3]
            try file.save(state)
            #expect(try file.load(orMaking: VirtualCardOptions()) == state)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["card"])
        }
    }

    @Test func aFileThatCannotBeReadIsNotReplaced() async throws {
        try await withFolder { folder in
            let path = folder.appending(path: "card")
            try Data("not a card".utf8).write(to: path)
            #expect(throws: Refusal(VirtualKeyRefusal.stateFile)) {
                try VirtualKeyFile(path: path.path).load(orMaking: VirtualCardOptions())
            }
            #expect(try Data(contentsOf: path) == Data("not a card".utf8))
        }
    }

    @Test func aFolderThatIsNotThereIsARefusal() {
        #expect(throws: Refusal(VirtualKeyRefusal.stateFile)) {
            try VirtualKeyFile(path: "/nowhere/at/all/card").load(orMaking: VirtualCardOptions())
        }
    }

    @Test func theMakerOfAttestationsComesBack() async throws {
        let maker = try await VirtualAttestation.make(in: .real)
        let again = try VirtualAttestation(encoded: try maker.encoded(), surroundings: .real)
        #expect(again.root == maker.root && again.intermediate == maker.intermediate)
        #expect(throws: Refusal(GroundworkRefusal.malformedText)) {
            try VirtualAttestation(encoded: .object(["root": "!"]), surroundings: .real)
        }
    }

    @Test(
        arguments: [
            ["--vanish-before", "1", "--vanish-after", "1"], ["--port", "0"], ["--port", "70000"], ["--tries", "16"],
            ["--without", "nothing"], ["--management-key", "rot13"], ["--vanish-before", "0"],
        ])
    func wrongOptionsAreAMatterOfUsage(arguments: [String]) async throws {
        let ended = try await OtherProgram.running(
            [InsertedKey.program().path, "--state", "/nowhere/card"] + arguments)
        #expect(ended.status == 64, "\(ended.said)")
    }

    @Test func aStateThatCannotBeWrittenEndsTheProgram() async throws {
        let ended = try await OtherProgram.running([InsertedKey.program().path, "--state", "/nowhere/card"])
        #expect(ended.status == 2 && ended.said.contains("virtual-key.state-file"), "\(ended.said)")
    }

    @Test func itTeachesItsOptions() async throws {
        let help = try await OtherProgram.running([InsertedKey.program().path, "--help"])
        #expect(help.status == 0)
        for word in ["--state", "--port", "--vanish-before", "--without", "retired-places", "it protects nothing"] {
            #expect(help.said.contains(word), "\(word)")
        }
    }

    @Test func messagesOfTheReaderAreTold() {
        typealias Message = VpcdConnection.Message
        #expect(Message(body: [0]) == .powerOff && Message(body: [1]) == .powerOn && Message(body: [2]) == .reset)
        #expect(Message(body: [4]) == .answerToReset && Message(body: [0, 0xA4]) == .command([0, 0xA4]))
    }

    @Test func aPortWhereNobodyListensIsARefusal() {
        #expect(throws: Refusal(VirtualKeyRefusal.noReader)) {
            try VpcdConnection(host: "127.0.0.1", port: 1, tries: 1)
        }
        #expect(throws: Refusal(VirtualKeyRefusal.noReader)) {
            try VpcdConnection(host: "not an address", port: 35_963, tries: 1)
        }
    }
}
