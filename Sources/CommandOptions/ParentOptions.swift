internal import ArgumentParser
internal import Foundation
internal import Groundwork

/// `--end-with-parent`, for a program that must not outlive the one that started it.
package struct ParentOptions: ParsableArguments {
    /// What a program says to one of ours that it starts, so that this one ends with it.
    package static var arguments: [String] { ["--end-with-parent", "--parent", "\(getpid())"] }

    @Flag(help: "End when the program that started this one ends.")
    var endWithParent = false
    @Option(help: ArgumentHelp("That program's process number, which it may have lost by now.", visibility: .hidden))
    var parent: Int32?

    /// For the parser of arguments.
    package init() {}

    /// Begins to watch for that end, where this was asked for.
    /// - Returns: `false` where the program that started this one has ended by now: then there is nothing to begin.
    package func begin() -> Bool { !endWithParent || ParentWatch.begin(parent) }
}
