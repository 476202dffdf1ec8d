import ArgumentParser
import Testing

@testable import yzt

/// What `--help` teaches can be typed.
@Suite struct HelpTests {
    @Test(arguments: CommandTree.all)
    func everyCommandSaysWhatItIsFor(command: CommandTree.Command) {
        let configuration = command.type.configuration
        #expect(!configuration.abstract.isEmpty)
        let help = YZT.helpMessage(for: command.type, columns: 80)
        #expect(help.contains("USAGE: " + (["yzt"] + command.path).joined(separator: " ")), "\(help)")
        for child in configuration.subcommands { #expect(help.contains("  \(child._commandName)"), "\(help)") }
    }

    /// Each option and argument has words of its own, but for those that the parser brings.
    @Test(arguments: CommandTree.leaves)
    func everyOptionIsExplained(command: CommandTree.Command) {
        let help = YZT.helpMessage(for: command.type, columns: 200)
        let sections = help.split(separator: "\n\n").filter {
            $0.hasPrefix("OPTIONS:") || $0.hasPrefix("ARGUMENTS:")
        }
        for line in sections.flatMap({ $0.split(separator: "\n").dropFirst() }) where line.hasPrefix("  ") {
            guard line.dropFirst(2).first?.isWhitespace == false else { continue }
            #expect(line.firstMatch(of: /^  \S.*?\s{2,}\S/) != nil || line.count > 24, "\(command.words): \(line)")
        }
    }

    @Test(arguments: CommandTree.all.filter { !$0.examples.isEmpty })
    func everyExampleIsTakenByItsCommand(command: CommandTree.Command) throws {
        for example in command.examples {
            let parsed = try YZT.parseAsRoot(example)
            // A command with further ones below it shows those; every other shows itself, and what goes with it.
            let path = try #require(CommandTree.all.first { $0.type == type(of: parsed) }).path
            #expect(example.starts(with: path), "\(example)")
            #expect(CommandTree.leaves.contains { $0.path == path }, "\(example)")
        }
    }

    @Test func thereAreExamples() {
        #expect(CommandTree.all.flatMap(\.examples).count > 45)
        #expect(CommandTree.leaves.count > 60)
    }

    /// A chapter of the help shows at least one way of calling what is in it, or each of its commands does.
    @Test(arguments: CommandTree.leaves.filter { $0.type.requiresMore })
    func whatTakesOfficersShowsHow(command: CommandTree.Command) {
        let help = YZT.helpMessage(for: command.type, columns: 80)
        #expect(help.contains("--officer <officer>"))
        #expect(help.contains("--pin-entry"))
    }
}

extension ParsableCommand {
    /// Whether officers' keys order it.
    static var requiresMore: Bool { helpMessage(columns: 200).contains("--officer ") }
}
