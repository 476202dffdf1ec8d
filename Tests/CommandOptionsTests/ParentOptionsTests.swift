import ArgumentParser
import CommandOptions
import Testing

/// What a program does that was told who started it. That it ends with its starter, Journeys show.
@Suite struct ParentOptionsTests {
    @Test func `Who was not asked to end with its starter begins, whoever started it`() throws {
        #expect(try ParentOptions.parse([]).begin())
        // No process has this number.
        #expect(try ParentOptions.parse(["--parent", "\(Int32.max)"]).begin())
    }

    /// The words are of the process that says them, and this one is not its own child.
    @Test func `Whose starter is another by now does not begin`() throws {
        #expect(try !ParentOptions.parse(ParentOptions.arguments).begin())
        #expect(try !ParentOptions.parse(["--end-with-parent", "--parent", "\(Int32.max)"]).begin())
    }

    @Test func `A starter's number is a number, and stays out of the help`() {
        #expect(throws: (any Error).self) { try ParentOptions.parse(["--end-with-parent", "--parent", "me"]) }
        let help = ParentOptions.helpMessage()
        #expect(help.contains("--end-with-parent"))
        #expect(!help.contains("--parent <"))
    }
}
