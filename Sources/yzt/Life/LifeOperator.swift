import Foundation
import Groundwork

/// `yzt` as an operator types it: this program, as a process of its own, with the words of a command line.
///
/// Each line is shown before it runs, as it can be typed where `YZT_CONFIGURATION` names the configuration file. PINs
/// are lines on a file descriptor: never among the words, never in the environment.
struct LifeOperator {
    let configuration: String

    /// What a command ended with and printed, standard output and error together.
    struct Outcome {
        var status: Int32
        var text: String

        /// The code of the refusal that was printed last.
        var code: String? {
            text.matches(of: /拒绝 · refused \[([a-z.-]+)\]/).last.map { String($0.1) }
        }

        var lines: [Substring] { text.split(separator: "\n") }
    }

    /// The program that runs now, by its own path.
    static var program: String {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
            ?? URL(filePath: CommandLine.arguments[0]).standardizedFileURL.path
    }

    /// - Parameter pins: lines that say whose each is, such as `officer 1: 28461379`.
    func run(_ words: [String], pins: [String] = []) throws -> Outcome {
        Console.endProgress()
        Console.say("    yzt " + words.map(Self.quoted).joined(separator: " "))
        let process = Foundation.Process()
        process.executableURL = URL(filePath: "/bin/sh")
        let entry = pins.isEmpty ? [] : ["--pin-entry", "fd:3"]
        process.arguments = ["-c", "exec \"$@\" 3<&0 </dev/null", "sh", Self.program] + words + entry
        process.environment = ProcessInfo.processInfo.environment.merging(["YZT_CONFIGURATION": configuration]) { $1 }
        let (typed, said) = (Pipe(), Pipe())
        process.standardInput = typed
        process.standardOutput = said
        process.standardError = said
        // Written before the program starts: a few lines fit into the pipe, and who ends without reading them does not
        // break it under us.
        try typed.fileHandleForWriting.write(contentsOf: Data(pins.map { $0 + "\n" }.joined().utf8))
        try typed.fileHandleForWriting.close()
        try process.run()
        let text = try said.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return Outcome(status: process.terminationStatus, text: String(decoding: text, as: UTF8.self))
    }

    /// The command is done; what it printed.
    @discardableResult
    func done(_ words: [String], pins: [String] = []) throws -> Outcome {
        let outcome = try run(words, pins: pins)
        guard outcome.status == 0 else { throw failed(words, outcome) }
        return outcome
    }

    /// The command is refused; the code of the refusal.
    func refused(_ words: [String], pins: [String] = []) throws -> String {
        let outcome = try run(words, pins: pins)
        guard [ExitStatus.refused, ExitStatus.tryAgain].contains(outcome.status), let code = outcome.code else {
            throw failed(words, outcome)
        }
        return code
    }

    private func failed(_ words: [String], _ outcome: Outcome) -> Refusal {
        let command = words.prefix { !$0.hasPrefix("-") }.prefix(2).joined(separator: " ")
        return Refusal(
            CommandRefusal.stepFailed, detail: "exit status \(outcome.status)\n\(outcome.text)",
            facts: ["step": "yzt \(command)"])
    }

    /// A word as a shell reads it back.
    static func quoted(_ word: String) -> String {
        let isPlain = !word.isEmpty && word.allSatisfy { $0.isLetter || $0.isNumber || "-_./:,@%+=".contains($0) }
        return isPlain ? word : "\"" + word.replacing(/["\\$`]/) { "\\" + $0.output } + "\""
    }
}

/// A certificate as commands show it, in one line.
struct ShownCertificate: Hashable {
    var serial: String
    var purpose: String
    /// In English, such as `active`.
    var state: String

    var isActive: Bool { state == "active" }

    /// The lines of such certificates in what a command printed, in its order.
    static func all(in text: String) -> [ShownCertificate] {
        text.split(separator: "\n").compactMap { line in
            line.firstMatch(of: #/^  ([0-9a-f]{32})  ([A-Za-z]+)  \S+ (.+?)  → /#).map {
                ShownCertificate(serial: String($0.1), purpose: String($0.2), state: String($0.3))
            }
        }
    }
}
